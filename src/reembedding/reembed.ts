import type { FaceReader } from '../face/types.js';
import type { EmbeddingSets } from '../store/embeddingSets.js';
import { embedAll, type KeptPhotos } from './embedKept.js';

export interface ReembedOptions {
  readonly kept: KeptPhotos;
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
 * @throws FacematchError `store-unavailable`, `storage-full`, `reading-failed`, and why no child process can read photos
 */
export async function reembed(options: ReembedOptions): Promise<ReembedTally> {
  const { kept, faces, inFlight, onProgress, signal } = options;
  const { documents, covered } = await kept.embeddings.coverage(faces.model);
  const tally = { embedded: 0, withoutFace: 0, unread: [] as string[] };
  let seen = covered;
  onProgress?.(seen, documents);
  await embedAll({
    kept,
    faces,
    ids: missing(kept.embeddings, faces.model, signal),
    inFlight,
    signal,
    each: (id, embedded) => {
      if (embedded.kind === 'unread') tally.unread.push(id);
      else if (embedded.kind === 'embedded' || embedded.kind === 'withoutFace') tally[embedded.kind]++;
      else return;
      onProgress?.(++seen, documents);
    },
  });
  return tally;
}

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
