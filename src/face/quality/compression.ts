import type { RgbImage } from '../types.js';
import type { FacePoints } from './facePoints.js';
import { finestView } from './view.js';

/** Side of a JPEG block. */
const block = 8;
/** Lines each way that are looked at. */
const lines = 64;

/**
 * How much larger the grey-level steps are at the edges of 8 × 8 blocks than within them, over the face, as a share of
 * the mean step: 0 none, from about 1 on blocks are seen. The blocks may start at any pixel (crops shift them).
 */
export function blockiness(photo: RgbImage, points: FacePoints): number {
  const { eyes, interEyeDistance } = points;
  const { width, height, factor, data } = finestView(photo);
  const row = width * 3;
  const across = span(eyes.x / factor, 1.2, 1.2, interEyeDistance / factor, width);
  const down = span(eyes.y / factor, 0.8, 1.8, interEyeDistance / factor, height);
  return Math.max(
    excess(data, { ...across, step: 3 }, { ...down, step: row }),
    excess(data, { ...down, step: row }, { ...across, step: 3 }),
  );
}

function span(middle: number, before: number, after: number, unit: number, size: number) {
  const clamp = (value: number): number => Math.max(0, Math.min(size, Math.round(value)));
  return { first: clamp(middle - before * unit), end: clamp(middle + after * unit) };
}

interface Axis {
  readonly first: number;
  readonly end: number;
  /** Bytes from one pixel to the next. */
  readonly step: number;
}

/** On the green channel, which carries most of the luminance. */
function excess(data: Uint8Array, along: Axis, across: Axis): number {
  const length = along.end - along.first;
  if (length < 4 * block) return 0;
  const sums = new Float64Array(block);
  const counts = new Float64Array(block);
  const every = Math.max(1, Math.ceil((across.end - across.first) / lines));
  const looked = Math.min(length, 512);
  const from = along.first + Math.floor((length - looked) / 2);
  for (let line = across.first; line < across.end; line += every) {
    let at = line * across.step + from * along.step + 1;
    let before = data[at] as number;
    for (let i = from + 1; i < from + looked; i++) {
      at += along.step;
      const value = data[at] as number;
      const phase = i % block;
      sums[phase] = (sums[phase] as number) + Math.abs(value - before);
      counts[phase] = (counts[phase] as number) + 1;
      before = value;
    }
  }
  const means = sums.map((sum, phase) => sum / Math.max(1, counts[phase] as number));
  const rising = Array.from(means).sort((a, b) => a - b);
  const middle = ((rising[3] as number) + (rising[4] as number)) / 2;
  // Half a grey level, so that flat faces do not divide by nothing.
  return ((rising[block - 1] as number) - middle) / (middle + 0.5);
}
