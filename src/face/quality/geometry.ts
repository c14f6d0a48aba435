import type { Box, Point } from '../types.js';
import { distance, type FacePoints } from './facePoints.js';

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Where the face lies in the photo: as OFIQ's InterEyeDistance, HeadSize and CropOfTheFaceImage have it (the eye
 * distance over the cosine of the yaw, which foreshortens it).
 * @param yaw degrees
 */
export function placement(points: FacePoints, photo: Size, yaw: number) {
  const { leftEye, rightEye, eyes, interEyeDistance, eyesToChin } = points;
  return {
    InterEyeDistance: interEyeDistance / Math.max(0.1, Math.cos((yaw * Math.PI) / 180)),
    HeadSize: eyesToChin / photo.height,
    LeftwardCropOfTheFaceImage: leftEye.x / interEyeDistance,
    RightwardCropOfTheFaceImage: (photo.width - rightEye.x) / interEyeDistance,
    MarginAboveOfTheFaceImage: eyes.y / eyesToChin,
    MarginBelowOfTheFaceImage: (photo.height - eyes.y) / eyesToChin,
  };
}

/** Upper and lower lids of each eye, and inner lips: pairs of iBUG 300-W points, counted from 0. */
const leftLids = [
  [37, 41],
  [38, 40],
] as const;
const rightLids = [
  [43, 47],
  [44, 46],
] as const;
const lips = [
  [61, 67],
  [62, 66],
  [63, 65],
] as const;

/** Widest opening of the narrower eye, and of the mouth, over the distance from the eyes to the chin. */
export function openings(landmarks: readonly Point[], { eyesToChin }: FacePoints) {
  const widest = (pairs: readonly (readonly [number, number])[]): number =>
    Math.max(...pairs.map(([a, b]) => distance(landmarks[a] as Point, landmarks[b] as Point)));
  return {
    EyesOpen: Math.min(widest(leftLids), widest(rightLids)) / eyesToChin,
    MouthClosed: widest(lips) / eyesToChin,
  };
}

/** How large the largest other face is: square root of its area over the main face's, 0 without any. */
export function rivalSize(main: Box, others: readonly Box[]): number {
  const area = (box: Box): number => box.width * box.height;
  return Math.sqrt(Math.max(0, ...others.map(area)) / area(main));
}
