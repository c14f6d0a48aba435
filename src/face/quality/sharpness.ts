import type { RgbImage } from '../types.js';
import { warp } from '../warp.js';
import type { FacePoints } from './facePoints.js';

/** Eye distance in the grey chip; a smaller face is measured at its own scale, as enlarging blurs. */
const chipEyeDistance = 64;

/** The features, in eye distances from between the eyes: brows to mouth, no hair, no edge of the photo. */
const features = { left: -0.9, top: -0.4, right: 0.9, bottom: 1.3 };

/**
 * How much of the grey-level change from pixel to pixel a blur of nine pixels takes away, over the features of the
 * face; 0 nothing (already blurred) to 1. One less the blur metric of Crete, Dolmiere, Ladret and Nicolas, SPIE 6492,
 * 2007. It does not depend on contrast, so a dark photo is not a blurred one. What lies outside the photo is left out.
 */
export function sharpness(photo: RgbImage, points: FacePoints): number {
  const { eyes, interEyeDistance } = points;
  const scale = Math.min(1, chipEyeDistance / interEyeDistance);
  const left = Math.max(0, Math.ceil(eyes.x + features.left * interEyeDistance));
  const top = Math.max(0, Math.ceil(eyes.y + features.top * interEyeDistance));
  const right = Math.min(photo.width, Math.floor(eyes.x + features.right * interEyeDistance));
  const bottom = Math.min(photo.height, Math.floor(eyes.y + features.bottom * interEyeDistance));
  const width = Math.floor((right - left) * scale);
  const height = Math.floor((bottom - top) * scale);
  if (!(width >= 16 && height >= 16)) return 0;
  const grey = new Uint8Array(width * height);
  const toChip = { a: scale, b: 0, c: -left * scale, d: 0, e: scale, f: -top * scale };
  warp(photo, toChip, { data: grey, offset: 0, width, height, channels: 1, padding: 0 });
  return Math.min(lost(grey, width, height, 1, width), lost(grey, height, width, width, 1));
}

const reach = 4;

/** Along lines of `length` pixels, `along` apart; lines are `between` apart. */
function lost(grey: Uint8Array, length: number, lines: number, along: number, between: number): number {
  let all = 0;
  let taken = 0;
  for (let line = 0; line < lines; line++) {
    const first = line * between;
    for (let i = reach + 1; i + reach < length; i++) {
      const entering = grey[first + (i + reach) * along] as number;
      const leaving = grey[first + (i - reach - 1) * along] as number;
      const change = Math.abs(
        (grey[first + i * along] as number) - (grey[first + (i - 1) * along] as number),
      );
      // Two neighbouring means of nine differ by what enters less what leaves.
      const blurred = Math.abs(entering - leaving) / (2 * reach + 1);
      all += change;
      if (change > blurred) taken += change - blurred;
    }
  }
  return all === 0 ? 0 : taken / all;
}
