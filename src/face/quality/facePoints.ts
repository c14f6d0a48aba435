import { averageGroups } from '../landmarks.js';
import type { Point } from '../types.js';

/** Places of a face that measures refer to; pixels of the upright photo. Left and right as seen in the photo. */
export interface FacePoints {
  readonly leftEye: Point;
  readonly rightEye: Point;
  readonly eyes: Point;
  readonly mouth: Point;
  readonly chin: Point;
  readonly interEyeDistance: number;
  /** From between the eyes to the chin: the length that OFIQ calls T. */
  readonly eyesToChin: number;
  readonly eyesToMouth: number;
}

/** iBUG 300-W, counted from 0; eye centres lie between the corners, as ISO/IEC 39794-5 has them. */
const groups = { leftEye: [36, 39], rightEye: [42, 45], mouth: [62, 66], chin: [8] } as const;

export function facePoints(landmarks: readonly Point[]): FacePoints {
  const [leftEye, rightEye, mouth, chin] = averageGroups(landmarks, [
    groups.leftEye,
    groups.rightEye,
    groups.mouth,
    groups.chin,
  ]) as [Point, Point, Point, Point];
  const eyes = { x: (leftEye.x + rightEye.x) / 2, y: (leftEye.y + rightEye.y) / 2 };
  return {
    leftEye,
    rightEye,
    eyes,
    mouth,
    chin,
    interEyeDistance: distance(leftEye, rightEye),
    eyesToChin: distance(eyes, chin),
    eyesToMouth: distance(eyes, mouth),
  };
}

export function distance(p: Point, q: Point): number {
  return Math.hypot(p.x - q.x, p.y - q.y);
}
