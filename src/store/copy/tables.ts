import { type Kysely, sql } from 'kysely';
import type { RecordReader } from '../recordReader.js';
import type { Schema } from '../schema.js';

/** A table as it is copied: in the order of its key, after every table that it refers to. */
export interface CopiedTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** Columns of the primary key, in its order. */
  readonly key: readonly string[];
  /** The column whose values the database counts up by itself and never gives out twice. */
  readonly counted: string | undefined;
}

/** Kept by each database for itself, or last of all. */
const apart = new Set(['migrations', 'store', 'store_copy']);

/**
 * Every table of records of a SQLite database, and so of every database of this version: those that others refer to
 * come first. The one that says whose keys open it, `store`, is not among them.
 */
export function copiedTables(sqlite: RecordReader): Promise<CopiedTable[]> {
  return sqlite.read(async (db) => {
    const { rows } = await sql<{ name: string; sql: string }>`
      select name, sql from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name`.execute(
      db,
    );
    const left = new Map<string, { table: CopiedTable; needs: string[] }>();
    for (const { name, sql: text } of rows) {
      if (!apart.has(name)) left.set(name, await described(db, name, text));
    }
    const ordered: CopiedTable[] = [];
    while (left.size > 0) {
      const ready = [...left].filter(([name, { needs }]) => !needs.some((n) => n !== name && left.has(n)));
      if (ready.length === 0) throw new Error('tables refer to one another in a circle');
      for (const [name, { table }] of ready) {
        ordered.push(table);
        left.delete(name);
      }
    }
    return ordered;
  });
}

async function described(
  db: Kysely<Schema>,
  name: string,
  text: string,
): Promise<{ table: CopiedTable; needs: string[] }> {
  const columns = await sql<{ name: string; pk: number }>`
    select name, pk from pragma_table_info(${name}) order by cid`.execute(db);
  const needs = await sql<{ other: string }>`
    select "table" as other from pragma_foreign_key_list(${name})`.execute(db);
  const key = columns.rows.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
  if (key.length === 0) throw new Error(`${name} has no key to be copied by`);
  const table = {
    name,
    columns: columns.rows.map((column) => column.name),
    key: key.map((column) => column.name),
    counted: /\bautoincrement\b/i.test(text) ? key[0]?.name : undefined,
  };
  return { table, needs: needs.rows.map(({ other }) => other) };
}
