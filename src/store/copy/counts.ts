import { type Kysely, sql } from 'kysely';
import type { RecordDatabase } from '../database.js';
import type { RecordReader } from '../recordReader.js';
import type { Schema } from '../schema.js';
import type { CopiedTable } from './tables.js';

/** What a database counted up to goes on in the other one, also where the last rows are gone. */
export async function giveCounts(
  source: RecordReader,
  target: RecordDatabase,
  tables: readonly CopiedTable[],
  fromSqlite: boolean,
): Promise<void> {
  for (const { name, counted } of tables) {
    if (counted === undefined) continue;
    const reached = await source.read((db) =>
      fromSqlite ? reachedOnSqlite(db, name) : reachedOnPostgres(db, name, counted),
    );
    if (reached === 0) continue;
    await target.write(async (trx) => {
      if (!fromSqlite) {
        await sql`delete from sqlite_sequence where name = ${name}`.execute(trx);
        await sql`insert into sqlite_sequence (name, seq) values (${name}, ${reached})`.execute(trx);
      } else {
        await sql`select setval(pg_get_serial_sequence(${name}, ${counted}), ${reached})`.execute(trx);
      }
    });
  }
}

/** The last number that was given out; 0 where none was. */
async function reachedOnSqlite(db: Kysely<Schema>, name: string): Promise<number> {
  const { rows } = await sql<{ seq: number }>`select seq from sqlite_sequence where name = ${name}`.execute(
    db,
  );
  return rows[0]?.seq ?? 0;
}

async function reachedOnPostgres(db: Kysely<Schema>, name: string, column: string): Promise<number> {
  const { rows } = await sql<{ sequence: string }>`
    select pg_get_serial_sequence(${name}, ${column}) as sequence`.execute(db);
  const { rows: last } = await sql<{ reached: number }>`
    select case when is_called then last_value else 0 end as reached
    from ${sql.table(rows[0]?.sequence ?? '')}`.execute(db);
  return last[0]?.reached ?? 0;
}
