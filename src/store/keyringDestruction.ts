import { emptyTally, readTally, tallied, type WrappedKey, writeTally } from './keyringTally.js';
import { held, type Month } from './month.js';
import { copies, type PairedStatements } from './pairedFiles.js';

/** In one transaction over both files: the keys go, wherever they are, and what is left remembers that they did. */
export function destroyKeys(
  statements: PairedStatements,
  month: Month,
  ids: readonly string[],
  at: Date,
): void {
  for (const copy of copies) {
    const find = statements.one<WrappedKey>(
      copy,
      'select key_id, wrapped from $copy.data_keys where month = ? and key_id = ?',
    );
    const remove = statements.one(copy, 'delete from $copy.data_keys where month = ? and key_id = ?');
    const remember = statements.one(
      copy,
      'insert or ignore into $copy.destroyed (month, key_id, destroyed_at) values (?, ?, ?)',
    );
    const whole = statements.one(copy, "select 1 from $copy.destroyed where month = ? and key_id = ''");
    for (const slot of [month, held]) {
      const found = ids.flatMap((id) => find.get(slot, id) ?? []);
      // The tombstone of a whole month stands for all its keys.
      const tombs = slot === month ? ids : found.map(({ key_id }) => key_id);
      if (whole.get(slot) === undefined) for (const id of tombs) remember.run(slot, id, at.toISOString());
      if (found.length === 0) continue;
      for (const { key_id } of found) remove.run(slot, key_id);
      writeTally(statements, copy, slot, tallied(readTally(statements, copy, slot) ?? emptyTally, found, -1));
    }
  }
}

/** In one transaction over both files: a whole month, and the single tombstones that its own makes needless. */
export function destroyMonth(statements: PairedStatements, month: Month, at: Date): void {
  statements.both('delete from $copy.data_keys where month = ?', month);
  statements.both('delete from $copy.month_keys where month = ?', month);
  statements.both('delete from $copy.destroyed where month = ?', month);
  statements.both(
    "insert into $copy.destroyed (month, key_id, destroyed_at) values (?, '', ?)",
    month,
    at.toISOString(),
  );
}
