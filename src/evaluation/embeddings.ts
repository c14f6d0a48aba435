import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FacematchError } from '../errors.js';
import type { Embedding, FaceReader, FailureToAcquireReason, ImageRefusal } from '../face/types.js';

export type Acquired =
  | { readonly kind: 'embedded'; readonly embedding: Embedding }
  | { readonly kind: 'failed'; readonly reason: FailureToAcquireReason | ImageRefusal };

/** Embeds each photo once, `inFlight` of them at a time so that the pool can batch them. */
export async function embedPhotos(
  faces: FaceReader,
  folder: string,
  photos: readonly string[],
  onProgress: (done: number, total: number) => void,
  inFlight = 32,
): Promise<Map<string, Acquired>> {
  const acquired = new Map<string, Acquired>();
  const waiting = photos.values();
  const worker = async (): Promise<void> => {
    for (const photo of waiting) {
      acquired.set(photo, await embedOne(faces, join(folder, photo)));
      onProgress(acquired.size, photos.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(inFlight, photos.length) }, worker));
  return acquired;
}

async function embedOne(faces: FaceReader, path: string): Promise<Acquired> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new FacematchError('input-invalid', `The photo ${path} cannot be read.`, {}, { cause });
  }
  const outcome = await faces.read({ bytes });
  if (outcome.kind === 'embedded') return { kind: 'embedded', embedding: outcome.embedding };
  return { kind: 'failed', reason: outcome.kind === 'refused' ? outcome.code : outcome.reason };
}
