import type { RgbImage } from './types.js';

/** A photo averaged down; pixel (0, 0) covers the photo from (left, top) on, `factor` pixels each way. */
export interface ReducedImage extends RgbImage {
  readonly left: number;
  readonly top: number;
  readonly factor: number;
}

/** In pixels of the photo; may reach outside it. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Averages blocks of `factor × factor` pixels over the part of a photo that a region touches, with one block to
 * spare on each side. Blocks lie on a grid from the photo's corner, so the same photo always gives the same
 * averages; blocks cut by the photo's edge average what there is of them.
 */
export function reduceRegion(photo: RgbImage, region: Region, factor: number): ReducedImage {
  const firstColumn = clamp(Math.floor(region.left / factor) - 1, 0, Math.ceil(photo.width / factor) - 1);
  const firstRow = clamp(Math.floor(region.top / factor) - 1, 0, Math.ceil(photo.height / factor) - 1);
  const endColumn = clamp(Math.ceil(region.right / factor) + 1, firstColumn + 1, Math.ceil(photo.width / factor));
  const endRow = clamp(Math.ceil(region.bottom / factor) + 1, firstRow + 1, Math.ceil(photo.height / factor));
  const width = endColumn - firstColumn;
  const height = endRow - firstRow;
  const left = firstColumn * factor;
  const top = firstRow * factor;

  const data = new Uint8Array(width * height * 3);
  const sums = new Uint32Array(width * 3);
  for (let row = 0; row < height; row++) {
    const y0 = top + row * factor;
    const y1 = Math.min(y0 + factor, photo.height);
    sums.fill(0);
    for (let y = y0; y < y1; y++) addRow(photo, y, left, factor, sums);
    for (let column = 0; column < width; column++) {
      const blockWidth = Math.min(factor, photo.width - left - column * factor);
      const count = blockWidth * (y1 - y0);
      for (let i = column * 3; i < column * 3 + 3; i++)
        data[row * width * 3 + i] = Math.floor(((sums[i] ?? 0) + count / 2) / count);
    }
  }
  return { width, height, data, left, top, factor };
}

function addRow(photo: RgbImage, y: number, left: number, factor: number, sums: Uint32Array): void {
  const { data, width } = photo;
  let at = (y * width + left) * 3;
  for (let column = 0, x = left; column < sums.length; column += 3) {
    const end = Math.min(x + factor, width);
    let r = 0;
    let g = 0;
    let b = 0;
    for (; x < end; x++, at += 3) {
      r += data[at] as number;
      g += data[at + 1] as number;
      b += data[at + 2] as number;
    }
    sums[column] = (sums[column] ?? 0) + r;
    sums[column + 1] = (sums[column + 1] ?? 0) + g;
    sums[column + 2] = (sums[column + 2] ?? 0) + b;
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
