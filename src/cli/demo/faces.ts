import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Where a face lies in one of the photos that face-api's package ships (pixels, as our detector finds it). */
export interface SampleFace {
  readonly file: string;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const face = (sample: number, left: number, top: number, width: number, height: number): SampleFace => ({
  file: `sample${sample}.jpg`,
  left,
  top,
  width,
  height,
});

/**
 * The 22 faces, by photo and place from left to right. The woman `1-right` is `3-middle`; `1-middle` is `4-left`.
 */
export const sampleFaces = {
  '1-left': face(1, 413, 360, 187, 231),
  '1-middle': face(1, 828, 424, 204, 228),
  '1-right': face(1, 1462, 214, 234, 224),
  '2-left': face(2, 359, 111, 175, 300),
  '2-middle': face(2, 889, 239, 174, 225),
  '2-right': face(2, 1441, 167, 204, 224),
  '3-left': face(3, 586, 318, 209, 288),
  '3-middle': face(3, 1070, 207, 233, 295),
  '3-right': face(3, 1503, 304, 184, 262),
  '4-left': face(4, 262, 193, 166, 249),
  '4-second': face(4, 661, 71, 189, 239),
  '4-third': face(4, 989, 178, 176, 250),
  '4-right': face(4, 1266, 159, 155, 231),
  '5-front': face(5, 380, 889, 168, 277),
  '5-left': face(5, 599, 416, 177, 256),
  '5-back': face(5, 796, 113, 154, 208),
  '5-middle': face(5, 1119, 208, 157, 225),
  '5-right': face(5, 1411, 382, 180, 278),
  '6-left': face(6, 258, 483, 211, 274),
  '6-second': face(6, 673, 319, 176, 310),
  '6-third': face(6, 1174, 302, 193, 278),
  '6-right': face(6, 1477, 269, 226, 292),
} as const;

export type SampleName = keyof typeof sampleFaces;

export function samplePath(file: string): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'demo', file);
}
