import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, sql, type Transaction } from 'kysely';
import type pg from 'pg';
import type { Clock } from '../../clock.js';
import { type ErrorFacts, FacematchError } from '../../errors.js';
import type { LookupKey } from '../crypto/keys.js';
import type { RecordDatabase } from '../database.js';
import { recordMigrations } from '../migrations/records.js';
import type { Schema } from '../schema.js';
import { announcement, listenTo } from './postgresAnnouncements.js';
import { asLongAsNeeded, patienceBeside } from './postgresAnswers.js';
import {
  guardedPostgres,
  isDeadConnection,
  isLostRace,
  isStalePlan,
  isUniqueViolation,
  postgresFailure,
} from './postgresFailures.js';
import { lockWriters } from './postgresLocks.js';
import { rehashPostgres } from './postgresLookupRotation.js';
import { migratePostgres } from './postgresMigrations.js';
import { connectionPool, type PostgresSettings, queriesOn, waitFor } from './postgresPool.js';
import { WriteGroups } from './writeGroups.js';

/** How often a transaction is begun again; each time after a longer wait. */
const retries = 6;
/** And where the reason should be gone the next time. */
const fewRetries = 2;
/** 15, the oldest release it is tried on. */
const leastVersion = 150_000;

/** What destruction takes rows from. */
const emptied = [
  ...['documents', 'document_images', 'document_identity_keys', 'document_statuses', 'embeddings', 'holders'],
  ...['rectifications', 'rectification_images', 'comparisons', 'comparison_subjects', 'comparison_reasons'],
  ...[
    'comparison_references',
    'comparison_reevaluations',
    'probes',
    'reviews',
    'review_events',
    'review_words',
  ],
  ...[
    'searches',
    'search_work',
    'search_findings',
    'search_verifications',
    'inquiries',
    'inquiry_records',
    'inquiry_events',
  ],
  ...['inquiry_members', 'holds', 'mode_changes', 'audit_people', 'idempotency', 'destruction_intents'],
];

/** Any number of processes on one PostgreSQL database. */
export class PostgresDatabase implements RecordDatabase {
  readonly #url: string;
  readonly #pool: pg.Pool;
  readonly #kysely: Kysely<Schema>;
  readonly #groups: WriteGroups;
  readonly patient: RecordDatabase;
  #closed: Promise<void> | undefined;

  /**
   * @param own how long each of its queries may take, where that is not for the pool to say.
   * @param waitMs how long a write waits for its turn, where it serves a request.
   */
  private constructor(url: string, pool: pg.Pool, own?: number, patient?: number, waitMs?: number) {
    this.#url = url;
    this.#pool = pool;
    this.#kysely = queriesOn(pool, own);
    this.#groups = new WriteGroups(this.#kysely, waitMs);
    this.patient = patient === undefined ? this : new PostgresDatabase(url, pool, patient);
  }

  /**
   * Connects, and brings the schema up to date.
   *
   * @throws FacematchError `migration-refused`, `store-unavailable` (not to be reached, too old, read-only, or set up
   * to lose commits), `storage-full`.
   */
  static async open(settings: PostgresSettings, clock: Clock): Promise<PostgresDatabase> {
    const pool = connectionPool(settings);
    const unhurried = queriesOn(pool, asLongAsNeeded);
    try {
      await requireDurable(unhurried);
      await migratePostgres(unhurried, recordMigrations, clock());
      const { url, answerMs } = settings;
      const waitMs = answerMs === undefined ? undefined : waitFor(settings);
      return new PostgresDatabase(url, pool, undefined, patienceBeside(settings), waitMs);
    } catch (error) {
      await endPool(pool);
      throw postgresFailure(error);
    }
  }

  read<T>(query: (db: Kysely<Schema>) => Promise<T>): Promise<T> {
    return guardedPostgres(() =>
      query(this.#kysely).catch((error: unknown) => {
        if (isStalePlan(error)) return query(this.#kysely);
        throw error;
      }),
    );
  }

  write<T>(work: (trx: Transaction<Schema>) => Promise<T>, subjects?: readonly Uint8Array[]): Promise<T> {
    return guardedPostgres(() =>
      this.#again((begun) =>
        subjects === undefined ? this.#alone(work, begun) : this.#groups.add(work, subjects, begun),
      ),
    );
  }

  async rotateLookup(key: LookupKey): Promise<void> {
    const unhurried = new PostgresDatabase(this.#url, this.#pool, asLongAsNeeded);
    await unhurried.write((trx) => rehashPostgres(trx, key));
  }

  /**
   * Lets the space of deleted rows be used again. Their bytes stay until that happens: they are ciphertext whose keys
   * are gone, which is what destruction rests on.
   */
  async checkpoint(): Promise<boolean> {
    const tables = sql.join(emptied.map((table) => sql.table(table)));
    await guardedPostgres(() =>
      sql`vacuum (skip_locked) ${tables}`.execute(queriesOn(this.#pool, asLongAsNeeded)),
    );
    return true;
  }

  async announce(trx: Transaction<Schema>): Promise<void> {
    await announcement().execute(trx);
  }

  onAnnounced(listener: () => void): () => Promise<void> {
    return listenTo(this.#url, listener);
  }

  close(): Promise<void> {
    this.#closed ??= endPool(this.#pool);
    return this.#closed;
  }

  /** Begun again where it lost against another transaction, or its connection was dead before it began. */
  async #again<T>(attempt: (begun: () => void) => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries++) {
      let begun = false;
      try {
        return await attempt(() => {
          begun = true;
        });
      } catch (error) {
        const stale = !begun && isDeadConnection(error);
        const again =
          isLostRace(error) ||
          (tries < fewRetries && (stale || isStalePlan(error) || isUniqueViolation(error)));
        if (!again || tries === retries) throw error;
        await sleep(10 * 2 ** tries * (0.5 + Math.random()));
      }
    }
  }

  /** While nobody else writes. */
  #alone<T>(work: (trx: Transaction<Schema>) => Promise<T>, begun: () => void): Promise<T> {
    // Each statement sees what is committed: after a wait for the lock, what those who held it wrote.
    const transaction = this.#kysely.transaction().setIsolationLevel('read committed');
    return transaction.execute(async (trx) => {
      await lockWriters(undefined).execute(trx);
      begun();
      return work(trx);
    });
  }
}

/** @throws FacematchError `store-unavailable` for a database that would lose what it acknowledged, or takes no writes */
export async function requireDurable<DB>(kysely: Kysely<DB>): Promise<void> {
  const { rows } = await sql<{
    version: number;
    commit: string;
    fsync: string;
    pages: string;
    standby: boolean;
    encoding: string;
  }>`
    select current_setting('server_version_num')::bigint as version, current_setting('synchronous_commit') as commit,
      current_setting('fsync') as fsync, current_setting('full_page_writes') as pages,
      pg_is_in_recovery() as standby, current_setting('server_encoding') as encoding`.execute(kysely);
  const [found] = rows;
  if (found === undefined)
    throw new FacematchError('store-unavailable', 'The database says nothing of itself.');
  const { version, commit, fsync, pages, standby, encoding } = found;
  if (version < leastVersion) throw unfit('The database is older than PostgreSQL 15.', { version });
  if (encoding !== 'UTF8') throw unfit('The database does not keep UTF-8.', { encoding });
  if (standby) throw unfit('The database is a standby, which takes no writes.', { standby });
  if (commit === 'off' || fsync === 'off' || pages === 'off') {
    const facts = { synchronous_commit: commit, fsync, full_page_writes: pages };
    throw unfit('The database does not commit durably.', facts);
  }
}

const unfit = (message: string, facts: ErrorFacts) => new FacematchError('store-unavailable', message, facts);

/** A pool that was ended says so to whoever ends it again. */
async function endPool(pool: pg.Pool): Promise<void> {
  if (!pool.ended && !pool.ending) await pool.end();
}
