import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FacematchError } from '../../errors.js';
import type { Embedding, FaceReader, FailureToAcquireReason, ImageRefusal, Point } from '../../face/types.js';
import { type EmbeddingCache, noCache, photoHash } from './embeddingCache.js';

export type Acquired =
  | {
      readonly kind: 'embedded';
      readonly embedding: Embedding;
      /** The quality component of that name: share of detail, 0 to 1. */
      readonly sharpness: number;
      /** Unified quality score, 0 to 100, higher is better; undefined where the embedder cannot tell. */
      readonly quality?: number | undefined;
      /** 68 points, pixels of the upright photo. */
      readonly landmarks: readonly Point[];
    }
  | { readonly kind: 'failed'; readonly reason: FailureToAcquireReason | ImageRefusal };

export interface EmbedOptions {
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly cache?: EmbeddingCache | undefined;
  /** Photos under way at once, so that the pool can batch them. */
  readonly inFlight?: number | undefined;
}

/** Something that yields a photo's bytes when its turn comes. */
export interface PhotoSource {
  readonly name: string;
  readonly load: () => Promise<Uint8Array>;
}

/** Embeds each photo below `folder` once; the answer has the order of `photos`. */
export function embedPhotos(
  faces: FaceReader,
  folder: string,
  photos: readonly string[],
  options: EmbedOptions = {},
): Promise<Map<string, Acquired>> {
  const sources = photos.map((name) => ({ name, load: () => readPhoto(join(folder, name)) }));
  return embedSources(faces, sources, options);
}

export async function embedSources(
  faces: FaceReader,
  sources: readonly PhotoSource[],
  { onProgress, cache = noCache, inFlight = 32 }: EmbedOptions = {},
): Promise<Map<string, Acquired>> {
  const results = new Map<string, Acquired | undefined>(sources.map(({ name }) => [name, undefined]));
  const waiting = sources.values();
  let done = 0;
  const worker = async (): Promise<void> => {
    for (const { name, load } of waiting) {
      results.set(name, await embedOne(faces, await load(), cache));
      onProgress?.(++done, sources.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(inFlight, sources.length) }, worker));
  return results as Map<string, Acquired>;
}

async function readPhoto(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new FacematchError('input-invalid', `The photo ${path} cannot be read.`, {}, { cause });
  }
}

async function embedOne(faces: FaceReader, bytes: Uint8Array, cache: EmbeddingCache): Promise<Acquired> {
  const hash = photoHash(bytes);
  const known = cache.get(hash);
  if (known !== undefined) return known;
  const acquired = await acquire(faces, bytes);
  cache.put(hash, acquired);
  return acquired;
}

async function acquire(faces: FaceReader, bytes: Uint8Array): Promise<Acquired> {
  const outcome = await faces.read({ bytes });
  if (outcome.kind !== 'embedded') {
    return { kind: 'failed', reason: outcome.kind === 'refused' ? outcome.code : outcome.reason };
  }
  const { quality, landmarks } = outcome.measures;
  return {
    kind: 'embedded',
    embedding: outcome.embedding,
    sharpness: quality.components.Sharpness.value ?? 0,
    quality: quality.unified,
    landmarks,
  };
}

export function embeddedOf(acquired: ReadonlyMap<string, Acquired>): Map<string, Embedding> {
  const embedded = new Map<string, Embedding>();
  for (const [photo, result] of acquired) {
    if (result.kind === 'embedded') embedded.set(photo, result.embedding);
  }
  return embedded;
}

/** SHA-256 over the names and hashes of a set of photos: says later whether it was the same set. */
export async function photoSetHash(folder: string, photos: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const photo of photos) hash.update(`${photo}\0${photoHash(await readPhoto(join(folder, photo)))}\n`);
  return hash.digest('hex');
}
