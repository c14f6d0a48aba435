import type { Box, Point, RgbImage } from '../types.js';
import { backgroundGradient } from './background.js';
import { cheeks } from './cheeks.js';
import type { ComponentName } from './components.js';
import { blockiness } from './compression.js';
import { exposure } from './exposure.js';
import { facePoints } from './facePoints.js';
import { openings, placement, rivalSize } from './geometry.js';
import { headPose } from './pose.js';
import { sharpness } from './sharpness.js';

/** A photo and what was found in it. */
export interface QualitySubject {
  readonly photo: RgbImage;
  /** 68 points, pixels of the photo. */
  readonly landmarks: readonly Point[];
  readonly box: Box;
  /** Boxes of the other faces. */
  readonly others: readonly Box[];
}

/** Native value of every component that can be told; units as in `components.ts`. */
export type NativeValues = Readonly<Record<ComponentName, number | undefined>>;

export function measure({ photo, landmarks, box, others }: QualitySubject): NativeValues {
  const points = facePoints(landmarks);
  const { yaw, pitch, roll } = headPose(landmarks);
  return {
    ...placement(points, photo, yaw),
    HeadPoseYaw: yaw,
    HeadPosePitch: pitch,
    HeadPoseRoll: roll,
    Sharpness: sharpness(photo, points),
    ...exposure(photo, landmarks, points),
    ...cheeks(photo, points),
    BackgroundUniformity: backgroundGradient(photo, points),
    ...openings(landmarks, points),
    SingleFacePresent: rivalSize(box, others),
    CompressionArtifacts: blockiness(photo, points),
  };
}
