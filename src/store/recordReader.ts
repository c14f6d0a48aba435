import Database from 'better-sqlite3';
import { Kysely } from 'kysely';
import { FacematchError } from '../errors.js';
import { guarded, storeFailure } from './failures.js';
import { recordMigrations } from './migrations/records.js';
import type { Schema } from './schema.js';
import { StoreSqliteDialect } from './sqliteDialect.js';

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
export function openForReading(path: string): ReadConnection {
  let raw: Database.Database | undefined;
  try {
    raw = new Database(path, { readonly: true, fileMustExist: true, timeout: 2000 });
    raw.pragma('query_only = ON');
    raw.pragma('trusted_schema = OFF');
    const applied = raw.prepare('select id from migrations order by position').pluck().all();
    if (applied.join() !== recordMigrations.map(({ id }) => id).join()) {
      throw new FacematchError(
        'migration-refused',
        'The database was not brought up to date by this version of the program.',
      );
    }
    const kysely = new Kysely<Schema>({ dialect: new StoreSqliteDialect(raw) });
    const connection = raw;
    return {
      read: (query) => guarded(() => query(kysely)),
      close: async () => {
        await kysely.destroy();
        connection.close();
      },
    };
  } catch (error) {
    raw?.close();
    throw storeFailure(error);
  }
}
