import type { Kysely, Selectable, Transaction } from 'kysely';
import { FacematchError } from '../errors.js';
import type { Schema } from './schema.js';

type Rows<T extends keyof Schema> = readonly Selectable<Schema[T]>[];

/** A document with every row that hangs on its key. */
export interface Everything {
  readonly row: Selectable<Schema['documents']>;
  readonly images: Rows<'document_images'>;
  readonly embeddings: Rows<'embeddings'>;
  readonly statuses: Rows<'document_statuses'>;
  readonly rectifications: Rows<'rectifications'>;
  readonly rectifiedImages: Rows<'rectification_images'>;
}

/** @throws FacematchError `not-found` */
export async function everythingOf(db: Kysely<Schema>, id: string): Promise<Everything> {
  const row = await db.selectFrom('documents').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new FacematchError('not-found', 'The store has no such document.', { id });
  return {
    row,
    images: await db.selectFrom('document_images').selectAll().where('document_id', '=', id).execute(),
    embeddings: await db.selectFrom('embeddings').selectAll().where('document_id', '=', id).execute(),
    statuses: await db.selectFrom('document_statuses').selectAll().where('document_id', '=', id).execute(),
    rectifications: await db
      .selectFrom('rectifications')
      .selectAll()
      .where('document_id', '=', id)
      .orderBy('revision')
      .execute(),
    rectifiedImages: await db
      .selectFrom('rectification_images')
      .innerJoin('rectifications', 'rectifications.id', 'rectification_id')
      .select(['rectification_id', 'kind', 'content'])
      .where('document_id', '=', id)
      .execute(),
  };
}

export async function replaceIdentityKeys(
  trx: Transaction<Schema>,
  id: string,
  keys: readonly Uint8Array[],
): Promise<void> {
  await trx.deleteFrom('document_identity_keys').where('document_id', '=', id).execute();
  if (keys.length === 0) return;
  await trx
    .insertInto('document_identity_keys')
    .values(keys.map((identity_key) => ({ identity_key, document_id: id })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
