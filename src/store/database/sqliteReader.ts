import Database from 'better-sqlite3';
import { Kysely } from 'kysely';
import { FacematchError } from '../../errors.js';
import { guarded, storeFailure } from '../failures.js';
import { type Applied, requireContinuation } from '../migrations/migrate.js';
import { recordMigrations } from '../migrations/records.js';
import type { ReadConnection } from '../recordReader.js';
import type { Schema } from '../schema.js';
import { StoreSqliteDialect } from './sqliteDialect.js';

/** A connection to the file that only reads. @throws FacematchError `store-unavailable`, `migration-refused` */
export function readSqlite(path: string): ReadConnection {
  let raw: Database.Database | undefined;
  try {
    raw = new Database(path, { readonly: true, fileMustExist: true, timeout: 2000 });
    raw.pragma('query_only = ON');
    raw.pragma('trusted_schema = OFF');
    const applied = raw
      .prepare<[], Applied>('select position, id, sha256 from migrations order by position')
      .all();
    requireContinuation(recordMigrations, applied);
    if (applied.length < recordMigrations.length) {
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
