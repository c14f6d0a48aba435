import { type Affine, invert, scaleOf } from '../../face/affine.js';
import { halve } from '../../face/halve.js';
import { levelFor } from '../../face/levels.js';
import type { RgbImage } from '../../face/types.js';
import { type ChipTarget, warp } from '../../face/warp.js';
import type { Alternative } from './alternative.js';

type Fill = (photo: RgbImage, toChip: Affine, target: ChipTarget) => void;

export function fillOf(sampling: Alternative['sampling']): Fill {
  if (sampling === undefined) return warp;
  if (sampling === 'bicubic') return warpBicubic;
  return averaged(sampling === 'area' ? warp : warpBicubic);
}

/** Fills a chip twice as large and averages it down: each pixel of a colour chip is the mean over its area. */
function averaged(fill: Fill): Fill {
  return (photo, { a, b, c, d, e, f }, target) => {
    const width = 2 * target.width;
    const height = 2 * target.height;
    const data = new Uint8Array(width * height * 3);
    const twice = { a: 2 * a, b: 2 * b, c: 2 * c, d: 2 * d, e: 2 * e, f: 2 * f };
    fill(photo, twice, { ...target, data, offset: 0, width, height });
    target.data.set(halve({ width, height, data }).data, target.offset);
  };
}

/** Catmull-Rom over the 4 × 4 nearest pixels of the photo halved to size; outside the photo there is padding. */
function warpBicubic(photo: RgbImage, toChip: Affine, target: ChipTarget): void {
  const { data: out, offset, width, height, padding } = target;
  const back = invert(toChip);
  if (back === undefined) return;
  const { data, factor, ...size } = levelFor(photo, scaleOf(toChip));
  const [across, down] = [new Float64Array(4), new Float64Array(4)];
  for (let row = 0, at = offset; row < height; row++) {
    for (let column = 0; column < width; column++, at += 3) {
      const x = (back.a * (column + 0.5) + back.b * (row + 0.5) + back.c) / factor - 0.5;
      const y = (back.d * (column + 0.5) + back.e * (row + 0.5) + back.f) / factor - 0.5;
      const [left, top] = [Math.floor(x), Math.floor(y)];
      catmullRom(x - left, across);
      catmullRom(y - top, down);
      let [r, g, b] = [0, 0, 0];
      for (let j = 0; j < 4; j++) {
        const py = top + j - 1;
        for (let i = 0; i < 4; i++) {
          const px = left + i - 1;
          const weight = (down[j] as number) * (across[i] as number);
          const inside = px >= 0 && py >= 0 && px < size.width && py < size.height;
          const p = (py * size.width + px) * 3;
          r += weight * (inside ? (data[p] as number) : padding);
          g += weight * (inside ? (data[p + 1] as number) : padding);
          b += weight * (inside ? (data[p + 2] as number) : padding);
        }
      }
      out[at] = byte(r);
      out[at + 1] = byte(g);
      out[at + 2] = byte(b);
    }
  }
}

/** Weights of the pixels at -1, 0, 1 and 2 for a position 0 ≤ t < 1 (Keys, IEEE TASSP 29(6), 1981, a = -0.5). */
function catmullRom(t: number, weights: Float64Array): void {
  weights[0] = ((-0.5 * t + 1) * t - 0.5) * t;
  weights[1] = (1.5 * t - 2.5) * t * t + 1;
  weights[2] = ((-1.5 * t + 2) * t + 0.5) * t;
  weights[3] = (0.5 * t - 0.5) * t * t;
}

const byte = (value: number): number => Math.min(255, Math.max(0, Math.round(value)));
