import type Database from 'better-sqlite3';
import { FacematchError } from '../errors.js';
import type { MonthKey, WrappingKey } from './crypto/keys.js';
import { unwrapMonthKey, unwrapRecordKey } from './keyWrapping.js';
import type { Month } from './month.js';

const directions = [
  ['main', 'mirror'],
  ['mirror', 'main'],
] as const;

/**
 * Makes two copies that differ (one was restored, or a disk came back late) hold the same again: every key that
 * either holds, except those that either knows to be destroyed. Each key that travels is opened first, and every
 * month key is, so that a damaged copy cannot spread.
 *
 * @throws FacematchError `keyring-invalid` when the copies give different bytes for one key, `integrity-failure`
 * when a key does not open; nothing is changed then.
 */
export function reconcile(db: Database.Database, wrapping: WrappingKey): void {
  db.transaction(() => {
    requireAgreement(db);
    mergeDestroyed(db);
    const months = openMonths(db, wrapping);
    for (const [from, to] of directions) copyMissing(db, from, to, months);
    const generation = db
      .prepare(
        'select max(generation) from (select generation from main.keyring union all select generation from mirror.keyring)',
      )
      .pluck()
      .get();
    for (const copy of ['main', 'mirror']) {
      db.prepare(`update ${copy}.keyring set generation = ? where generation <> ?`).run(
        generation,
        generation,
      );
    }
  }).immediate();
}

function requireAgreement(db: Database.Database): void {
  const contradictions = [
    'select 1 from main.month_keys a join mirror.month_keys b on a.month = b.month where a.wrapped <> b.wrapped limit 1',
    'select 1 from main.data_keys a join mirror.data_keys b on a.key_id = b.key_id where a.wrapped <> b.wrapped or a.month <> b.month limit 1',
  ];
  if (contradictions.some((sql) => db.prepare(sql).get() !== undefined)) {
    throw new FacematchError(
      'keyring-invalid',
      'The two keyring files contradict each other: one is damaged.',
    );
  }
}

function mergeDestroyed(db: Database.Database): void {
  for (const [from, to] of directions) {
    db.exec(`insert or ignore into ${to}.destroyed select * from ${from}.destroyed`);
  }
  for (const copy of ['main', 'mirror']) {
    db.exec(`
      delete from ${copy}.data_keys where key_id in (select id from ${copy}.destroyed where kind = 'record')
        or month in (select id from ${copy}.destroyed where kind = 'month');
      delete from ${copy}.month_keys where month in (select id from ${copy}.destroyed where kind = 'month')`);
  }
}

function openMonths(db: Database.Database, wrapping: WrappingKey): Map<string, MonthKey> {
  const rows = db
    .prepare<[], { month: Month; wrapped: Uint8Array }>(
      'select month, wrapped from main.month_keys union select month, wrapped from mirror.month_keys',
    )
    .all();
  return new Map(rows.map(({ month, wrapped }) => [month, unwrapMonthKey(wrapping, month, wrapped)]));
}

function copyMissing(
  db: Database.Database,
  from: string,
  to: string,
  months: ReadonlyMap<string, MonthKey>,
): void {
  db.exec(`insert or ignore into ${to}.month_keys select month, wrapped from ${from}.month_keys`);
  const missing = db
    .prepare<[], { key_id: string; month: Month; wrapped: Uint8Array }>(
      `select key_id, month, wrapped from ${from}.data_keys where key_id not in (select key_id from ${to}.data_keys)`,
    )
    .all();
  const insert = db.prepare(`insert into ${to}.data_keys (key_id, month, wrapped) values (?, ?, ?)`);
  for (const { key_id, month, wrapped } of missing) {
    const monthKey = months.get(month);
    if (monthKey === undefined) throw new FacematchError('integrity-failure', 'A data key has no month key.');
    unwrapRecordKey(monthKey, key_id, month, wrapped);
    insert.run(key_id, month, wrapped);
  }
}
