import type { RgbImage } from '../types.js';
import type { FacePoints } from './facePoints.js';
import { luminanceOf } from './luminance.js';
import { sampleAt, viewAt } from './view.js';

/** Samples to an eye distance: half of OFIQ's scale, where there are 81 pixels to it. */
const perEyeDistance = 40;

/**
 * Mean luminance gradient (Sobel, 0 to 255 levels, at OFIQ's scale) of what lies beside and above the head, as OFIQ's
 * BackgroundUniformity; undefined where the photo shows no such part. Without a network that tells hair from wall, the
 * background is taken to be what lies more than 1.6 eye distances to a side of the face's middle, down to the eyes,
 * and more than 2.2 above the eyes.
 */
export function backgroundGradient(photo: RgbImage, points: FacePoints): number | undefined {
  const { eyes, interEyeDistance } = points;
  const step = Math.max(1, interEyeDistance / perEyeDistance);
  const view = viewAt(photo, 1 / step);
  const columns = Math.min(160, Math.floor(photo.width / step));
  const rows = Math.min(160, Math.floor(eyes.y / step));
  const left = eyes.x - Math.min(eyes.x, (columns / 2) * step);
  const beyond = (row: number, column: number, slack: number): boolean =>
    eyes.y - (row + 0.5) * step > 2.2 * interEyeDistance - slack ||
    Math.abs(left + (column + 0.5) * step - eyes.x) > 1.6 * interEyeDistance - slack;
  const grid = new Float32Array(Math.max(0, columns * rows)).fill(Number.NaN);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      // A sample more on each side, for the gradient.
      if (!beyond(row, column, step)) continue;
      const at = sampleAt(view, left + (column + 0.5) * step, (row + 0.5) * step);
      if (at >= 0) grid[row * columns + column] = luminanceOf(view, at);
    }

  let sum = 0;
  let count = 0;
  for (let row = 1; row < rows - 1; row++)
    for (let column = 1; column < columns - 1; column++) {
      if (!beyond(row, column, 0)) continue;
      const gradient = sobel(grid, columns, row * columns + column);
      if (Number.isNaN(gradient)) continue;
      sum += gradient;
      count++;
    }
  // Half the scale doubles what a slope of the light changes from sample to sample.
  return count < 50 ? undefined : sum / count / 2;
}

function sobel(grid: Float32Array, width: number, at: number): number {
  const v = (offset: number): number => grid[at + offset] as number;
  const across = v(1 - width) + 2 * v(1) + v(1 + width) - v(-1 - width) - 2 * v(-1) - v(-1 + width);
  const down = v(width - 1) + 2 * v(width) + v(width + 1) - v(-width - 1) - 2 * v(-width) - v(-width + 1);
  return Math.sqrt(across * across + down * down);
}
