import { FacematchError, isFacematchError } from '../errors.js';
import type { FaceReader } from '../face/types.js';
import type { EmbeddingSets } from '../store/embeddingSets.js';

export interface ReembedOptions {
  readonly embeddings: EmbeddingSets;
  /** Reads with the model whose set is made. */
  readonly faces: FaceReader;
  /** Photos under way at once, so that the pool can batch them. */
  readonly inFlight: number;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** When it is aborted, what is under way is finished and kept. */
  readonly signal?: AbortSignal | undefined;
}

export interface ReembedTally {
  readonly embedded: number;
  /** Photos in which the model finds no usable face: that is kept too. */
  readonly withoutFace: number;
  /** Ids of documents whose photo could not be read this time. */
  readonly unread: readonly string[];
}

const pageSize = 256;

/**
 * Embeds every kept photo that the model has not seen, beside the embeddings by other models. What is done is kept photo
 * by photo, so an interrupted run goes on where it stopped; the active model's set is not touched.
 *
 * @throws FacematchError `store-unavailable`, `storage-full`, and why no child process can read photos
 */
export async function reembed(options: ReembedOptions): Promise<ReembedTally> {
  const { embeddings, faces, inFlight, onProgress, signal } = options;
  const { documents, covered } = await embeddings.coverage(faces.model);
  const tally = { embedded: 0, withoutFace: 0, unread: [] as string[] };
  let seen = covered;
  onProgress?.(seen, documents);
  const ids = missing(embeddings, faces.model, signal);
  const worker = async (): Promise<void> => {
    for await (const id of ids) {
      const result = await embedKept(embeddings, faces, id);
      if (result === 'unread') tally.unread.push(id);
      else if (result === 'gone') continue;
      else tally[result]++;
      onProgress?.(++seen, documents);
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: inFlight }, worker));
  const failed = workers.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return tally;
}

/** One generator that all workers take from: an async generator answers them in turn. */
async function* missing(
  embeddings: EmbeddingSets,
  model: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<string, void, undefined> {
  let after = '';
  for (;;) {
    const page = await embeddings.missing(model, after, pageSize);
    for (const id of page) {
      if (signal?.aborted) return;
      yield id;
      after = id;
    }
    if (page.length < pageSize) return;
  }
}

async function embedKept(
  embeddings: EmbeddingSets,
  faces: FaceReader,
  id: string,
): Promise<'embedded' | 'withoutFace' | 'unread' | 'gone'> {
  try {
    const { photo, pixelsKey } = await embeddings.photo(id);
    const outcome = await faces.read({ bytes: photo }, { priority: 'low' });
    // It was accepted when it came in: the operator has to look at it.
    if (outcome.kind === 'refused') return 'unread';
    const { model } = faces;
    const found = outcome.kind === 'embedded';
    await embeddings.put(id, { model, pixelsKey, result: found ? outcome.embedding : outcome.reason });
    return found ? 'embedded' : 'withoutFace';
  } catch (error) {
    if (isFacematchError(error, 'not-found')) return 'gone';
    if (isUnread(error)) return 'unread';
    throw error;
  }
}

/** A photo that kills or hangs its child process, or whose ciphertext is damaged, must not stop the others. */
function isUnread(error: unknown): error is FacematchError {
  return (
    error instanceof FacematchError &&
    ['deadline-exceeded', 'internal', 'integrity-failure'].includes(error.code)
  );
}
