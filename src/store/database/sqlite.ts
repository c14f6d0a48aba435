import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { Kysely, type Transaction } from 'kysely';
import type { Clock } from '../../clock.js';
import { FacematchError } from '../../errors.js';
import { ownTurn } from '../../ownTurn.js';
import type { LookupKey } from '../crypto/keys.js';
import type { RecordDatabase } from '../database.js';
import { guarded, guardedSync, isBusy, storeFailure } from '../failures.js';
import { createPrivate } from '../files.js';
import { rehash } from '../lookupRotation.js';
import { migrate } from '../migrations/migrate.js';
import { recordMigrations } from '../migrations/records.js';
import type { Schema } from '../schema.js';
import { GroupCommit } from './groupCommit.js';
import { StoreSqliteDialect } from './sqliteDialect.js';

const busyRetries = 6;
const walLimitBytes = 64 * 1024 * 1024;
/**
 * Changed rows, of up to six pages of the log each, after which it is moved into the database: nothing is answered
 * meanwhile.
 */
const rowsToCheckpoint = 500;
/** Pages of the log after which the commit that finds them moves them itself: photos are many pages and few rows. */
const pagesToCheckpoint = 4000;
const defaultCacheMegabytes = 8;

/** SQLite's own names and numbers for them. */
export interface DatabaseSettings {
  readonly journal: string;
  /** 2 is FULL: every commit reaches the disk before it counts. */
  readonly synchronous: number;
  /** 1: deleted content is overwritten. */
  readonly secureDelete: number;
  readonly foreignKeys: number;
}

/** One file, one connection, one writer at a time. */
export class SqliteDatabase implements RecordDatabase {
  readonly #raw: Database.Database;
  readonly #kysely: Kysely<Schema>;
  readonly #commits: GroupCommit;
  readonly #changes: Database.Statement<[], number>;
  #moved = 0;

  private constructor(raw: Database.Database) {
    this.#raw = raw;
    this.#kysely = new Kysely<Schema>({ dialect: new StoreSqliteDialect(raw) });
    this.#commits = new GroupCommit(this.#kysely, whileBusy, () => this.#moveLog());
    this.#changes = raw.prepare<[], number>('select total_changes()').pluck();
  }

  /**
   * Opens or creates the file and brings its schema up to date.
   *
   * @param cacheMegabytes pages kept in memory: with more, a large transaction writes each page once.
   * @throws FacematchError `migration-refused`, `store-unavailable` (damaged, locked or no database), `storage-full`.
   */
  static open(path: string, clock: Clock, cacheMegabytes = defaultCacheMegabytes): SqliteDatabase {
    let raw: Database.Database | undefined;
    try {
      createPrivate(path);
      // The driver waits for locks synchronously and would freeze the service: wait briefly, retry asynchronously.
      raw = new Database(path, { timeout: 20 });
      configure(raw);
      raw.pragma(`cache_size = ${-1024 * cacheMegabytes}`);
      migrate(raw, recordMigrations, clock());
      requireDurable(raw);
      return new SqliteDatabase(raw);
    } catch (error) {
      raw?.close();
      throw storeFailure(error);
    }
  }

  /** As they hold on the connection now. */
  settings(): DatabaseSettings {
    return settingsOf(this.#raw);
  }

  read<T>(query: (db: Kysely<Schema>) => Promise<T>): Promise<T> {
    return guarded(() => query(this.#kysely));
  }

  /**
   * All or nothing, in an immediate transaction that works of the same moment may share; durable when it resolves.
   * Begun again a few times while another process writes.
   */
  write<T>(work: (trx: Transaction<Schema>) => Promise<T>): Promise<T> {
    return guarded(() => this.#commits.write(work));
  }

  async rotateLookup(key: LookupKey): Promise<void> {
    guardedSync(() => rehash(this.#raw, key));
  }

  /**
   * Moves the write-ahead log into the database and cuts it to nothing, so that deleted content is in neither. Waits a
   * while for readers of an older state.
   *
   * @returns false when one of them kept it from being cut.
   */
  async checkpoint(): Promise<boolean> {
    for (let attempt = 0; ; attempt++) {
      const [result] = this.#raw.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
      if (result?.busy === 0) return true;
      if (attempt === busyRetries) return false;
      await sleep(10 * 2 ** attempt);
    }
  }

  /** In a turn of its own, so that it does not make a commit longer. */
  async #moveLog(): Promise<void> {
    const changes = this.#raw.open ? (this.#changes.get() ?? 0) : 0;
    if (changes - this.#moved < rowsToCheckpoint) return;
    this.#moved = changes;
    await ownTurn();
    try {
      this.#raw.pragma('wal_checkpoint(PASSIVE)');
    } catch {
      // As at the end of a commit: what is not moved stays in the log, where it is as durable.
    }
  }

  /** Nothing on the way to a file goes silent. */
  get patient(): RecordDatabase {
    return this;
  }

  /** There is one process. */
  async announce(): Promise<void> {}

  onAnnounced(): () => Promise<void> {
    return async () => {};
  }

  /** Moves the write-ahead log into the database and cuts it to nothing, so that the file alone is complete. */
  async close(): Promise<void> {
    if (this.#raw.open) this.#raw.pragma('wal_checkpoint(TRUNCATE)');
    await this.#kysely.destroy();
    this.#raw.close();
  }
}

async function whileBusy(attempt: () => Promise<void>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isBusy(error) || tries === busyRetries) throw error;
      await sleep(10 * 2 ** tries);
    }
  }
}

function configure(raw: Database.Database): void {
  raw.pragma('journal_mode = WAL');
  // better-sqlite3 is built with NORMAL for WAL, which may lose acknowledged commits when power fails.
  raw.pragma('synchronous = FULL');
  raw.pragma('foreign_keys = ON');
  raw.pragma('secure_delete = ON');
  raw.pragma(`wal_autocheckpoint = ${pagesToCheckpoint}`);
  raw.pragma(`journal_size_limit = ${walLimitBytes}`);
  // Sorting spills would otherwise leave rows in temporary files.
  raw.pragma('temp_store = MEMORY');
  raw.pragma('trusted_schema = OFF');
  raw.pragma('cell_size_check = ON');
}

/** Asked after the first commit: on a new file the setting reads FULL until then whatever it will be. */
function requireDurable(raw: Database.Database): void {
  const { journal, synchronous } = settingsOf(raw);
  if (journal !== 'wal' || synchronous !== 2) {
    throw new FacematchError('store-unavailable', 'The database does not commit durably.', {
      journal,
      synchronous,
    });
  }
}

function settingsOf(raw: Database.Database): DatabaseSettings {
  const number = (name: string) => Number(raw.pragma(name, { simple: true }));
  return {
    journal: String(raw.pragma('journal_mode', { simple: true })),
    synchronous: number('synchronous'),
    secureDelete: number('secure_delete'),
    foreignKeys: number('foreign_keys'),
  };
}
