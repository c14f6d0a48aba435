import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import { embeddingField } from './newDocument.js';
import type { NewRectification } from './rectifications.js';
import type { Everything } from './rectifiedDocument.js';
import type { Schema } from './schema.js';
import { jsonBytes, type Vault, vectorBytes } from './vault.js';

export interface SealedRectification {
  readonly record: Uint8Array;
  readonly write: (trx: Transaction<Schema>) => Promise<void>;
  readonly put: (field: string, plaintext: Uint8Array) => Uint8Array;
}

/** Seals what a correction puts in place and what it keeps of before, outside the transaction, which stays short. */
export async function sealRectification(
  vault: Vault,
  change: NewRectification,
  before: Everything,
  put: SealedRectification['put'],
): Promise<SealedRectification> {
  const { documentId: id, embedding } = change;
  const rectificationId = randomUUID();
  const open = await vault.opener(before.row, id);
  const old = (kind: 'photo' | 'signature') => {
    const image = before.images.find((candidate) => candidate.kind === kind);
    return image && open(`document.${kind}`, image.content);
  };
  const replaced = (kind: 'photo' | 'signature', content: Uint8Array | undefined) => {
    if (content === undefined) return [];
    const before = old(kind);
    return [
      {
        kind,
        content: put(`document.${kind}`, content),
        old: before && put(`rectification/${change.revision}/${kind}`, before),
      },
    ];
  };
  const images = [...replaced('photo', change.photo?.content), ...replaced('signature', change.signature)];
  const detail = put(`rectification/${change.revision}`, jsonBytes(change.detail));
  const vector =
    embedding !== undefined && 'vector' in embedding
      ? put(embeddingField(embedding.model), vectorBytes(embedding.vector))
      : undefined;
  const write = async (trx: Transaction<Schema>) => {
    await trx
      .insertInto('rectifications')
      .values({ id: rectificationId, document_id: id, revision: change.revision, at: change.at, detail })
      .execute();
    for (const { kind, content, old } of images) {
      await trx
        .deleteFrom('document_images')
        .where('document_id', '=', id)
        .where('kind', '=', kind)
        .execute();
      await trx.insertInto('document_images').values({ document_id: id, kind, content }).execute();
      if (old === undefined) continue;
      await trx
        .insertInto('rectification_images')
        .values({ rectification_id: rectificationId, kind, content: old })
        .execute();
    }
    if (embedding === undefined) return;
    await trx.deleteFrom('embeddings').where('document_id', '=', id).execute();
    await trx.deleteFrom('embedding_failures').where('document_id', '=', id).execute();
    await trx.deleteFrom('embedding_unread').where('document_id', '=', id).execute();
    if (vector === undefined) return;
    await trx.insertInto('embeddings').values({ document_id: id, model: embedding.model, vector }).execute();
  };
  return { record: put('document.record', jsonBytes(change.record)), write, put };
}
