import { createHash } from 'node:crypto';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { RecordReader } from '../recordReader.js';
import type { Schema } from '../schema.js';
import type { CopiedTable } from './tables.js';

export type Value = string | number | Uint8Array | null;
export type Row = Readonly<Record<string, Value>>;

/** What a page should weigh, in bytes: rows with a photo are read a few at a time, narrow ones many. */
const pageBytes = 4_000_000;
const leastRows = 10;
const mostRows = 1_000;
/** SQLite takes 32,766 parameters in a statement, PostgreSQL 65,535. */
const mostParameters = 30_000;

/** The rows after a key, page by page, in the order of the key: text by its bytes, as both databases sort it. */
export async function* pagesOf(
  reader: RecordReader,
  table: CopiedTable,
  after?: readonly Value[],
): AsyncGenerator<readonly Row[]> {
  const most = Math.min(mostRows, Math.floor(mostParameters / table.columns.length));
  let limit = leastRows;
  for (let from = after; ; ) {
    const rows = await pageAfter(reader, table, from, limit);
    const last = rows.at(-1);
    if (last !== undefined) yield rows;
    if (last === undefined || rows.length < limit) return;
    from = keyOf(table, last);
    const bytes = rows.reduce((sum, row) => sum + weightOf(row), 0) / rows.length;
    limit = Math.max(leastRows, Math.min(most, Math.floor(pageBytes / Math.max(1, bytes))));
  }
}

function pageAfter(
  reader: RecordReader,
  table: CopiedTable,
  after: readonly Value[] | undefined,
  limit: number,
): Promise<readonly Row[]> {
  const columns = sql.join(table.columns.map((column) => sql.ref(column)));
  const key = sql.join(table.key.map((column) => sql.ref(column)));
  const where = after === undefined ? sql`` : sql`where (${key}) > (${sql.join(after)})`;
  return reader.read(async (db) => {
    const { rows } = await sql<Row>`select ${columns} from ${sql.table(table.name)} ${where}
      order by ${key} limit ${sql.lit(limit)}`.execute(db);
    return rows;
  });
}

/** The greatest key that is there. */
export function lastKey(reader: RecordReader, table: CopiedTable): Promise<readonly Value[] | undefined> {
  const key = sql.join(table.key.map((column) => sql.ref(column)));
  const last = sql.join(table.key.map((column) => sql`${sql.ref(column)} desc`));
  return reader.read(async (db) => {
    const { rows } = await sql<Row>`select ${key} from ${sql.table(table.name)}
      order by ${last} limit 1`.execute(db);
    return rows[0] && keyOf(table, rows[0]);
  });
}

export function countOf(reader: RecordReader, { name }: Pick<CopiedTable, 'name'>): Promise<number> {
  return reader.read(async (db) => {
    const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(name)}`.execute(db);
    return rows[0]?.n ?? 0;
  });
}

export async function insertRows(
  trx: Kysely<Schema> | Transaction<Schema>,
  { name, columns }: Pick<CopiedTable, 'name' | 'columns'>,
  rows: readonly Row[],
): Promise<void> {
  const values = rows.map((row) => sql`(${sql.join(columns.map((column) => row[column] ?? null))})`);
  await sql`insert into ${sql.table(name)} (${sql.join(columns.map((column) => sql.ref(column)))})
    values ${sql.join(values)}`.execute(trx);
}

/** SHA-256 of a row, the same whichever database it is in. */
export function hashOf({ columns }: CopiedTable, row: Row): string {
  const hash = createHash('sha256');
  for (const column of columns) {
    const value = row[column] ?? null;
    const bytes =
      value === null
        ? Buffer.alloc(0)
        : typeof value === 'object'
          ? Buffer.from(value)
          : Buffer.from(String(value));
    const kind =
      value === null ? 'n' : typeof value === 'object' ? 'b' : typeof value === 'number' ? 'i' : 't';
    hash.update(`${kind}${bytes.length}:`).update(bytes);
  }
  return hash.digest('hex');
}

export function keyOf({ key }: CopiedTable, row: Row): readonly Value[] {
  return key.map((column) => row[column] ?? null);
}

function weightOf(row: Row): number {
  let bytes = 0;
  for (const value of Object.values(row)) {
    bytes += typeof value === 'object' ? (value?.length ?? 0) : String(value).length;
  }
  return bytes;
}
