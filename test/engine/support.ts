import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Engine, RawDetections } from '../../src/face/engine/engine.js';
import type { ModelCard } from '../../src/models/card.js';
import { root } from '../models/support.js';

const demo = join(root, 'node_modules', '@vladmandic', 'face-api', 'demo');

/** Photos of face-api's package, each with several people. */
export const photos = readdirSync(demo)
  .filter((name) => name.endsWith('.jpg'))
  .sort()
  .map((name) => join(demo, name));

/** The photo in the top left corner of a black `width × height` image, at most `within` pixels wide and high. */
export async function corner(
  photo: string,
  frame: { width: number; height: number },
  within: number,
): Promise<Buffer> {
  const { data, info } = await sharp(photo)
    .resize(within, within, { fit: 'inside' })
    .toBuffer({ resolveWithObject: true });
  return sharp(data)
    .extend({ right: frame.width - info.width, bottom: frame.height - info.height, background: 'black' })
    .removeAlpha()
    .raw()
    .toBuffer();
}

export interface Candidate {
  readonly score: number;
  /** left, top, right, bottom in pixels of the network's input. */
  readonly box: readonly number[];
}

/** Of the first photo of a batch, surest first. */
export function candidates(card: ModelCard, raw: RawDetections, minScore: number): Candidate[] {
  const { width, height } = card.input;
  return Array.from({ length: raw.anchors }, (_, i) => ({
    score: raw.scores[i]!,
    box: Array.from(
      raw.boxes.subarray(4 * i, 4 * i + 4),
      (value, side) => value * (side % 2 === 0 ? width : height),
    ),
  }))
    .filter(({ score }) => score >= minScore)
    .sort((a, b) => b.score - a.score);
}

/** The surest face of each photo, cut out and stretched to the size of `card`'s input: one raw image each. */
export async function faceCrops(engine: Engine, detector: ModelCard, card: ModelCard): Promise<Buffer[]> {
  const within = Math.min(detector.input.width, detector.input.height);
  return Promise.all(
    photos.map(async (photo) => {
      const pixels = await corner(photo, detector.input, within);
      const [face] = candidates(detector, await engine.detect(detector, pixels, 1), 0.5);
      const { width = 0, height = 0 } = await sharp(photo).metadata();
      const toPhoto = Math.max(width, height) / within;
      const [left, top, right, bottom] = face!.box.map((side) =>
        Math.round(Math.max(side, 0) * toPhoto),
      ) as Sides;
      const cut = sharp(photo)
        .extract({ left, top, width: Math.min(right, width) - left, height: Math.min(bottom, height) - top })
        .resize(card.input.width, card.input.height, { fit: 'fill' });
      const coloured =
        card.input.channels === 'GRAY' ? cut.greyscale().toColourspace('b-w') : cut.removeAlpha();
      return coloured.raw().toBuffer();
    }),
  );
}

type Sides = [left: number, top: number, right: number, bottom: number];

export function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}
