import { setTimeout as pause } from 'node:timers/promises';
import { isFacematchError } from '../errors.js';
import type { RecordDatabase } from './database.js';
import type { Keyring } from './keyring.js';
import { monthOf } from './month.js';
import { openEmbedding, type SealedEmbedding } from './sealedEmbedding.js';
import { type Vault, vectorOf } from './vault.js';

/** What there is to read, and where it ends: documents with a larger id came later. */
export interface EmbeddingExtent {
  readonly documents: number;
  /** The largest id; empty where there is none. */
  readonly last: string;
}

export interface FoundEmbedding {
  readonly id: string;
  readonly holderId: string;
  readonly vector: Float32Array;
}

interface Row {
  readonly id: string;
  readonly holder_id: string;
  readonly key_id: string;
  readonly retention_ends: string;
  readonly vector: Uint8Array;
}

/** Documents in a block: two to three milliseconds of the event loop. */
const blockRows = 96;
/** After each block the rest of the service has the event loop for this share of the time the block took. */
const restShare = 0.4;

/** All embeddings by one model with their keys, for a search that leaves the serving process. */
export class EmbeddingBlocks {
  readonly #database: RecordDatabase;
  readonly #keyring: Keyring;

  constructor(parts: { database: RecordDatabase; vault: Vault }) {
    this.#database = parts.database;
    this.#keyring = parts.vault.keyring;
  }

  /** Of the documents that are in the store now. @param model `id@version` */
  extent(model: string): Promise<EmbeddingExtent> {
    return this.#database.read(async (db) => {
      const { documents, last } = await db
        .selectFrom('embeddings')
        .select(({ fn }) => [fn.countAll<number>().as('documents'), fn.max('document_id').as('last')])
        .where('model', '=', model)
        .executeTakeFirstOrThrow();
      return { documents, last: last ?? '' };
    });
  }

  /**
   * In the order of their ids up to `last`, in short steps, each a query of its own: no snapshot is held, so a reading
   * of minutes neither keeps the write-ahead log from being cut nor reads what was destroyed meanwhile.
   *
   * @throws FacematchError `integrity-failure`
   */
  async *read(model: string, last: string, signal?: AbortSignal): AsyncGenerator<SealedEmbedding[]> {
    for (let after = ''; ; ) {
      signal?.throwIfAborted();
      const started = performance.now();
      const rows = await this.#rows(model, after, last);
      const end = rows.at(-1);
      if (end === undefined) return;
      after = end.id;
      const block = await this.#withKeys(rows);
      const took = performance.now() - started;
      yield block;
      await pause(restShare * took);
    }
  }

  /** The embeddings of a few documents; those that are no longer there are left out. @throws FacematchError `integrity-failure` */
  async some(model: string, ids: readonly string[]): Promise<FoundEmbedding[]> {
    const found: FoundEmbedding[] = [];
    for (let from = 0; from < ids.length; from += blockRows) {
      const part = ids.slice(from, from + blockRows);
      const rows = await this.#database.read((db) =>
        db
          .selectFrom('embeddings')
          .innerJoin('documents', 'documents.id', 'embeddings.document_id')
          .select(['documents.id', 'holder_id', 'key_id', 'retention_ends', 'vector'])
          .where('model', '=', model)
          .where('documents.id', 'in', part)
          .execute(),
      );
      for (const sealed of await this.#withKeys(rows)) {
        const vector = vectorOf(openEmbedding(sealed, model));
        found.push({ id: sealed.id, holderId: sealed.holderId, vector });
      }
    }
    return found;
  }

  #rows(model: string, after: string, last: string): Promise<Row[]> {
    return this.#database.read((db) =>
      db
        .selectFrom('embeddings')
        .innerJoin('documents', 'documents.id', 'embeddings.document_id')
        .select(['documents.id', 'holder_id', 'key_id', 'retention_ends', 'vector'])
        .where('model', '=', model)
        .where('document_id', '>', after)
        .where('document_id', '<=', last)
        .orderBy('document_id')
        .limit(blockRows)
        .execute(),
    );
  }

  async #withKeys(rows: readonly Row[]): Promise<SealedEmbedding[]> {
    return (await Promise.all(rows.map((row) => this.#withKey(row)))).filter((one) => one !== undefined);
  }

  /** Undefined where the record's key was destroyed and its row is about to go. */
  async #withKey(row: Row): Promise<SealedEmbedding | undefined> {
    try {
      const key = await this.#keyring.open(row.key_id, monthOf(row.retention_ends));
      return { id: row.id, holderId: row.holder_id, keyId: row.key_id, key, sealed: row.vector };
    } catch (error) {
      if (isFacematchError(error, 'not-found')) return undefined;
      throw error;
    }
  }
}
