import { randomUUID } from 'node:crypto';
import Database from 'better-sqlite3';
import type { Clock } from '../clock.js';
import { FacematchError, isFacematchError } from '../errors.js';
import type { WrappingKey } from './crypto/keys.js';
import { isBusy, storeFailure } from './failures.js';
import { invalidKeyring, type KeyringBinding, requireExpectedKeyring } from './keyring.js';
import { reconcile } from './keyringMirror.js';
import { keyringMigrations } from './keyringSchema.js';
import { completeTallies } from './keyringTally.js';
import { masterCheck, verifyMaster } from './keyWrapping.js';
import { isBlank, migrate } from './migrations/migrate.js';
import { connectPair, copies, PairedStatements, type PairOfPaths, requireFiles } from './pairedFiles.js';

export interface KeyringFiles {
  readonly db: Database.Database;
  readonly id: string;
}

export interface KeyringPlace {
  readonly paths: PairOfPaths;
  /**
   * Undefined for a database that holds no record yet; only then may a keyring be created, or by a service of keys,
   * which serves `any` database whose keyring it is.
   */
  readonly expected: KeyringBinding | 'any' | undefined;
  readonly clock: Clock;
}

/**
 * Opens both copies, or creates them beside a new database. Nothing is written before everything is verified.
 *
 * It takes as long as the months and the differences between the copies, not as long as the keys: a data key damaged
 * in one copy is read from the other when it is needed, and `Keyring.verify` finds it.
 *
 * @throws FacematchError `keyring-invalid` when a copy is missing, truncated, damaged, open to others, older than
 * the database or another database's, when the copies contradict each other, or when the master key does not open
 * them; `store-unavailable` when another process holds them; `storage-full`.
 */
export function openKeyringFiles(place: KeyringPlace, wrapping: WrappingKey): KeyringFiles {
  requireFiles(place.paths, mayCreate(place), (problem, facts) =>
    invalidKeyring(`A keyring file of this database ${problem}`, facts),
  );
  let db: Database.Database | undefined;
  try {
    db = connectPair(place.paths);
    prepare(db, place, wrapping);
    const found = identify(db, wrapping);
    if (place.expected !== 'any') requireExpectedKeyring(found, place.expected);
    reconcile(db, wrapping);
    return { db, id: found.id };
  } catch (error) {
    db?.close();
    throw keyringFailure(error);
  }
}

const mayCreate = ({ expected }: KeyringPlace): boolean => expected === undefined || expected === 'any';

function prepare(db: Database.Database, place: KeyringPlace, wrapping: WrappingKey): void {
  const { clock, paths } = place;
  const blank = copies.map((copy) => isBlank(db, copy));
  if (blank[0] !== blank[1] || (blank[0] && !mayCreate(place))) {
    const file = blank[0] ? paths[0] : paths[1];
    throw invalidKeyring('A keyring file holds nothing; restore it, for instance from its copy.', { file });
  }
  migrate(db, keyringMigrations, clock(), copies);
  db.transaction(() => completeTallies(new PairedStatements(db))).immediate();
  const named = copies.some((copy) => db.prepare(`select 1 from ${copy}.keyring`).get() !== undefined);
  if (named || !mayCreate(place)) return;
  const id = randomUUID();
  const check = masterCheck(wrapping, id);
  db.transaction(() => {
    for (const copy of copies) {
      db.prepare(
        `insert into ${copy}.keyring (one, id, master_check, generation, created_at) values (1, ?, ?, 0, ?)`,
      ).run(id, check, clock().toISOString());
    }
  }).immediate();
}

function identify(db: Database.Database, wrapping: WrappingKey): KeyringBinding {
  const rows = copies.map((copy) =>
    db
      .prepare<[], { id: string; master_check: Uint8Array; generation: number }>(
        `select id, master_check, generation from ${copy}.keyring`,
      )
      .get(),
  );
  const [first, second] = rows;
  if (first === undefined || second === undefined || first.id !== second.id) {
    throw invalidKeyring('The two keyring files do not belong together.');
  }
  for (const row of [first, second]) {
    verifyMaster(wrapping, row.id, row.master_check);
  }
  return { id: first.id, generation: Math.max(first.generation, second.generation) };
}

function keyringFailure(error: unknown): unknown {
  if (isFacematchError(error, 'integrity-failure')) {
    return invalidKeyring('The keyring does not verify: wrong master key, or a damaged key.', {}, error);
  }
  if (isBusy(error)) {
    return new FacematchError(
      'store-unavailable',
      'Another process is using this keyring.',
      {},
      { cause: error },
    );
  }
  if (error instanceof Database.SqliteError && !/^SQLITE_(FULL|IOERR)/.test(error.code)) {
    return invalidKeyring('A keyring file is damaged or cannot be opened.', { sqlite: error.code }, error);
  }
  return storeFailure(error);
}
