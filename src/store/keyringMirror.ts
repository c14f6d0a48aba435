import type Database from 'better-sqlite3';
import { FacematchError } from '../errors.js';
import type { MonthKey, WrappingKey } from './crypto/keys.js';
import { countTally, readTally, sameTally, writeTally } from './keyringTally.js';
import { unwrapMonthKey, unwrapRecordKey } from './keyWrapping.js';
import type { Month } from './month.js';
import { type Copy, copies, PairedStatements } from './pairedFiles.js';

const directions = [
  ['main', 'mirror'],
  ['mirror', 'main'],
] as const;

interface MonthRow {
  readonly month: Month;
  readonly wrapped: Uint8Array;
}

/**
 * Makes two copies that differ (one was restored, or a disk came back late) hold the same again: every key that
 * either holds, except those that either knows to be destroyed. Each key that travels is opened first, and every
 * month key is, so that a damaged copy cannot spread. Only the months whose tallies differ are read.
 *
 * @throws FacematchError `keyring-invalid` when the copies give different bytes for one key or a copy does not hold
 * what it says, `integrity-failure` when a key does not open; nothing is changed then.
 */
export function reconcile(db: Database.Database, wrapping: WrappingKey): void {
  const statements = new PairedStatements(db);
  db.transaction(() => {
    const months = openMonths(db, wrapping);
    if (agree(db)) return;
    const differing = differingMonths(db);
    requireAgreement(db, statements, differing);
    mergeDestroyed(db, differing);
    for (const [from, to] of directions) copyMissing(db, from, to, differing, months);
    for (const copy of copies) {
      for (const month of differing) {
        if (readTally(statements, copy, month) !== undefined) {
          writeTally(statements, copy, month, countTally(statements, copy, month));
        }
      }
      const most = (column: string) =>
        `(select max(${column}) from (select ${column} from main.keyring union all select ${column} from mirror.keyring))`;
      db.exec(
        `update ${copy}.keyring set generation = ${most('generation')}, ledger_seq = ${most('ledger_seq')}`,
      );
    }
  }).immediate();
}

/** Every commit changes the generation in both files, so equal generations and tallies mean equal files. */
function agree(db: Database.Database): boolean {
  const heads = copies.map((copy) =>
    JSON.stringify([
      db.prepare(`select generation, ledger_seq from ${copy}.keyring`).get(),
      db
        .prepare(`select month, hex(wrapped), keys, hex(digest) from ${copy}.month_keys order by month`)
        .all(),
      db.prepare(`select month from ${copy}.destroyed where key_id = '' order by month`).all(),
    ]),
  );
  return heads[0] === heads[1];
}

function differingMonths(db: Database.Database): Month[] {
  const side = (copy: Copy) => `select month, wrapped, keys, digest from ${copy}.month_keys`;
  const only = directions.map(
    ([from, to]) => `select month from (select * from (${side(from)}) except select * from (${side(to)}))`,
  );
  return db.prepare<[], Month>(only.join(' union ')).pluck().all();
}

function requireAgreement(
  db: Database.Database,
  statements: PairedStatements,
  differing: readonly Month[],
): void {
  const sameMonth =
    'select 1 from main.month_keys a join mirror.month_keys b on a.month = b.month where a.wrapped <> b.wrapped limit 1';
  const sameKeys = db.prepare(
    'select 1 from main.data_keys a join mirror.data_keys b on a.month = b.month and a.key_id = b.key_id where a.month = ? and a.wrapped <> b.wrapped limit 1',
  );
  const contradiction =
    db.prepare(sameMonth).get() !== undefined ||
    differing.some((month) => sameKeys.get(month) !== undefined) ||
    differing.some((month) =>
      copies.some((copy) => {
        const said = readTally(statements, copy, month);
        return said !== undefined && !sameTally(said, countTally(statements, copy, month));
      }),
    );
  if (contradiction) {
    throw new FacematchError(
      'keyring-invalid',
      'The two keyring files contradict each other: one is damaged.',
    );
  }
}

function mergeDestroyed(db: Database.Database, differing: readonly Month[]): void {
  for (const [from, to] of directions) {
    db.exec(`insert or ignore into ${to}.destroyed select * from ${from}.destroyed`);
  }
  for (const copy of copies) {
    const gone = db.prepare(
      `delete from ${copy}.data_keys where month = ? and (key_id in (select key_id from ${copy}.destroyed)
        or month in (select month from ${copy}.destroyed where key_id = ''))`,
    );
    for (const month of differing) gone.run(month);
    const months = `select month from ${copy}.destroyed where key_id = ''`;
    db.exec(`delete from ${copy}.month_keys where month in (${months});
      delete from ${copy}.destroyed where key_id <> '' and month in (${months})`);
  }
}

function openMonths(db: Database.Database, wrapping: WrappingKey): Map<Month, MonthKey> {
  const rows = db
    .prepare<[], MonthRow>(
      'select month, wrapped from main.month_keys union select month, wrapped from mirror.month_keys',
    )
    .all();
  return new Map(rows.map(({ month, wrapped }) => [month, unwrapMonthKey(wrapping, month, wrapped)]));
}

function copyMissing(
  db: Database.Database,
  from: Copy,
  to: Copy,
  differing: readonly Month[],
  months: ReadonlyMap<Month, MonthKey>,
): void {
  db.exec(
    `insert or ignore into ${to}.month_keys (month, wrapped, keys, digest) select month, wrapped, keys, digest from ${from}.month_keys`,
  );
  const missing = db.prepare<[string, string], { key_id: string; wrapped: Uint8Array }>(
    `select key_id, wrapped from ${from}.data_keys where month = ? and key_id not in (select key_id from ${to}.data_keys where month = ?)`,
  );
  const insert = db.prepare(`insert into ${to}.data_keys (month, key_id, wrapped) values (?, ?, ?)`);
  for (const month of differing) {
    for (const { key_id, wrapped } of missing.all(month, month)) {
      const monthKey = months.get(month);
      if (monthKey === undefined)
        throw new FacematchError('integrity-failure', 'A data key has no month key.');
      unwrapRecordKey(monthKey, key_id, month, wrapped);
      insert.run(month, key_id, wrapped);
    }
  }
}
