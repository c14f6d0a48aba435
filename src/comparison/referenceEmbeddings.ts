import { FacematchError } from '../errors.js';
import type { Embedding, FaceReader, FailureToAcquireReason } from '../face/types.js';
import type { DocumentRow, Store } from '../store/store.js';

export type ReferenceEmbedding = Embedding | FailureToAcquireReason;

/**
 * The embedding of a reference by the current model, or why its photo yields none. Where another model embedded
 * it, the kept photo is embedded on the spot and the result is kept: embeddings of two models are never compared.
 *
 * @throws FacematchError `integrity-failure`, and what reading a photo throws
 */
export async function referenceEmbedding(
  store: Store,
  faces: FaceReader,
  document: DocumentRow,
): Promise<ReferenceEmbedding> {
  if (document.embeddingModel === faces.model && document.embeddingState !== 'embedded') {
    return document.embeddingState as FailureToAcquireReason;
  }
  const kept = await store.documents.embedding(document.id, faces.model);
  if (kept !== undefined) return kept;
  const { photo } = await store.documents.open(document.id);
  const outcome = await faces.read({ bytes: photo });
  if (outcome.kind === 'refused') {
    // It was accepted when it came in, so it is the store that changed it.
    throw new FacematchError('integrity-failure', 'A stored photo can no longer be decoded.', {
      id: document.id,
    });
  }
  const result = outcome.kind === 'embedded' ? outcome.embedding : outcome.reason;
  await store.documents.putEmbedding(document.id, faces.model, result);
  return result;
}
