import { type Kysely, sql, type Transaction } from 'kysely';
import {
  type Applied,
  type Migration,
  refused,
  requireContinuation,
  requirePinned,
} from '../migrations/migrate.js';
import type { Schema } from '../schema.js';
import { postgresDdl } from './postgresDdl.js';
import { lockMigrations } from './postgresLocks.js';

/**
 * Brings the schema up to date, all steps in one transaction, one process at a time; the others then find it done.
 *
 * @throws FacematchError `migration-refused` when a step was edited, removed, reordered or inserted before an
 * applied one, when the database is newer than this program in more than additions, or when it is not a database of this service.
 */
export async function migratePostgres<DB>(
  kysely: Kysely<DB>,
  migrations: readonly Migration[],
  now: Date,
): Promise<void> {
  requirePinned(migrations);
  await kysely.transaction().execute(async (trx) => {
    await lockMigrations().execute(trx);
    if (await isBlank(trx)) {
      await sql`create table migrations (position bigint primary key, id text collate "C" not null unique,
        sha256 text not null, applied_at text not null)`.execute(trx);
    }
    const applied = await appliedTo(trx);
    requireContinuation(migrations, applied);
    for (const [position, migration] of migrations.entries()) {
      if (position < applied.length) continue;
      await sql.raw(postgresDdl(migration.sql)).execute(trx);
      await sql`insert into migrations (position, id, sha256, applied_at)
        values (${position}, ${migration.id}, ${migration.sha256}, ${now.toISOString()})`.execute(trx);
    }
  });
}

/** Refuses a database that is not exactly as this program leaves it. @throws FacematchError `migration-refused` */
export async function requireMigrated(
  kysely: Kysely<Schema>,
  migrations: readonly Migration[],
): Promise<void> {
  const applied = await appliedTo(kysely);
  requireContinuation(migrations, applied);
  if (applied.length < migrations.length) {
    throw refused('The database was not brought up to date by this version of the program.', {});
  }
}

async function appliedTo<DB>(db: Kysely<DB> | Transaction<DB>): Promise<readonly Applied[]> {
  const { rows } = await sql<{
    known: boolean;
  }>`select to_regclass('migrations') is not null as known`.execute(db);
  if (rows[0]?.known !== true) throw refused('The database is not one of this service.', {});
  const steps = await sql<Applied>`select position, id, sha256 from migrations order by position`.execute(db);
  return steps.rows;
}

async function isBlank<DB>(db: Transaction<DB>): Promise<boolean> {
  const { rows } = await sql<{ tables: number }>`select count(*) as tables from pg_catalog.pg_class
    where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p', 'v', 'm')`.execute(db);
  return rows[0]?.tables === 0;
}
