import Database from 'better-sqlite3';
import type { Clock } from '../clock.js';
import { FacematchError } from '../errors.js';
import { newId } from '../ids.js';
import { isBusy, storeFailure } from './failures.js';
import { invalidLedger, type LedgerBinding, requireExpectedLedger } from './ledger.js';
import { ledgerMigrations } from './ledgerSchema.js';
import { isBlank, migrate } from './migrations/migrate.js';
import { connectPair, copies, type PairOfPaths, requireFiles } from './pairedFiles.js';

/** The ledger's files lie beside the keyring's, under the same names. */
export function ledgerPaths(keyringPaths: PairOfPaths): PairOfPaths {
  const beside = (path: string) => `${path.replace(/\.db$/, '')}.ledger`;
  return [beside(keyringPaths[0]), beside(keyringPaths[1])];
}

/**
 * Opens both copies, or creates them for a database that never had a ledger. A copy that is behind the other is
 * brought up to it.
 *
 * @throws FacematchError `ledger-invalid` when a copy is missing, damaged or open to others, when the copies
 * contradict each other, or when the ledger is older than the database or another database's; `store-unavailable` when
 * another process holds them; `storage-full`.
 */
export function openLedgerFiles(place: {
  readonly paths: PairOfPaths;
  /** Undefined for a database that never had a ledger, `any` for a service of keys. */
  readonly expected: LedgerBinding | 'any' | undefined;
  readonly clock: Clock;
}): { readonly db: Database.Database; readonly id: string } {
  const { paths, expected, clock } = place;
  const mayCreate = expected === undefined || expected === 'any';
  requireFiles(paths, mayCreate, (problem, facts) =>
    invalidLedger(`A file of the destruction ledger ${problem}`, facts),
  );
  let db: Database.Database | undefined;
  try {
    db = connectPair(paths);
    const blank = copies.map((copy) => isBlank(db as Database.Database, copy));
    if (blank[0] !== blank[1] || (blank[0] && !mayCreate)) {
      throw invalidLedger('A file of the destruction ledger holds nothing; restore it from its copy.');
    }
    migrate(db, ledgerMigrations, clock(), copies);
    if (blank[0]) name(db, clock());
    const id = identify(db);
    catchUp(db);
    if (expected !== 'any') requireExpectedLedger({ id, seq: lastSeq(db, 'main') }, expected);
    return { db, id };
  } catch (error) {
    db?.close();
    throw ledgerFailure(error);
  }
}

function name(db: Database.Database, now: Date): void {
  const id = newId();
  db.transaction(() => {
    for (const copy of copies) {
      db.prepare(`insert into ${copy}.ledger (one, id, created_at) values (1, ?, ?)`).run(
        id,
        now.toISOString(),
      );
    }
  }).immediate();
}

function identify(db: Database.Database): string {
  const ids = copies.map((copy) => db.prepare<[], string>(`select id from ${copy}.ledger`).pluck().get());
  const [first, second] = ids;
  if (first === undefined || first !== second) {
    throw invalidLedger('The two files of the destruction ledger do not belong together.');
  }
  return first;
}

/** Batches are only ever added, so a copy that stayed behind lacks the last ones. */
function catchUp(db: Database.Database): void {
  const seqs = copies.map((copy) => lastSeq(db, copy));
  const [first = 0, second = 0] = seqs;
  const common = Math.min(first, second);
  const hashes = copies.map((copy) =>
    db.prepare<[number], string>(`select hex(hash) from ${copy}.batches where seq = ?`).pluck().get(common),
  );
  if (common > 0 && hashes[0] !== hashes[1]) {
    throw invalidLedger('The two files of the destruction ledger contradict each other.', { seq: common });
  }
  if (first === second) return;
  const [from, to] = first > second ? ['main', 'mirror'] : ['mirror', 'main'];
  db.transaction(() =>
    db.prepare(`insert into ${to}.batches select * from ${from}.batches where seq > ?`).run(common),
  ).immediate();
}

function lastSeq(db: Database.Database, copy: string): number {
  return db.prepare<[], number>(`select coalesce(max(seq), 0) from ${copy}.batches`).pluck().get() ?? 0;
}

function ledgerFailure(error: unknown): unknown {
  if (isBusy(error)) {
    return new FacematchError(
      'store-unavailable',
      'Another process is using this destruction ledger.',
      {},
      { cause: error },
    );
  }
  if (error instanceof Database.SqliteError && !/^SQLITE_(FULL|IOERR)/.test(error.code)) {
    return invalidLedger('A file of the destruction ledger is damaged or cannot be opened.', {
      sqlite: error.code,
    });
  }
  return storeFailure(error);
}
