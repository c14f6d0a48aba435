import type { Point, RgbImage } from '../types.js';
import type { FacePoints } from './facePoints.js';
import { alignedEyeDistance, linearLight, luminanceOf } from './luminance.js';
import { sampleAt, type View, viewAt } from './view.js';

/** Samples along each side of a zone: what it has in pixels in OFIQ's 616 × 616 aligned face. */
const side = 33;

/**
 * Two zones beside the nose, halfway from the eyes to the mouth, 0.3 eye distances wide: how alike their light is
 * (sum of the lesser of their normalised luminance histograms, 0 to 1), and how far their colour lies from that of
 * skin (CIELAB, from a* 5 to 25 and b* 5 to 35). OFIQ's IlluminationUniformity and NaturalColour.
 */
export function cheeks(photo: RgbImage, points: FacePoints) {
  const { leftEye, rightEye, interEyeDistance, eyesToMouth } = points;
  const across = {
    x: (rightEye.x - leftEye.x) / interEyeDistance,
    y: (rightEye.y - leftEye.y) / interEyeDistance,
  };
  const size = 0.3 * interEyeDistance;
  const view = viewAt(photo, alignedEyeDistance / interEyeDistance);
  // As in OFIQ: outwards from under each eye's centre.
  const left = zone(view, leftEye, across, { from: -size, down: eyesToMouth / 2, size });
  const right = zone(view, rightEye, across, { from: 0, down: eyesToMouth / 2, size });
  let common = 0;
  for (let value = 0; value < 256; value++)
    common += Math.min(
      (left.histogram[value] as number) / Math.max(1, left.samples),
      (right.histogram[value] as number) / Math.max(1, right.samples),
    );
  const samples = left.samples + right.samples;
  const mean = [0, 1, 2].map(
    (channel) => ((left.sums[channel] as number) + (right.sums[channel] as number)) / Math.max(1, samples),
  ) as [number, number, number];
  return { IlluminationUniformity: common, NaturalColour: distanceFromSkin(mean) };
}

interface Zone {
  readonly histogram: Float64Array;
  readonly sums: Float64Array;
  readonly samples: number;
}

function zone(
  view: View,
  eye: Point,
  across: Point,
  { from, down, size }: { readonly from: number; readonly down: number; readonly size: number },
): Zone {
  const histogram = new Float64Array(256);
  const sums = new Float64Array(3);
  let samples = 0;
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      const a = from + ((column + 0.5) / side) * size;
      const b = down + ((row + 0.5) / side) * size;
      const x = eye.x + a * across.x - b * across.y;
      const y = eye.y + a * across.y + b * across.x;
      const at = sampleAt(view, x, y);
      if (at < 0) continue;
      const value = Math.round(luminanceOf(view, at));
      histogram[value] = (histogram[value] as number) + 1;
      for (const channel of [0, 1, 2])
        sums[channel] = (sums[channel] as number) + (view.data[at + channel] as number);
      samples++;
    }
  return { histogram, sums, samples };
}

/** @param mean sRGB bytes */
function distanceFromSkin(mean: readonly [number, number, number]): number {
  const [a, b] = labOf(mean);
  if (a < 0 || b < 0) return 100;
  const beyond = (value: number, most: number): number => Math.max(0, 5 - value, value - most);
  return Math.hypot(beyond(a, 25), beyond(b, 35));
}

/** CIELAB a* and b* of an sRGB colour, white D50, by the constants of ISO/IEC 29794-5. */
export function labOf([r, g, b]: readonly [number, number, number]): readonly [number, number] {
  const light = (value: number): number => linearLight[Math.round(value)] as number;
  const [red, green, blue] = [light(r), light(g), light(b)];
  const x = cubic((0.43605 * red + 0.38508 * green + 0.14309 * blue) / 0.964221);
  const y = cubic(0.22249 * red + 0.71689 * green + 0.06062 * blue);
  const z = cubic((0.01393 * red + 0.0971 * green + 0.71419 * blue) / 0.825211);
  return [500 * (x - y), 200 * (y - z)];
}

const cubic = (value: number): number =>
  value <= 216 / 24389 ? ((24389 / 27) * value + 16) / 116 : Math.cbrt(value);
