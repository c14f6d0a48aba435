import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { fuse } from '../../comparison/scores.js';
import type { Embedding, FaceReader } from '../../face/types.js';
import type { Random } from '../statistics/random.js';
import { dot, pack } from '../trials/matrix.js';
import { type EmbedOptions, embeddedOf, embedSources } from './embeddings.js';

export type Embedded = ReadonlyMap<string, Embedding>;

/** Each photo's embedding averaged with that of its mirror image: twice the work for detection and embedding. */
export async function flipAveraged(
  faces: FaceReader,
  folder: string,
  base: Embedded,
  options: EmbedOptions,
): Promise<Embedded> {
  const sources = [...base.keys()].map((name) => ({
    name,
    load: async () =>
      sharp(await readFile(join(folder, name)))
        .autoOrient()
        .flop()
        .png()
        .toBuffer(),
  }));
  const mirrored = embeddedOf(await embedSources(faces, sources, options));
  return inBoth(base, mirrored, fuse);
}

/**
 * Two networks as one: the sum of their scores, each divided by its spread among random pairs (z-normalised; the means do
 * not change the order). As embeddings: the two laid end to end with the roots of those weights, again of length 1.
 */
export function bothNetworks(first: Embedded, second: Embedded, random: Random): Embedded {
  const [a, b] = [1 / spread(first, random), 1 / spread(second, random)];
  const [rootA, rootB] = [Math.sqrt(a / (a + b)), Math.sqrt(b / (a + b))];
  return inBoth(first, second, (left, right) =>
    Float32Array.from({ length: left.length + right.length }, (_, k) =>
      k < left.length ? rootA * (left[k] as number) : rootB * (right[k - left.length] as number),
    ),
  );
}

/** The photos that both have, in the first one's order: a comparison of two variants is on the same photos. */
export function inBoth(
  first: Embedded,
  second: Embedded,
  combine: (left: Embedding, right: Embedding) => Embedding,
): Map<string, Embedding> {
  const combined = new Map<string, Embedding>();
  for (const [photo, left] of first) {
    const right = second.get(photo);
    if (right !== undefined) combined.set(photo, combine(left, right));
  }
  return combined;
}

/** Standard deviation of the scores of random pairs, nearly all of them non-mated. */
function spread(embedded: Embedded, random: Random): number {
  const matrix = pack([...embedded.values()]);
  const pick = (): number => Math.floor(random() * embedded.size);
  const scores = Array.from({ length: 20_000 }, () => dot(matrix, pick(), matrix, pick()));
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  return Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length);
}
