import { sql } from 'kysely';
import { FacematchError } from '../../errors.js';
import {
  type BatchRow,
  chained,
  follows,
  type Ledger,
  type LedgerBatch,
  type NumberedBatch,
  names,
  numbered,
} from '../ledger.js';
import type { KeyDatabase } from './keyDatabase.js';

/** Batches read in one query while the whole ledger is walked. */
const slice = 200;

/** A ledger beside a keyring on PostgreSQL, one chain whoever adds to it. */
export class PostgresLedger implements Ledger {
  readonly #database: KeyDatabase;
  readonly id: string;

  constructor(database: KeyDatabase, id: string) {
    this.#database = database;
    this.id = id;
  }

  append(batch: LedgerBatch): Promise<number> {
    return this.#database.write(async (trx) => {
      // Whoever adds holds this row until the commit, so that the chain has one end.
      await sql`select id from ledger for update`.execute(trx);
      const known = await trx
        .selectFrom('batches')
        .select('seq')
        .where('batch_id', '=', batch.id)
        .executeTakeFirst();
      if (known !== undefined) return known.seq;
      const last = await trx
        .selectFrom('batches')
        .select(['seq', 'hash'])
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirst();
      const row = chained(batch, last);
      await trx.insertInto('batches').values(row).execute();
      return row.seq;
    });
  }

  lastSeq(): Promise<number> {
    return this.#database.read(async (db) => {
      const { last } = await db
        .selectFrom('batches')
        .select(({ fn }) => fn.max('seq').as('last'))
        .executeTakeFirstOrThrow();
      return last ?? 0;
    });
  }

  async after(seq: number, limit = 50): Promise<NumberedBatch[]> {
    return (await this.#rows(seq, limit)).map(numbered);
  }

  async find(recordKey: Uint8Array): Promise<NumberedBatch | undefined> {
    for await (const row of this.#every()) {
      const batch = numbered(row);
      if (names(batch, recordKey)) return batch;
    }
    return undefined;
  }

  async verify(): Promise<number | undefined> {
    let previous: BatchRow | undefined;
    for await (const row of this.#every()) {
      if (!follows(row, previous)) return row.seq;
      previous = row;
    }
    return undefined;
  }

  async prune(before: Date): Promise<void> {
    await this.#database.patient.write((trx) =>
      trx
        .deleteFrom('batches')
        .where('at', '<', before.toISOString())
        .where('seq', '<', (sub) => sub.selectFrom('batches').select(({ fn }) => fn.max('seq').as('last')))
        .execute(),
    );
  }

  async backup(): Promise<void> {
    throw new FacematchError(
      'input-invalid',
      'The destruction ledger is on PostgreSQL, whose own tools copy it with the keyring (docs/storage.md).',
    );
  }

  async close(): Promise<void> {
    await this.#database.close();
  }

  async *#every(): AsyncGenerator<BatchRow> {
    for (let after = 0; ; ) {
      const rows = await this.#rows(after, slice);
      yield* rows;
      const last = rows.at(-1);
      if (last === undefined || rows.length < slice) return;
      after = last.seq;
    }
  }

  #rows(after: number, limit: number): Promise<BatchRow[]> {
    return this.#database.read((db) =>
      db.selectFrom('batches').selectAll().where('seq', '>', after).orderBy('seq').limit(limit).execute(),
    );
  }
}
