import type { Affine } from './affine.js';
import type { RgbImage } from './types.js';
import type { ChipTarget } from './warp.js';

/** Positions are whole numbers of 1/65536 pixel: images are at most 2¹⁴ pixels wide, so they fit 32 bits. */
const one = 1 << 16;
/** Weights have 11 bits each way, so that a byte times two of them fits 31 bits. */
const weightBits = 11;
const weightMask = (1 << weightBits) - 1;
const full = 1 << (2 * weightBits);

/**
 * Bilinear sampling; what lies outside the image stays as it is in the target, which holds padding.
 * @param m from the target's pixel indices to the image's
 */
export function sample(image: RgbImage, m: Affine, target: ChipTarget): void {
  const [dx, dy] = [Math.round(m.a * one), Math.round(m.d * one)];
  for (let row = 0; row < target.height; row++) {
    const x = Math.round((m.b * row + m.c) * one);
    const y = Math.round((m.e * row + m.f) * one);
    const line: Line = { x, y, dx, dy };
    // One pixel beyond the edge on each side, the nearest inner pixel still shows.
    const touched = stretch(line, target.width, 1 - one, image.width * one, image.height * one);
    const inner = stretch(line, target.width, 0, (image.width - 1) * one, (image.height - 1) * one);
    const at = target.offset + row * target.width * target.channels;
    for (let column = touched.from; column < touched.to; column++) {
      if (column === inner.from && inner.to > inner.from) {
        if (target.channels === 3) fillColour(image, line, inner, target.data, at);
        else fillGrey(image, line, inner, target.data, at);
        column = inner.to - 1;
      } else {
        fillRim(image, x + column * dx, y + column * dy, target, at + column * target.channels);
      }
    }
  }
}

/** Where a row of the target runs through the image: start and step, in 1/65536 pixel. */
interface Line {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
}

interface Stretch {
  readonly from: number;
  /** Not part of it any more. */
  readonly to: number;
}

/** The columns for which `low <= x < endX` and `low <= y < endY`. */
function stretch({ x, y, dx, dy }: Line, width: number, low: number, endX: number, endY: number): Stretch {
  let from = 0;
  let to = width;
  for (const [start, step, end] of [
    [x, dx, endX],
    [y, dy, endY],
  ] as const) {
    if (step === 0) {
      if (start < low || start >= end) return { from: 0, to: 0 };
      continue;
    }
    const first = step > 0 ? (low - start) / step : (end - 1 - start) / step;
    const last = step > 0 ? (end - 1 - start) / step : (low - start) / step;
    from = Math.max(from, Math.ceil(first));
    to = Math.min(to, Math.floor(last) + 1);
  }
  return from < to ? { from, to } : { from: 0, to: 0 };
}

function fillColour(
  { width, data }: RgbImage,
  line: Line,
  columns: Stretch,
  out: Uint8Array,
  offset: number,
): void {
  const { dx, dy } = line;
  let x = line.x + columns.from * dx;
  let y = line.y + columns.from * dy;
  const end = offset + columns.to * 3;
  const stride = width * 3;
  const half = full >> 1;
  for (let at = offset + columns.from * 3; at < end; at += 3, x += dx, y += dy) {
    const p = ((y >> 16) * width + (x >> 16)) * 3;
    const q = p + stride;
    const fx = (x >> 5) & weightMask;
    const fy = (y >> 5) & weightMask;
    const w11 = Math.imul(fx, fy);
    const w10 = (fx << weightBits) - w11;
    const w01 = (fy << weightBits) - w11;
    const w00 = full - w11 - w10 - w01;
    out[at] = (mix(data, p, q, w00, w10, w01, w11) + half) >> 22;
    out[at + 1] = (mix(data, p + 1, q + 1, w00, w10, w01, w11) + half) >> 22;
    out[at + 2] = (mix(data, p + 2, q + 2, w00, w10, w01, w11) + half) >> 22;
  }
}

function fillGrey(
  { width, data }: RgbImage,
  line: Line,
  columns: Stretch,
  out: Uint8Array,
  offset: number,
): void {
  const { dx, dy } = line;
  let x = line.x + columns.from * dx;
  let y = line.y + columns.from * dy;
  const stride = width * 3;
  for (let column = columns.from; column < columns.to; column++, x += dx, y += dy) {
    const p = ((y >> 16) * width + (x >> 16)) * 3;
    const q = p + stride;
    const fx = (x >> 5) & weightMask;
    const fy = (y >> 5) & weightMask;
    const w11 = Math.imul(fx, fy);
    const w10 = (fx << weightBits) - w11;
    const w01 = (fy << weightBits) - w11;
    const w00 = full - w11 - w10 - w01;
    const r = mix(data, p, q, w00, w10, w01, w11);
    const g = mix(data, p + 1, q + 1, w00, w10, w01, w11);
    const b = mix(data, p + 2, q + 2, w00, w10, w01, w11);
    out[offset + column] = luma(r, g, b) / full + 0.5;
  }
}

/** At the edge some of the four neighbours are padding. */
function fillRim(
  { width, height, data }: RgbImage,
  x: number,
  y: number,
  { data: out, channels, padding }: ChipTarget,
  at: number,
): void {
  const left = Math.floor(x / one);
  const top = Math.floor(y / one);
  const fx = x / one - left;
  const fy = y / one - top;
  const weights = [(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy] as const;
  const sums = [0, 0, 0] as [number, number, number];
  for (let corner = 0; corner < 4; corner++) {
    const px = left + (corner & 1);
    const py = top + (corner >> 1);
    const weight = weights[corner] ?? 0;
    const inside = px >= 0 && py >= 0 && px < width && py < height;
    const p = (py * width + px) * 3;
    for (let channel = 0; channel < 3; channel++)
      sums[channel] = (sums[channel] ?? 0) + weight * (inside ? (data[p + channel] ?? 0) : padding);
  }
  if (channels === 1) out[at] = luma(...sums) + 0.5;
  else for (const [channel, sum] of sums.entries()) out[at + channel] = sum + 0.5;
}

/** ITU-R BT.601. */
function luma(r: number, g: number, b: number): number {
  return 0.299 * r + 0.587 * g + 0.114 * b;
}

function mix(
  data: Uint8Array,
  p: number,
  q: number,
  w00: number,
  w10: number,
  w01: number,
  w11: number,
): number {
  return (
    Math.imul(w00, data[p] as number) +
    Math.imul(w10, data[p + 3] as number) +
    Math.imul(w01, data[q] as number) +
    Math.imul(w11, data[q + 3] as number)
  );
}
