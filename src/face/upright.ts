import { interEyeDistance } from './landmarks.js';
import { enlarged } from './quality/assess.js';
import type { Recognition } from './recognition.js';
import type { Point } from './types.js';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What was measured on a picture of a photo, in pixels of the upright photo. */
export function inUprightPixels(recognition: Recognition, picture: Size, photo: Size): Recognition {
  if (recognition.kind !== 'embedded' || picture.width === photo.width) return recognition;
  const x = photo.width / picture.width;
  const y = photo.height / picture.height;
  const { box, quality } = recognition.measures;
  const landmarks = recognition.measures.landmarks.map(
    (point): Point => ({ x: point.x * x, y: point.y * y }),
  );
  return {
    ...recognition,
    measures: {
      ...recognition.measures,
      box: { x: box.x * x, y: box.y * y, width: box.width * x, height: box.height * y },
      landmarks,
      interEyeDistance: interEyeDistance(landmarks),
      quality: enlarged(quality, x),
    },
  };
}
