import { recordMigrations } from '../migrations/records.js';
import type { ReadConnection } from '../recordReader.js';
import { guardedPostgres } from './postgresFailures.js';
import { requireMigrated } from './postgresMigrations.js';
import { connectionPool, queriesOn } from './postgresPool.js';

/** Connections that only read. @throws FacematchError `store-unavailable`, `migration-refused` */
export async function readPostgres(url: string): Promise<ReadConnection> {
  const pool = connectionPool({ url, connections: 2, readOnly: true });
  const kysely = queriesOn(pool);
  const close = async () => {
    await kysely.destroy();
    if (!pool.ended) await pool.end();
  };
  try {
    await guardedPostgres(() => requireMigrated(kysely, recordMigrations));
    return { read: (query) => guardedPostgres(() => query(kysely)), close };
  } catch (error) {
    await close();
    throw error;
  }
}
