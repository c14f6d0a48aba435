import { halve } from './halve.js';
import type { RgbImage } from './types.js';

/** A photo averaged down: pixel (0, 0) covers the photo from its corner on, `factor` pixels each way. */
export interface Level extends RgbImage {
  readonly factor: number;
}

/** Each photo's levels, made when they are first asked for, kept as long as the photo. */
const known = new WeakMap<RgbImage, Level[]>();

/**
 * The level to sample from for a picture `scale` times the size of the photo: the photo itself, or its copy halved as
 * often as still leaves no fewer pixels than the picture has. Detector, landmark network and embedder all look at
 * small pictures and share these copies.
 */
export function levelFor(photo: RgbImage, scale: number): Level {
  let halvings = 0;
  while (2 ** (halvings + 1) * scale <= 1) halvings++;
  return levelOf(photo, halvings);
}

/** The photo halved so many times, or until one pixel is left. */
export function levelOf(photo: RgbImage, halvings: number): Level {
  let levels = known.get(photo);
  if (levels === undefined) {
    levels = [{ width: photo.width, height: photo.height, data: photo.data, factor: 1 }];
    known.set(photo, levels);
  }
  let level = levels[0] as Level;
  for (let i = 1; i <= halvings && (level.width > 1 || level.height > 1); i++)
    level = levels[i] ??= { ...halve(level), factor: level.factor * 2 };
  return level;
}
