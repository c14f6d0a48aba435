import type { Transaction } from 'kysely';
import { embeddingField } from './newDocument.js';
import type { Everything } from './rectifiedDocument.js';
import type { Schema } from './schema.js';
import type { Vault } from './vault.js';

type Field = { readonly field: string; readonly sealed: Uint8Array };

/**
 * Everything a document keeps when it moves to another key, sealed again by `put`; the function that comes back
 * writes it, in the transaction that changes the key.
 */
export async function carry(
  vault: Vault,
  before: Everything,
  put: (field: string, plaintext: Uint8Array) => Uint8Array,
): Promise<(trx: Transaction<Schema>) => Promise<void>> {
  const { row } = before;
  const open = await vault.opener(row, row.id);
  const again = ({ field, sealed }: Field) => put(field, open(field, sealed));
  const revisions = new Map(before.rectifications.map((one) => [one.id, one.revision]));
  const images = before.images.map((image) => ({
    ...image,
    content: again({ field: `document.${image.kind}`, sealed: image.content }),
  }));
  const embeddings = before.embeddings.map((one) => ({
    ...one,
    vector: again({ field: embeddingField(one.model), sealed: one.vector }),
  }));
  const rectifications = before.rectifications.map((one) => ({
    ...one,
    detail: again({ field: `rectification/${one.revision}`, sealed: one.detail }),
  }));
  const rectifiedImages = before.rectifiedImages.map((image) => ({
    ...image,
    content: again({
      field: `rectification/${revisions.get(image.rectification_id)}/${image.kind}`,
      sealed: image.content,
    }),
  }));
  const statuses = before.statuses.flatMap(({ position, detail }) =>
    detail === null ? [] : [{ position, detail: again({ field: 'document.status', sealed: detail }) }],
  );
  return async (trx: Transaction<Schema>) => {
    for (const { kind, content } of images) {
      await trx
        .updateTable('document_images')
        .set({ content })
        .where('document_id', '=', row.id)
        .where('kind', '=', kind)
        .execute();
    }
    for (const { model, vector } of embeddings) {
      await trx
        .updateTable('embeddings')
        .set({ vector })
        .where('document_id', '=', row.id)
        .where('model', '=', model)
        .execute();
    }
    for (const { id, detail } of rectifications) {
      await trx.updateTable('rectifications').set({ detail }).where('id', '=', id).execute();
    }
    for (const { rectification_id, kind, content } of rectifiedImages) {
      await trx
        .updateTable('rectification_images')
        .set({ content })
        .where('rectification_id', '=', rectification_id)
        .where('kind', '=', kind)
        .execute();
    }
    for (const { position, detail } of statuses) {
      await trx.updateTable('document_statuses').set({ detail }).where('position', '=', position).execute();
    }
  };
}
