import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, sql, type Transaction } from 'kysely';
import type pg from 'pg';
import type { Clock } from '../../clock.js';
import { requireDurable } from '../database/postgres.js';
import { asLongAsNeeded, patienceBeside } from '../database/postgresAnswers.js';
import {
  guardedPostgres,
  isDeadConnection,
  isLostRace,
  postgresFailure,
} from '../database/postgresFailures.js';
import { migratePostgres } from '../database/postgresMigrations.js';
import { connectionPool, type PostgresSettings, queriesOn } from '../database/postgresPool.js';
import { invalidKeyring } from '../keyring.js';
import { type KeySchema, keyMigrations } from './keySchema.js';

const retries = 5;

/** The PostgreSQL database of a keyring and its ledger: durable commits, translated errors. */
export class KeyDatabase {
  readonly #pool: pg.Pool;
  readonly #kysely: Kysely<KeySchema>;
  /** The same database for work on whole months, which takes long by its nature. */
  readonly patient: KeyDatabase;
  #closed: Promise<void> | undefined;

  private constructor(pool: pg.Pool, own?: number, patient?: number) {
    this.#pool = pool;
    this.#kysely = queriesOn<KeySchema>(pool, own);
    this.patient = patient === undefined ? this : new KeyDatabase(pool, patient);
  }

  /**
   * Connects, and brings the schema up to date.
   *
   * @throws FacematchError `keyring-invalid` for the database of the records, `migration-refused`, `store-unavailable`
   * (not to be reached, too old, read-only, or set up to lose commits), `storage-full`.
   */
  static async open(settings: PostgresSettings, clock: Clock): Promise<KeyDatabase> {
    const pool = connectionPool(settings);
    const unhurried = queriesOn<KeySchema>(pool, asLongAsNeeded);
    const database = new KeyDatabase(pool, undefined, patienceBeside(settings));
    try {
      await requireDurable(unhurried);
      await requireApart(unhurried);
      await migratePostgres(unhurried, keyMigrations, clock());
      return database;
    } catch (error) {
      await database.close();
      throw postgresFailure(error);
    }
  }

  /** Begun again where its connection turns out to be cut. */
  read<T>(query: (db: Kysely<KeySchema>) => Promise<T>): Promise<T> {
    return guardedPostgres(() =>
      again(
        (error) => isDeadConnection(error),
        () => query(this.#kysely),
      ),
    );
  }

  /** All or nothing; durable when it resolves. The work may be begun again from its start. */
  write<T>(work: (trx: Transaction<KeySchema>) => Promise<T>): Promise<T> {
    return guardedPostgres(() => {
      let begun = false;
      const mayRepeat = (error: unknown) => isLostRace(error) || (!begun && isDeadConnection(error));
      return again(mayRepeat, () => {
        begun = false;
        return this.#kysely
          .transaction()
          .setIsolationLevel('read committed')
          .execute(async (trx) => {
            begun = true;
            await sql`select case when current_setting('synchronous_commit') = 'off'
              then set_config('synchronous_commit', 'on', true) end`.execute(trx);
            return work(trx);
          });
      });
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    if (!this.#pool.ended && !this.#pool.ending) await this.#pool.end();
  }
}

async function again<T>(mayRepeat: (error: unknown) => boolean, attempt: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === retries || !mayRepeat(error)) throw error;
      await sleep(10 * 2 ** tries * (0.5 + Math.random()));
    }
  }
}

/** Two addresses may lead to one database: keys never lie where the records do, nor in its backups. */
async function requireApart(kysely: Kysely<KeySchema>): Promise<void> {
  const { rows } = await sql<{
    records: boolean;
  }>`select to_regclass('documents') is not null as records`.execute(kysely);
  if (rows[0]?.records === true) {
    throw invalidKeyring('The keyring cannot be in the database of the records: give it one of its own.');
  }
}
