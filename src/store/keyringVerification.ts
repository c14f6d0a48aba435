import { setImmediate as nextTurn } from 'node:timers/promises';
import { guardedSync } from './failures.js';
import { emptyTally, readTally, sameTally, tallied, type WrappedKey } from './keyringTally.js';
import { type Copy, copies, type PairedStatements } from './pairedFiles.js';

export interface KeyringCheck {
  /** Keys in the first copy. */
  readonly keys: number;
  /** Where a copy does not hold what it says it holds: one of its keys was changed, added or lost on the disk. */
  readonly damaged: readonly { readonly copy: Copy; readonly month: string }[];
}

/** Keys read before others get their turn. */
const slice = 2000;

/** A month that changes while it is read is read again. */
export async function verifyKeyring(statements: PairedStatements): Promise<KeyringCheck> {
  const damaged: { copy: Copy; month: string }[] = [];
  let keys = 0;
  for (const copy of copies) {
    const months = guardedSync(() =>
      statements.one<{ month: string }>(copy, 'select month from $copy.month_keys order by month').all(),
    );
    for (const { month } of months) {
      const tally = await agreeing(statements, copy, month);
      if (tally === undefined) damaged.push({ copy, month });
      if (copy === 'main') keys += tally?.keys ?? 0;
    }
  }
  return { keys, damaged };
}

async function agreeing(statements: PairedStatements, copy: Copy, month: string) {
  for (;;) {
    const before = guardedSync(() => readTally(statements, copy, month));
    if (before === undefined) return emptyTally;
    const counted = await count(statements, copy, month);
    const after = guardedSync(() => readTally(statements, copy, month));
    if (after !== undefined && sameTally(before, after)) {
      return sameTally(after, counted) ? counted : undefined;
    }
  }
}

async function count(statements: PairedStatements, copy: Copy, month: string) {
  let tally = emptyTally;
  for (let after = ''; ; ) {
    const rows = guardedSync(() =>
      statements
        .one<WrappedKey>(
          copy,
          'select key_id, wrapped from $copy.data_keys where month = ? and key_id > ? order by key_id limit ?',
        )
        .all(month, after, slice),
    );
    tally = tallied(tally, rows, 1);
    const last = rows.at(-1);
    if (last === undefined || rows.length < slice) return tally;
    after = last.key_id;
    await nextTurn();
  }
}
