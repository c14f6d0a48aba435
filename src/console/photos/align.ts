import type { Geometry } from '../api/types.js';

/** A CSS matrix(a, b, c, d, e, f): pixels of the photo to pixels of the frame. */
export interface Placement {
  readonly a: number;
  readonly b: number;
  readonly e: number;
  readonly f: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Where the eyes sit in every frame, as shares of its width and height: a quarter of the width apart leaves about
 * the whole of a passport photo in view.
 */
const eyes = { left: 0.375, right: 0.625, height: 0.46 } as const;

/** Turns, scales and moves a photo so that its eyes come to the same place in every frame (similarity transform). */
export function alignEyes({ leftEye, rightEye }: Geometry, frame: Size): Placement | undefined {
  const [first, second] = leftEye[0] <= rightEye[0] ? [leftEye, rightEye] : [rightEye, leftEye];
  const [dx, dy] = [second[0] - first[0], second[1] - first[1]];
  const length = dx * dx + dy * dy;
  if (length < 1) return undefined;
  // As complex numbers: target / source.
  const target = (eyes.right - eyes.left) * frame.width;
  const a = (target * dx) / length;
  const b = (-target * dy) / length;
  return {
    a,
    b,
    e: eyes.left * frame.width - (a * first[0] - b * first[1]),
    f: eyes.height * frame.height - (b * first[0] + a * first[1]),
  };
}

/** The whole photo, in the middle. */
export function fitWhole(photo: Size, frame: Size): Placement {
  const a = Math.min(frame.width / photo.width, frame.height / photo.height);
  return { a, b: 0, e: (frame.width - a * photo.width) / 2, f: (frame.height - a * photo.height) / 2 };
}

export const cssMatrix = ({ a, b, e, f }: Placement): string => `matrix(${a}, ${b}, ${-b}, ${a}, ${e}, ${f})`;
