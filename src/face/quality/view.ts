import { levelFor, levelOf } from '../levels.js';
import type { RgbImage } from '../types.js';

/** A photo's pixels at one scale: sample (i, j) covers the upright photo from (i · factor, j · factor) on. */
export interface View extends RgbImage {
  readonly factor: number;
}

/** For samples that are to lie `scale` times as close as the photo's pixels. */
export function viewAt(photo: RgbImage, scale: number): View {
  return levelFor(photo, scale);
}

/** The most there is to see. */
export function finestView(photo: RgbImage): View {
  return levelOf(photo, 0);
}

/** Where in a view's data the sample under a place (pixels of the upright photo) begins; -1 outside the photo. */
export function sampleAt({ width, height, factor }: View, x: number, y: number): number {
  const column = Math.floor(x / factor);
  const row = Math.floor(y / factor);
  return column >= 0 && row >= 0 && column < width && row < height ? (row * width + column) * 3 : -1;
}
