import type { Kysely } from 'kysely';
import type { DatabasePlace } from './database/open.js';
import { readPostgres } from './database/postgresReader.js';
import { readSqlite } from './database/sqliteReader.js';
import type { Schema } from './schema.js';

/** Something that answers queries on the records' database. */
export interface RecordReader {
  read<T>(query: (db: Kysely<Schema>) => Promise<T>): Promise<T>;
}

/** A second connection that only reads, for commands beside a running service. */
export interface ReadConnection extends RecordReader {
  close(): Promise<void>;
}

/**
 * Opens an existing database for reading, without its keyring: nothing encrypted can be opened through it.
 *
 * @throws FacematchError `store-unavailable` when there is no such database, `migration-refused` when this program
 * is older or newer than the database.
 */
export async function openForReading({ databasePath, databaseUrl }: DatabasePlace): Promise<ReadConnection> {
  return databaseUrl === undefined ? readSqlite(databasePath) : readPostgres(databaseUrl);
}
