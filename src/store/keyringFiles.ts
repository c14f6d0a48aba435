import { randomUUID } from 'node:crypto';
import { existsSync, realpathSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Clock } from '../clock.js';
import { FacematchError, isFacematchError } from '../errors.js';
import { open, seal } from './crypto/aead.js';
import type { WrappingKey } from './crypto/keys.js';
import { isBusy, storeFailure } from './failures.js';
import { createPrivate, isPrivate } from './files.js';
import { reconcile } from './keyringMirror.js';
import { keyringMigrations } from './keyringSchema.js';
import { isBlank, migrate } from './migrations/migrate.js';

/** The two copies, attached to one connection: a commit reaches both or, through SQLite's super-journal, none. */
export const copies = ['main', 'mirror'] as const;

/** What a database remembers of the keyring it belongs to. */
export interface KeyringBinding {
  readonly id: string;
  /** Grows with every change of the keyring; a smaller one on disk means an older copy was put back. */
  readonly generation: number;
}

export interface KeyringFiles {
  readonly db: Database.Database;
  readonly id: string;
  readonly generation: number;
}

export interface KeyringPlace {
  readonly paths: readonly [string, string];
  /** Undefined for a database that holds no record yet; only then may a keyring be created. */
  readonly expected: KeyringBinding | undefined;
  readonly clock: Clock;
}

/**
 * Opens both copies, or creates them beside a new database. Nothing is written before everything is verified.
 *
 * @throws FacematchError `keyring-invalid` when a copy is missing, truncated, damaged, open to others, older than
 * the database or another database's, when the copies contradict each other, or when the master key does not open
 * them; `store-unavailable` when another process holds them; `storage-full`.
 */
export function openKeyringFiles(place: KeyringPlace, wrapping: WrappingKey): KeyringFiles {
  requireFiles(place);
  let db: Database.Database | undefined;
  try {
    db = connect(place.paths);
    prepare(db, place, wrapping);
    const found = identify(db, wrapping);
    requireExpected(found, place.expected);
    reconcile(db, wrapping);
    return { db, id: found.id, generation: found.generation };
  } catch (error) {
    db?.close();
    throw keyringFailure(error);
  }
}

function connect(paths: readonly [string, string]): Database.Database {
  const db = new Database(paths[0], { fileMustExist: true, timeout: 50 });
  try {
    // Held until the process ends: the keyring has one writer, and the second one is told so at once.
    db.pragma('locking_mode = EXCLUSIVE');
    db.pragma('trusted_schema = OFF');
    db.prepare('attach database ? as mirror').run(paths[1]);
    db.transaction(() => undefined).exclusive();
    for (const copy of copies) {
      // Not WAL: with it a commit over two files is atomic for each file alone.
      db.pragma(`${copy}.journal_mode = TRUNCATE`);
      db.pragma(`${copy}.synchronous = FULL`);
      db.pragma(`${copy}.secure_delete = ON`);
      db.pragma(`${copy}.cell_size_check = ON`);
    }
    db.pragma('foreign_keys = ON');
    db.pragma('temp_store = MEMORY');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function requireFiles({ paths, expected }: KeyringPlace): void {
  for (const path of paths) {
    if (expected === undefined) createPrivate(path);
    // Asked of the file system, as SQLite would write a first page into an empty file.
    else if (!existsSync(path) || statSync(path).size === 0) {
      throw invalid(
        'A keyring file of this database is missing or empty; restore it, for instance from its copy.',
        {
          file: path,
        },
      );
    }
  }
  if (realpathSync(paths[0]) === realpathSync(paths[1])) {
    throw invalid('The two keyring paths are the same file.', { file: paths[0] });
  }
  for (const path of paths) {
    if (!isPrivate(path)) {
      throw invalid('A keyring file must be readable by its owner alone (mode 0600).', { file: path });
    }
  }
}

function prepare(
  db: Database.Database,
  { expected, clock, paths }: KeyringPlace,
  wrapping: WrappingKey,
): void {
  const blank = copies.map((copy) => isBlank(db, copy));
  if (blank[0] !== blank[1] || (blank[0] && expected !== undefined)) {
    const file = blank[0] ? paths[0] : paths[1];
    throw invalid('A keyring file holds nothing; restore it, for instance from its copy.', { file });
  }
  for (const [index, copy] of copies.entries()) {
    const result = db.pragma(`${copy}.integrity_check(1)`, { simple: true });
    if (result !== 'ok') throw invalid('A keyring file is damaged.', { file: paths[index] ?? copy });
  }
  migrate(db, keyringMigrations, clock(), copies);
  const named = copies.some((copy) => db.prepare(`select 1 from ${copy}.keyring`).get() !== undefined);
  if (named || expected !== undefined) return;
  const id = randomUUID();
  const check = seal(wrapping, Buffer.from(id), checkBinding(id));
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
    throw invalid('The two keyring files do not belong together.');
  }
  for (const row of [first, second]) {
    const text = Buffer.from(open(wrapping, row.master_check, checkBinding(row.id))).toString();
    if (text !== row.id) throw invalid('The keyring does not verify.');
  }
  return { id: first.id, generation: Math.max(first.generation, second.generation) };
}

function requireExpected(found: KeyringBinding, expected: KeyringBinding | undefined): void {
  if (expected === undefined) {
    if (found.generation === 0) return;
    // A mistyped database path would otherwise open an empty store, which knows no earlier passport of anybody.
    throw invalid('The keyring already belongs to a database, and the one given is new.');
  }
  if (found.id !== expected.id) throw invalid('The keyring belongs to another database.');
  if (found.generation < expected.generation) {
    throw invalid('The keyring is older than the database: an old copy was put back.', {
      generation: found.generation,
      expected: expected.generation,
    });
  }
}

function checkBinding(id: string) {
  return { record: id, field: 'keyring.check', key: 'master' };
}

function keyringFailure(error: unknown): unknown {
  if (isFacematchError(error, 'integrity-failure')) {
    return invalid('The keyring does not verify: wrong master key, or a damaged key.', {}, error);
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
    return invalid('A keyring file is damaged or cannot be opened.', { sqlite: error.code }, error);
  }
  return storeFailure(error);
}

export function invalid(message: string, facts: Record<string, string | number> = {}, cause?: unknown) {
  return new FacematchError('keyring-invalid', message, facts, cause === undefined ? {} : { cause });
}
