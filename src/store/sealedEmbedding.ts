import { open } from './crypto/aead.js';
import type { RecordKey } from './crypto/keys.js';
import { embeddingField } from './newDocument.js';

/** An embedding as the database holds it, with the one key that opens it. */
export interface SealedEmbedding {
  readonly id: string;
  readonly holderId: string;
  readonly keyId: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly sealed: Uint8Array;
}

/**
 * Little-endian float32.
 *
 * @param model `id@version`
 * @throws FacematchError `integrity-failure`
 */
export function openEmbedding({ id, keyId, key, sealed }: SealedEmbedding, model: string): Uint8Array {
  return open(key as RecordKey, sealed, { record: id, field: embeddingField(model), key: keyId });
}
