import { endianness } from 'node:os';
import type { RgbImage } from './types.js';

/** Averages blocks of 2 × 2 pixels, rounding up; a last odd column or row averages what there is of its blocks. */
export function halve(image: RgbImage): RgbImage {
  const { width, height, data } = image;
  const halved = {
    width: (width + 1) >> 1,
    height: (height + 1) >> 1,
    data: new Uint8Array(((width + 1) >> 1) * ((height + 1) >> 1) * 3),
  };
  const wordwise = width % 4 === 0 && data.byteOffset % 4 === 0 && endianness() === 'LE';
  if (wordwise) halveWords(image, halved);
  else halveBytes(image, halved);
  return halved;
}

function halveBytes({ width, height, data }: RgbImage, { data: out }: RgbImage): void {
  const whole = width >> 1;
  let at = 0;
  for (let y = 0; y < height; y += 2) {
    let p = y * width * 3;
    let q = y + 1 < height ? p + width * 3 : p;
    for (let x = 0; x < whole; x++, p += 6, q += 6, at += 3) {
      out[at] = (byte(data, p) + byte(data, p + 3) + byte(data, q) + byte(data, q + 3) + 2) >> 2;
      out[at + 1] = (byte(data, p + 1) + byte(data, p + 4) + byte(data, q + 1) + byte(data, q + 4) + 2) >> 2;
      out[at + 2] = (byte(data, p + 2) + byte(data, p + 5) + byte(data, q + 2) + byte(data, q + 5) + 2) >> 2;
    }
    if (width % 2 === 0) continue;
    for (let channel = 0; channel < 3; channel++)
      out[at + channel] = (byte(data, p + channel) + byte(data, q + channel) + 1) >> 1;
    at += 3;
  }
}

/**
 * The same for rows of whole words, four pixels in three of them (little endian: r0 g0 b0 r1, g1 b1 r2 g2,
 * b2 r3 g3 b3): every other byte of a word is a lane of 16 bits, so one addition adds two bytes of two rows.
 */
function halveWords({ width, height, data }: RgbImage, { data: out }: RgbImage): void {
  const words = new Uint32Array(data.buffer, data.byteOffset, (width / 4) * 3 * height);
  const pairs = new Uint16Array(out.buffer);
  const stride = (width / 4) * 3;
  const lanes = 0x00ff00ff;
  let at = 0;
  for (let y = 0; y < height; y += 2) {
    let p = y * stride;
    let q = y + 1 < height ? p + stride : p;
    for (const end = p + stride; p < end; p += 3, q += 3, at += 3) {
      const a0 = word(words, p);
      const a1 = word(words, p + 1);
      const a2 = word(words, p + 2);
      const b0 = word(words, q);
      const b1 = word(words, q + 1);
      const b2 = word(words, q + 2);
      const r0b0 = (a0 & lanes) + (b0 & lanes);
      const g0r1 = ((a0 >>> 8) & lanes) + ((b0 >>> 8) & lanes);
      const g1r2 = (a1 & lanes) + (b1 & lanes);
      const b1g2 = ((a1 >>> 8) & lanes) + ((b1 >>> 8) & lanes);
      const b2g3 = (a2 & lanes) + (b2 & lanes);
      const r3b3 = ((a2 >>> 8) & lanes) + ((b2 >>> 8) & lanes);
      const left = ((r0b0 & 0xffff) + (g0r1 >>> 16) + 2) >> 2;
      const leftGreen = ((g0r1 & 0xffff) + (g1r2 & 0xffff) + 2) >> 2;
      const leftBlue = ((r0b0 >>> 16) + (b1g2 & 0xffff) + 2) >> 2;
      const right = ((g1r2 >>> 16) + (r3b3 & 0xffff) + 2) >> 2;
      const rightGreen = ((b1g2 >>> 16) + (b2g3 >>> 16) + 2) >> 2;
      const rightBlue = ((b2g3 & 0xffff) + (r3b3 >>> 16) + 2) >> 2;
      pairs[at] = left | (leftGreen << 8);
      pairs[at + 1] = leftBlue | (right << 8);
      pairs[at + 2] = rightGreen | (rightBlue << 8);
    }
  }
}

function byte(data: Uint8Array, at: number): number {
  return data[at] as number;
}

function word(data: Uint32Array, at: number): number {
  return data[at] as number;
}
