import { sql } from 'kysely';
import { listenerName } from './postgresAnnouncements.js';
import { guardedPostgres } from './postgresFailures.js';
import { connectionPool, queriesOn } from './postgresPool.js';

export interface PostgresLook {
  /** The end of the audit trail; undefined where the database holds no store. */
  readonly last: { readonly seq: number; readonly at: string } | undefined;
  /** Services that listen to it now. */
  readonly services: number;
}

/** What is in a database before its store is opened, whichever version it is of. @throws FacematchError `store-unavailable` */
export async function lookAtPostgres(url: string): Promise<PostgresLook> {
  const pool = connectionPool({ url, connections: 1, readOnly: true });
  const db = queriesOn(pool);
  try {
    return await guardedPostgres(async () => {
      const { rows } = await sql<{ trail: boolean; services: number }>`
        select to_regclass('audit') is not null and to_regclass('store') is not null as trail,
          (select count(*) from pg_stat_activity
            where datname = current_database() and application_name = ${listenerName}) as services`.execute(
        db,
      );
      const { trail = false, services = 0 } = rows[0] ?? {};
      const last = trail
        ? await db
            .selectFrom('audit')
            .select(['seq', 'at'])
            .orderBy('seq', 'desc')
            .limit(1)
            .executeTakeFirst()
        : undefined;
      return { last, services };
    });
  } finally {
    await pool.end();
  }
}
