import { FacematchError } from '../errors.js';
import type { Embedding, FaceReader, FailureToAcquireReason } from '../face/types.js';
import type { DocumentRow, Store } from '../store/store.js';

export type ReferenceEmbedding = Embedding | FailureToAcquireReason;

/**
 * The embedding of a reference by the current model, or why its photo yields none. Where another model embedded
 * it, the kept photo is embedded on the spot and the result is kept, unless the photo was corrected meanwhile:
 * embeddings of two models are never compared.
 *
 * @throws FacematchError `not-found`, `integrity-failure`, and what reading a photo throws
 */
export async function referenceEmbedding(
  store: Pick<Store, 'documents' | 'embeddings'>,
  faces: Pick<FaceReader, 'model' | 'read'>,
  document: Pick<DocumentRow, 'id' | 'embeddingModel' | 'embeddingState'>,
): Promise<ReferenceEmbedding> {
  const { model } = faces;
  if (document.embeddingModel === model && document.embeddingState !== 'embedded') {
    return document.embeddingState as FailureToAcquireReason;
  }
  const kept =
    (await store.documents.embedding(document.id, model)) ??
    (await store.embeddings.failure(document.id, model));
  if (kept !== undefined) return kept as ReferenceEmbedding;
  const { photo, pixelsKey } = await store.embeddings.photo(document.id);
  const outcome = await faces.read({ bytes: photo });
  if (outcome.kind === 'refused') {
    // It was accepted when it came in, so it is the store that changed it.
    throw new FacematchError('integrity-failure', 'A stored photo can no longer be decoded.', {
      id: document.id,
    });
  }
  const result = outcome.kind === 'embedded' ? outcome.embedding : outcome.reason;
  await store.embeddings.put(document.id, { model, pixelsKey, result });
  return result;
}
