import { type ErrorCode, FacematchError, isFacematchError } from '../errors.js';
import type { FaceReader } from '../face/types.js';
import type { EmbeddingSets } from '../store/embeddingSets.js';
import type { EmbeddingSurvey } from '../store/embeddingSurvey.js';

/** Where photos are, and what is kept of them. */
export interface KeptPhotos {
  readonly embeddings: EmbeddingSets;
  readonly embeddingSurvey: EmbeddingSurvey;
}

/** What became of one photo. */
export type Embedded =
  /** `withoutFace`: the model finds no usable face in it, which is kept too. */
  | { readonly kind: 'embedded' | 'withoutFace' }
  /** The document was destroyed meanwhile. */
  | { readonly kind: 'gone' }
  /** It was given up as whoever asked for it stops: nothing is said of the photo. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'unread'; readonly code: ErrorCode };

/** A photo that kills or hangs its child process, or whose ciphertext is damaged, must not stop the others. */
const ofThePhoto: readonly ErrorCode[] = [
  'deadline-exceeded',
  'reading-failed',
  'internal',
  'integrity-failure',
];

/**
 * Embeds one kept photo with the reader's model, beside the embeddings by others, or notes that it could not be read.
 *
 * @throws FacematchError `store-unavailable`, `storage-full`, and why no child process can read photos
 */
export async function embedKept(
  { embeddings, embeddingSurvey }: KeptPhotos,
  faces: FaceReader,
  id: string,
  signal?: AbortSignal,
): Promise<Embedded> {
  const { model } = faces;
  const unread = async (code: ErrorCode): Promise<Embedded> => {
    await embeddingSurvey.noteUnread(id, model, code);
    return { kind: 'unread', code };
  };
  try {
    const { photo, pixelsKey } = await embeddings.photo(id);
    const outcome = await faces.read({ bytes: photo }, { priority: 'low' });
    // It was accepted when it came in: the operator has to look at it.
    if (outcome.kind === 'refused') return await unread(outcome.code);
    const found = outcome.kind === 'embedded';
    await embeddings.put(id, { model, pixelsKey, result: found ? outcome.embedding : outcome.reason });
    return { kind: found ? 'embedded' : 'withoutFace' };
  } catch (error) {
    if (signal?.aborted) return { kind: 'stopped' };
    if (isFacematchError(error, 'not-found')) return { kind: 'gone' };
    if (error instanceof FacematchError && ofThePhoto.includes(error.code)) return unread(error.code);
    throw error;
  }
}

/** So many photos one after another that could not be read are no matter of the photos. */
const mostInARow = 25;

/**
 * Embeds photos as their ids come, so many at a time.
 *
 * @param each told of every photo that was tried; what it throws ends the work.
 * @throws FacematchError what {@link embedKept} throws, and `reading-failed` where nothing can be read
 */
export async function embedAll(parts: {
  readonly kept: KeptPhotos;
  readonly faces: FaceReader;
  /** Taken from in turn by all that are under way. */
  readonly ids: AsyncGenerator<string, void, undefined>;
  readonly inFlight: number;
  readonly signal?: AbortSignal | undefined;
  readonly each: (id: string, embedded: Embedded) => Promise<void> | void;
}): Promise<void> {
  const { kept, faces, ids, inFlight, signal, each } = parts;
  let inARow = 0;
  const worker = async (): Promise<void> => {
    for await (const id of ids) {
      const embedded = await embedKept(kept, faces, id, signal);
      if (embedded.kind === 'stopped') return;
      await each(id, embedded);
      inARow = embedded.kind === 'unread' ? inARow + 1 : 0;
      if (inARow >= mostInARow) throw new FacematchError('reading-failed', 'No photo can be read.');
    }
  };
  // One that ends takes the generator with it, and so the others after the photo at hand.
  const workers = await Promise.allSettled(Array.from({ length: inFlight }, worker));
  const failed = workers.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
