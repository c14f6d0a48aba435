import { type Affine, invert, scaleOf } from './affine.js';
import { type Level, levelFor } from './levels.js';
import { sample } from './sample.js';
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
 * Fills a chip from a photo by inverse mapping with bilinear sampling, from the photo averaged
 * down by as many halves as keep any step from skipping pixels. Singular maps leave only padding.
 * @param toChip from the photo's coordinates to the chip's
 */
export function warp(photo: RgbImage, toChip: Affine, target: ChipTarget): void {
  const size = target.width * target.height * target.channels;
  target.data.fill(target.padding, target.offset, target.offset + size);
  const toPhoto = invert(toChip);
  if (toPhoto === undefined) return;
  const level = levelFor(photo, scaleOf(toChip));
  sample(level, atPixelCentres(toPhoto, level), target);
}

/** From chip pixel indices to the level's sample indices (centre to centre). */
function atPixelCentres(m: Affine, { factor }: Level): Affine {
  return {
    a: m.a / factor,
    b: m.b / factor,
    c: ((m.a + m.b) / 2 + m.c) / factor - 0.5,
    d: m.d / factor,
    e: m.e / factor,
    f: ((m.d + m.e) / 2 + m.f) / factor - 0.5,
  };
}
