import { sql } from 'kysely';
import { FacematchError } from '../../errors.js';
import { AuditReader } from '../auditReader.js';
import { sameKey } from '../crypto/keys.js';
import type { RecordDatabase } from '../database.js';
import type { RecordReader } from '../recordReader.js';
import { giveCounts } from './counts.js';
import { countOf, hashOf, insertRows, lastKey, pagesOf, type Row } from './rows.js';
import { type CopiedTable, copiedTables } from './tables.js';

export interface CopyReport {
  /** Rows in all tables, each compared by its hash. */
  readonly rows: number;
  readonly tables: number;
  /** Rows that an earlier, interrupted run had copied. */
  readonly resumed: number;
  /** The end of the audit trail, the same in both: number of the last entry and its hash in hexadecimal. */
  readonly auditEntries: number;
  readonly auditHead: string;
}

export interface CopyParts {
  /** Nobody writes to it meanwhile: what changes is found at the end, and refused. */
  readonly source: RecordReader;
  readonly target: RecordDatabase;
  /** Else from PostgreSQL: one of the two is a SQLite file, from which is read what tables there are. */
  readonly fromSqlite: boolean;
  readonly progress?: ((step: 'copied' | 'compared', done: number, total: number) => void) | undefined;
  /** Stops after the page at hand; the next run goes on there. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Copies every record from one database to another, as it is: ciphertext, look-up hashes and the audit trail, without
 * any key. Until all of it was compared row by row, the target says that it is being filled, and no service opens it.
 *
 * @throws FacematchError `input-invalid` for a source that is no store, or a target that holds something else;
 * `integrity-failure` where a row differs or the audit trail is broken; `store-unavailable`, `storage-full`
 */
export async function copyStore(parts: CopyParts): Promise<CopyReport> {
  const { source, target, fromSqlite, signal, progress } = parts;
  const tables = await copiedTables(fromSqlite ? source : target);
  const identity = await identityOf(source);
  const resumed = await begin(target, tables, identity);
  const total = await sum(tables.map((table) => countOf(source, table)));
  let done = resumed;
  for (const table of tables) {
    for await (const rows of pagesOf(source, table, await lastKey(target, table))) {
      signal?.throwIfAborted();
      await target.write((trx) => insertRows(trx, table, rows));
      done += rows.length;
      progress?.('copied', done, total);
    }
  }
  const rows = await compare(parts, tables, total);
  await giveCounts(source, target, tables, fromSqlite);
  const head = await requireSameTrail(source, target);
  await finish(source, target, identity);
  return { rows: rows + 1, tables: tables.length + 1, resumed, ...head };
}

/** The row that says which keyring and look-up key the records belong to. */
async function identityOf(source: RecordReader): Promise<Row> {
  const row: Row | undefined = await source.read((db) =>
    db.selectFrom('store').selectAll().executeTakeFirst(),
  );
  if (row === undefined) {
    throw new FacematchError('input-invalid', 'The database to copy from holds no store.');
  }
  return row;
}

/** @returns how many rows are there already */
async function begin(target: RecordDatabase, tables: readonly CopiedTable[], identity: Row): Promise<number> {
  const there = await sum(tables.map((table) => countOf(target, table)));
  const keyring = identity['keyring_id'];
  const begun = await target.write(async (trx) => {
    await sql`create table if not exists store_copy (one integer primary key check (one = 1), keyring_id text not null)`.execute(
      trx,
    );
    const { rows } = await sql<{ keyring_id: string }>`select keyring_id from store_copy`.execute(trx);
    const store = await trx.selectFrom('store').select('keyring_id').executeTakeFirst();
    const [earlier] = rows;
    if (store !== undefined || (earlier === undefined ? there > 0 : earlier.keyring_id !== keyring)) {
      throw new FacematchError(
        'input-invalid',
        'The database to copy to is not empty: only an empty one is filled, or one that was being filled from the same store.',
      );
    }
    if (earlier === undefined) await sql`insert into store_copy values (1, ${keyring})`.execute(trx);
    return earlier !== undefined;
  });
  return begun ? there : 0;
}

/** @throws FacematchError `integrity-failure` naming the table and the number of the row */
async function compare(
  { source, target, signal, progress }: CopyParts,
  tables: readonly CopiedTable[],
  total: number,
): Promise<number> {
  let done = 0;
  for (const table of tables) {
    let row = 0;
    const copies = rowsOf(target, table);
    for await (const original of rowsOf(source, table)) {
      const { value: copy } = await copies.next();
      row += 1;
      if (copy === undefined || hashOf(table, copy) !== hashOf(table, original)) throw differs(table, row);
      done += 1;
      if (done % 1_000 === 0) {
        signal?.throwIfAborted();
        progress?.('compared', done, total);
      }
    }
    if ((await copies.next()).done !== true) throw differs(table, row + 1);
  }
  progress?.('compared', done, Math.max(done, total));
  return done;
}

async function* rowsOf(reader: RecordReader, table: CopiedTable): AsyncGenerator<Row, undefined> {
  for await (const page of pagesOf(reader, table)) yield* page;
  return undefined;
}

const differs = ({ name }: CopiedTable, row: number) =>
  new FacematchError(
    'integrity-failure',
    'A row is not the same in both databases. Was the service stopped? Empty the target and begin again.',
    { table: name, row },
  );

/** @throws FacematchError `integrity-failure` */
async function requireSameTrail(
  source: RecordReader,
  target: RecordReader,
): Promise<{ auditEntries: number; auditHead: string }> {
  const checked = await new AuditReader(target).verify();
  if (!checked.intact) {
    throw new FacematchError(
      'integrity-failure',
      'The audit trail is broken, in the source as in the copy.',
      {
        seq: checked.seq,
      },
    );
  }
  const { seq, hash } = await new AuditReader(source).position();
  if (seq !== checked.entries || !sameKey(hash, checked.head)) {
    throw new FacematchError(
      'integrity-failure',
      'The audit trail went on while it was copied: stop the service.',
      { seq },
    );
  }
  return { auditEntries: seq, auditHead: Buffer.from(hash).toString('hex') };
}

/** From here on it is a store, and no longer one that is being filled. */
async function finish(source: RecordReader, target: RecordDatabase, identity: Row): Promise<void> {
  const columns = Object.keys(identity);
  const store = { name: 'store', columns, key: ['one'], counted: undefined };
  if (hashOf(store, await identityOf(source)) !== hashOf(store, identity)) throw differs(store, 1);
  await target.write(async (trx) => {
    await insertRows(trx, store, [identity]);
    await sql`drop table store_copy`.execute(trx);
  });
}

async function sum(counts: readonly Promise<number>[]): Promise<number> {
  return (await Promise.all(counts)).reduce((all, one) => all + one, 0);
}
