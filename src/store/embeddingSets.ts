import { type Kysely, sql, type Transaction } from 'kysely';
import { FacematchError } from '../errors.js';
import type { RecordDatabase } from './database.js';
import { embeddingField } from './newDocument.js';
import type { Schema } from './schema.js';
import { subjectOfEmbedding, unseenBy } from './seenPhotos.js';
import { type Vault, vectorBytes } from './vault.js';

export interface KeptPhoto {
  readonly photo: Uint8Array;
  /** Says later whether the document still has this photo. */
  readonly pixelsKey: Uint8Array;
}

/** Embeddings by other models beside those by the active one: of a model that is being prepared, and of the one before. */
export class EmbeddingSets {
  readonly #database: RecordDatabase;
  readonly #vault: Vault;

  constructor(parts: { database: RecordDatabase; vault: Vault }) {
    this.#database = parts.database;
    this.#vault = parts.vault;
  }

  /** Documents in the store, and those whose photo `model` has seen. */
  coverage(model: string): Promise<{ readonly documents: number; readonly covered: number }> {
    return this.#database.read(async (db) => {
      const { documents } = await db
        .selectFrom('documents')
        .select((expression) => expression.fn.countAll<number>().as('documents'))
        .executeTakeFirstOrThrow();
      return { documents, covered: documents - (await countMissing(db, model)) };
    });
  }

  /** Ids of documents whose photo `model` has not seen, in order, after `after`. */
  async missing(model: string, after: string, limit: number): Promise<string[]> {
    const rows = await this.#database.read((db) =>
      db
        .selectFrom('documents')
        .select('id')
        .where('id', '>', after)
        .where(unseenBy(model))
        .orderBy('id')
        .limit(limit)
        .execute(),
    );
    return rows.map(({ id }) => id);
  }

  /** @throws FacematchError `not-found` (it may have been destroyed meanwhile), `integrity-failure` */
  async photo(id: string): Promise<KeptPhoto> {
    const row = await this.#database.read((db) =>
      db
        .selectFrom('documents')
        .innerJoin('document_images', 'document_images.document_id', 'documents.id')
        .select(['key_id', 'retention_ends', 'pixels_key', 'content'])
        .where('documents.id', '=', id)
        .where('kind', '=', 'photo')
        .executeTakeFirst(),
    );
    if (row === undefined) throw new FacematchError('not-found', 'The store has no such photo.', { id });
    const photo = await this.#vault.open(row, id, 'document.photo', row.content);
    return { photo, pixelsKey: row.pixels_key };
  }

  /** Why `model` made nothing of the photo, where it saw it and did not. */
  failure(id: string, model: string): Promise<string | undefined> {
    return this.#database.read(async (db) => {
      const row = await db
        .selectFrom('embedding_failures')
        .select('reason')
        .where('document_id', '=', id)
        .where('model', '=', model)
        .executeTakeFirst();
      return row?.reason;
    });
  }

  /**
   * Keeps what `model` made of a photo beside what others made of it: a vector, or the reason there is none. Nothing is
   * kept where the document is gone or has another photo by now. What the document's row says follows where `model` is
   * the active one.
   *
   * @throws FacematchError `internal` when the vector is none that compares
   */
  async put(
    id: string,
    { model, pixelsKey, result }: { model: string; pixelsKey: Uint8Array; result: Float32Array | string },
  ): Promise<void> {
    const row = await this.#database.read((db) =>
      db.selectFrom('documents').select(['key_id', 'retention_ends']).where('id', '=', id).executeTakeFirst(),
    );
    if (row === undefined) return;
    const vector =
      typeof result === 'string'
        ? undefined
        : await this.#vault.sealMore(row, id, embeddingField(model), vectorBytes(result));
    const keep = async (trx: Transaction<Schema>) => {
      const still = await trx
        .selectFrom('documents')
        .select('id')
        .where('id', '=', id)
        .where('key_id', '=', row.key_id)
        .where('pixels_key', '=', pixelsKey)
        .executeTakeFirst();
      if (still === undefined) return;
      await trx.deleteFrom('embeddings').where('document_id', '=', id).where('model', '=', model).execute();
      await trx
        .deleteFrom('embedding_failures')
        .where('document_id', '=', id)
        .where('model', '=', model)
        .execute();
      if (vector === undefined) {
        await trx
          .insertInto('embedding_failures')
          .values({ document_id: id, model, reason: String(result) })
          .execute();
      } else {
        await trx.insertInto('embeddings').values({ document_id: id, model, vector }).execute();
      }
      await trx
        .deleteFrom('embedding_unread')
        .where('document_id', '=', id)
        .where('model', '=', model)
        .execute();
      await noteActive(trx, id, model, typeof result === 'string' ? result : 'embedded');
    };
    // Whatever takes the photo away or makes another model the active one runs alone: comparisons need not wait here.
    await this.#database.write(keep, [subjectOfEmbedding(id, model)]);
  }
}

/** The row says what the active model made of the photo; a failure of the one before stands nowhere else. */
async function noteActive(trx: Transaction<Schema>, id: string, model: string, state: string): Promise<void> {
  const active = await trx.selectFrom('embedding_models').select('active').executeTakeFirst();
  if (active?.active !== model) return;
  await sql`
    insert into embedding_failures (document_id, model, reason)
    select id, embedding_model, embedding_state from documents
    where id = ${id} and embedding_state <> 'embedded' and embedding_model <> ${model}
    on conflict do nothing`.execute(trx);
  await trx
    .updateTable('documents')
    .set({ embedding_model: model, embedding_state: state })
    .where('id', '=', id)
    .execute();
}

export async function countMissing(db: Kysely<Schema>, model: string): Promise<number> {
  const { missing } = await db
    .selectFrom('documents')
    .select((expression) => expression.fn.countAll<number>().as('missing'))
    .where(unseenBy(model))
    .executeTakeFirstOrThrow();
  return missing;
}
