import type { Affine } from './affine.js';
import { centroid } from './affine.js';
import type { Box, Point } from './types.js';

/** iBUG 300-W, counted from 0: the six points around each eye. Left and right as seen in the photo. */
const leftEye = [36, 37, 38, 39, 40, 41] as const;
const rightEye = [42, 43, 44, 45, 46, 47] as const;

/** The square around the middle of a face box, its side the box's longer side times `boxScale`. */
export function squareAround(box: Box, boxScale: number): Box {
  const side = Math.max(box.width, box.height) * boxScale;
  return {
    x: box.x + (box.width - side) / 2,
    y: box.y + (box.height - side) / 2,
    width: side,
    height: side,
  };
}

/** From the photo to the frame that a crop is stretched over. */
export function cropTo(crop: Box, frame: { readonly width: number; readonly height: number }): Affine {
  const a = frame.width / crop.width;
  const e = frame.height / crop.height;
  return { a, b: 0, c: -crop.x * a, d: 0, e, f: -crop.y * e };
}

/** @param fractions x, y pairs as fractions of the crop */
export function pointsInPhoto(fractions: Float32Array, crop: Box): Point[] {
  const points: Point[] = [];
  for (let i = 0; i + 1 < fractions.length; i += 2)
    points.push({
      x: crop.x + (fractions[i] ?? 0) * crop.width,
      y: crop.y + (fractions[i + 1] ?? 0) * crop.height,
    });
  return points;
}

/** ISO/IEC 39794-5: each the mean of its points. Left and right as seen in the photo. */
export function eyeCentres(landmarks: readonly Point[]): { readonly left: Point; readonly right: Point } {
  const [left, right] = averageGroups(landmarks, [leftEye, rightEye]) as [Point, Point];
  return { left, right };
}

/** Distance between the eye centres, in the points' unit. */
export function interEyeDistance(landmarks: readonly Point[]): number {
  const { left, right } = eyeCentres(landmarks);
  return Math.hypot(right.x - left.x, right.y - left.y);
}

/** One point per group: the mean of its landmarks. */
export function averageGroups(landmarks: readonly Point[], groups: readonly (readonly number[])[]): Point[] {
  return groups.map((group) =>
    centroid(group.map((index) => landmarks[index] ?? { x: Number.NaN, y: Number.NaN })),
  );
}
