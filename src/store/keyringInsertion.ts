import { newId } from '../ids.js';
import { type MonthKey, newRecordKey, type RecordKey } from './crypto/keys.js';
import { emptyTally, readTally, tallied, writeTally } from './keyringTally.js';
import { wrapRecordKey } from './keyWrapping.js';
import type { Month } from './month.js';
import { copies, type PairedStatements } from './pairedFiles.js';

/** In one transaction over both files: a month that has no key yet. */
export function insertMonth(statements: PairedStatements, month: Month, wrapped: Uint8Array): void {
  const sql = 'insert into $copy.month_keys (month, wrapped, keys, digest) values (?, ?, ?, ?)';
  statements.both(sql, month, wrapped, emptyTally.keys, emptyTally.digest);
}

/** In one transaction over both files: so many new data keys, in the order in which they are to be used. */
export function insertKeys(
  statements: PairedStatements,
  month: Month,
  monthKey: MonthKey,
  count: number,
): { readonly id: string; readonly key: RecordKey }[] {
  const keys = Array.from({ length: count }, () => ({ id: newId(), key: newRecordKey() }));
  const rows = keys.map(({ id, key }) => ({ key_id: id, wrapped: wrapRecordKey(monthKey, id, month, key) }));
  for (const { key_id, wrapped } of rows) {
    const sql = 'insert into $copy.data_keys (month, key_id, wrapped) values (?, ?, ?)';
    statements.both(sql, month, key_id, wrapped);
  }
  for (const copy of copies) {
    const tally = readTally(statements, copy, month) ?? emptyTally;
    writeTally(statements, copy, month, tallied(tally, rows, 1));
  }
  return keys;
}
