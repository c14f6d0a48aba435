import { type Affine, invert, scaleOf } from './affine.js';
import { reduceRegion } from './reduce.js';
import type { RgbImage } from './types.js';

/** Where a chip is written: `width × height × channels` bytes from `offset` on, row by row. */
export interface ChipTarget {
  readonly data: Uint8Array;
  readonly offset: number;
  readonly width: number;
  readonly height: number;
  /** 3: RGB; 1: grey (ITU-R BT.601 luma). */
  readonly channels: 1 | 3;
  /** Grey level of what lies outside the photo. */
  readonly padding: number;
}

/**
 * Fills a chip from a photo by inverse mapping with bilinear sampling. Where the chip is less than half the
 * photo's scale the photo is first averaged down by a power of two, so that the remaining step never skips
 * pixels. Singular maps leave only padding.
 * @param toChip from the photo's coordinates to the chip's
 */
export function warp(photo: RgbImage, toChip: Affine, target: ChipTarget): void {
  const size = target.width * target.height * target.channels;
  target.data.fill(target.padding, target.offset, target.offset + size);
  const toPhoto = invert(toChip);
  if (toPhoto === undefined) return;
  let factor = 1;
  while (factor * 2 * scaleOf(toChip) <= 1) factor *= 2;
  const source = factor === 1 ? photo : reduceRegion(photo, reach(toPhoto, target), factor);
  sample(source, atPixelCentres(toPhoto, source), target);
}

type Source = RgbImage & { readonly left?: number; readonly top?: number; readonly factor?: number };

/** From chip pixel indices to source pixel indices (centre to centre). */
function atPixelCentres(m: Affine, { left = 0, top = 0, factor = 1 }: Source): Affine {
  return {
    a: m.a / factor,
    b: m.b / factor,
    c: ((m.a + m.b) / 2 + m.c - left) / factor - 0.5,
    d: m.d / factor,
    e: m.e / factor,
    f: ((m.d + m.e) / 2 + m.f - top) / factor - 0.5,
  };
}

/** The part of the photo a chip can touch. */
function reach(m: Affine, { width, height }: ChipTarget) {
  const xs = [m.c, m.a * width + m.c, m.b * height + m.c, m.a * width + m.b * height + m.c];
  const ys = [m.f, m.d * width + m.f, m.e * height + m.f, m.d * width + m.e * height + m.f];
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

function sample({ width, height, data }: RgbImage, m: Affine, target: ChipTarget): void {
  const { data: out, channels, padding } = target;
  let at = target.offset;
  for (let row = 0; row < target.height; row++) {
    let x = m.b * row + m.c;
    let y = m.e * row + m.f;
    for (let column = 0; column < target.width; column++, x += m.a, y += m.d, at += channels) {
      if (x <= -1 || y <= -1 || x >= width || y >= height) continue;
      const left = Math.floor(x);
      const top = Math.floor(y);
      const fx = x - left;
      const fy = y - top;
      const w00 = (1 - fx) * (1 - fy);
      const w10 = fx * (1 - fy);
      const w01 = (1 - fx) * fy;
      const w11 = fx * fy;
      let r = 0;
      let g = 0;
      let b = 0;
      if (left >= 0 && top >= 0 && left + 1 < width && top + 1 < height) {
        const p = (top * width + left) * 3;
        const q = p + width * 3;
        r = w00 * byte(data, p) + w10 * byte(data, p + 3) + w01 * byte(data, q) + w11 * byte(data, q + 3);
        g = w00 * byte(data, p + 1) + w10 * byte(data, p + 4) + w01 * byte(data, q + 1) + w11 * byte(data, q + 4);
        b = w00 * byte(data, p + 2) + w10 * byte(data, p + 5) + w01 * byte(data, q + 2) + w11 * byte(data, q + 5);
      } else {
        // On the rim, half of the four neighbours are padding.
        const weights = [w00, w10, w01, w11] as const;
        for (let corner = 0; corner < 4; corner++) {
          const px = left + (corner & 1);
          const py = top + (corner >> 1);
          const weight = weights[corner] ?? 0;
          const inside = px >= 0 && py >= 0 && px < width && py < height;
          const p = (py * width + px) * 3;
          r += weight * (inside ? byte(data, p) : padding);
          g += weight * (inside ? byte(data, p + 1) : padding);
          b += weight * (inside ? byte(data, p + 2) : padding);
        }
      }
      if (channels === 1) {
        out[at] = 0.299 * r + 0.587 * g + 0.114 * b + 0.5;
      } else {
        out[at] = r + 0.5;
        out[at + 1] = g + 0.5;
        out[at + 2] = b + 0.5;
      }
    }
  }
}

function byte(data: Uint8Array, at: number): number {
  return data[at] as number;
}
