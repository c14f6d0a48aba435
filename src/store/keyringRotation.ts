import { FacematchError } from '../errors.js';
import type { MonthKey, WrappingKey } from './crypto/keys.js';
import { emptyTally, readTally, tallied, type WrappedKey, writeTally } from './keyringTally.js';
import { masterCheck, unwrapMonthKey, unwrapRecordKey, wrapMonthKey, wrapRecordKey } from './keyWrapping.js';
import type { Month } from './month.js';
import { copies, type PairedStatements } from './pairedFiles.js';

/** In one transaction over both files: the same month keys under another master key. */
export function rewrapUnderMaster(
  statements: PairedStatements,
  keyringId: string,
  from: WrappingKey,
  to: WrappingKey,
): void {
  const rows = statements
    .one<{ month: Month; wrapped: Uint8Array }>('main', 'select month, wrapped from $copy.month_keys')
    .all();
  for (const { month, wrapped } of rows) {
    const again = wrapMonthKey(to, month, unwrapMonthKey(from, month, wrapped));
    statements.both('update $copy.month_keys set wrapped = ? where month = ?', again, month);
  }
  statements.both('update $copy.keyring set master_check = ?', masterCheck(to, keyringId));
}

/**
 * In one transaction over both files: data keys of one month wrapped under another month's key, or under its own new
 * one. The data keys themselves stay, and with them every ciphertext.
 *
 * @param only the keys that move; all of them unless given.
 */
export function rewrapMonth(
  statements: PairedStatements,
  month: Month,
  from: MonthKey,
  target: Month,
  to: MonthKey,
  only?: readonly string[],
): void {
  const find = statements.one<WrappedKey>(
    'main',
    'select key_id, wrapped from $copy.data_keys where month = ? and key_id = ?',
  );
  const every = statements.one<WrappedKey>(
    'main',
    'select key_id, wrapped from $copy.data_keys where month = ?',
  );
  const moving = only === undefined ? every.all(month) : only.flatMap((id) => find.get(month, id) ?? []);
  const rewrapped = moving.map(({ key_id, wrapped }) => ({
    key_id,
    wrapped: wrapRecordKey(to, key_id, target, unwrapRecordKey(from, key_id, month, wrapped)),
  }));
  for (const copy of copies) {
    const source = readTally(statements, copy, month);
    if (source === undefined) throw new FacematchError('internal', 'The month has no key.', { month });
    const left = tallied(source, moving, -1);
    const remove = statements.one(copy, 'delete from $copy.data_keys where month = ? and key_id = ?');
    const insert = statements.one(
      copy,
      'insert into $copy.data_keys (month, key_id, wrapped) values (?, ?, ?)',
    );
    for (const { key_id } of moving) remove.run(month, key_id);
    for (const { key_id, wrapped } of rewrapped) insert.run(target, key_id, wrapped);
    writeTally(statements, copy, month, left);
    const before = target === month ? left : (readTally(statements, copy, target) ?? emptyTally);
    writeTally(statements, copy, target, tallied(before, rewrapped, 1));
  }
}
