import type { Point, RgbImage } from '../types.js';
import type { FacePoints } from './facePoints.js';
import { alignedEyeDistance, luminanceOf } from './luminance.js';
import { sampleAt, viewAt } from './view.js';

/** The outline of the landmarks: jaw, then the brows from right to left (iBUG 300-W, counted from 0). */
const outline = [...Array.from({ length: 17 }, (_, i) => i), 26, 25, 24, 23, 22, 21, 20, 19, 18, 17];

/** Lines that the face is sampled along, and as many samples to a line's length as keep the spacing equal. */
const lines = 64;

/**
 * Shares of the face that are nearly black or burnt out, and the entropy of its luminance in bits: OFIQ's
 * UnderExposurePrevention, OverExposurePrevention and DynamicRange, on samples of the region that the landmarks
 * enclose. Nothing outside the photo counts.
 */
export function exposure(photo: RgbImage, landmarks: readonly Point[], { interEyeDistance }: FacePoints) {
  const view = viewAt(photo, alignedEyeDistance / interEyeDistance);
  const histogram = new Float64Array(256);
  const corners = outline.map((index) => landmarks[index] as Point);
  const top = Math.min(...corners.map(({ y }) => y));
  const bottom = Math.max(...corners.map(({ y }) => y));
  const step = (bottom - top) / lines;
  let samples = 0;
  for (let line = 0; line < lines; line++) {
    const y = top + (line + 0.5) * step;
    const [from, to] = extent(corners, y);
    for (let x = from + step / 2; x < to; x += step) {
      const at = sampleAt(view, x, y);
      if (at < 0) continue;
      const value = Math.round(luminanceOf(view, at));
      histogram[value] = (histogram[value] as number) + 1;
      samples++;
    }
  }
  return {
    UnderExposurePrevention: share(histogram, 0, 25, samples),
    OverExposurePrevention: share(histogram, 247, 255, samples),
    DynamicRange: entropy(histogram, samples),
  };
}

/** Leftmost and rightmost place of a closed outline at a height. */
function extent(corners: readonly Point[], y: number): readonly [number, number] {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  corners.forEach((p, i) => {
    const q = corners[(i + 1) % corners.length] as Point;
    if (p.y > y === q.y > y) return;
    const x = p.x + ((y - p.y) / (q.y - p.y)) * (q.x - p.x);
    from = Math.min(from, x);
    to = Math.max(to, x);
  });
  return [from, to];
}

function share(histogram: Float64Array, from: number, to: number, samples: number): number {
  let count = 0;
  for (let value = from; value <= to; value++) count += histogram[value] as number;
  return samples === 0 ? 1 : count / samples;
}

function entropy(histogram: Float64Array, samples: number): number {
  let bits = 0;
  for (const count of histogram) if (count > 0) bits -= (count / samples) * Math.log2(count / samples);
  return bits;
}
