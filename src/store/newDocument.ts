import type { Kysely, Transaction } from 'kysely';
import { FacematchError } from '../errors.js';
import type { AuditEntry } from './audit.js';
import { sameKey } from './crypto/keys.js';
import { type HolderKeys, resolveHolder } from './holders.js';
import type { IdempotencyClaim } from './idempotency.js';
import type { DataKey } from './keyring.js';
import type { Schema } from './schema.js';
import { jsonBytes, type Vault, vectorBytes } from './vault.js';

/** What a model made of a photo: a vector, or the reason there is none. */
export type StoredEmbedding =
  | { readonly model: string; readonly vector: Float32Array }
  | { readonly model: string; readonly failure: string };

export interface NewDocument extends HolderKeys {
  readonly id: string;
  readonly type: string;
  /** The processing it was transferred from; `production` unless given. */
  readonly source?: string | undefined;
  /** `YYYY-MM-DD` */
  readonly issuedOn: string;
  /** `YYYY-MM-DD` */
  readonly retentionEnds: string;
  readonly numberKey: Uint8Array;
  readonly pixelsKey: Uint8Array;
  /** Keyed hash of the whole transfer. */
  readonly fingerprint: Uint8Array;
  /** JSON-able. */
  readonly record: unknown;
  readonly photo: Uint8Array;
  readonly signature?: Uint8Array | undefined;
  readonly embedding: StoredEmbedding;
  readonly audit: AuditEntry;
  readonly idempotency?: IdempotencyClaim | undefined;
}

export interface SealedDocument {
  readonly record: Uint8Array;
  readonly images: readonly Schema['document_images'][];
  readonly embedding: Schema['embeddings'] | undefined;
}

/** Before the transaction, which stays short. */
export function sealDocument(vault: Vault, key: DataKey, document: NewDocument): SealedDocument {
  const { id, photo, signature, embedding } = document;
  const image = (kind: 'photo' | 'signature', content: Uint8Array) => ({
    document_id: id,
    kind,
    content: vault.seal(key, id, `document.${kind}`, content),
  });
  return {
    record: vault.seal(key, id, 'document.record', jsonBytes(document.record)),
    images: [image('photo', photo), ...(signature === undefined ? [] : [image('signature', signature)])],
    embedding:
      'vector' in embedding
        ? {
            document_id: id,
            model: embedding.model,
            vector: vault.seal(key, id, embeddingField(embedding.model), vectorBytes(embedding.vector)),
          }
        : undefined,
  };
}

export async function insertDocument(
  trx: Transaction<Schema>,
  vault: Vault,
  document: NewDocument,
  key: DataKey,
  sealed: SealedDocument,
  receivedAt: string,
): Promise<void> {
  const { id, embedding } = document;
  await trx
    .insertInto('documents')
    .values({
      id,
      holder_id: await resolveHolder(trx, vault, document, receivedAt),
      type: document.type,
      issued_on: document.issuedOn,
      number_key: document.numberKey,
      register_key: document.registerKey ?? null,
      pixels_key: document.pixelsKey,
      fingerprint: document.fingerprint,
      embedding_model: embedding.model,
      embedding_state: embeddingState(embedding),
      key_id: key.id,
      retention_ends: document.retentionEnds,
      received_at: receivedAt,
      source: document.source ?? 'production',
      record: sealed.record,
    })
    .execute();
  await trx
    .insertInto('document_images')
    .values([...sealed.images])
    .execute();
  if (sealed.embedding !== undefined) await trx.insertInto('embeddings').values(sealed.embedding).execute();
  if (document.identityKeys.length > 0) {
    await trx
      .insertInto('document_identity_keys')
      .values(document.identityKeys.map((identity_key) => ({ identity_key, document_id: id })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/** What an earlier transfer left. */
export interface KnownTransfer {
  readonly documentId: string;
  /** `embedded`, or why the photo yields no embedding. */
  readonly embeddingState: string;
}

/** @throws FacematchError `transfer-conflict` when the number and type came with another content. */
export async function findTransferIn(
  db: Kysely<Schema>,
  transfer: Pick<NewDocument, 'type' | 'numberKey' | 'fingerprint'>,
): Promise<KnownTransfer | undefined> {
  const row = await db
    .selectFrom('documents')
    .select(['id', 'fingerprint', 'embedding_state'])
    .where('number_key', '=', transfer.numberKey)
    .where('type', '=', transfer.type)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  if (!sameKey(row.fingerprint, transfer.fingerprint)) {
    throw new FacematchError(
      'transfer-conflict',
      'A document with this number and type came with other content.',
      {
        documentId: row.id,
      },
    );
  }
  return { documentId: row.id, embeddingState: row.embedding_state };
}

export function embeddingField(model: string): string {
  return `document.embedding/${model}`;
}

export function embeddingState(embedding: StoredEmbedding): string {
  return 'vector' in embedding ? 'embedded' : embedding.failure;
}
