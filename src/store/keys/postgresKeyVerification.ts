import { emptyTally, sameTally, tallied } from '../keyringTally.js';
import type { KeyringCheck } from '../keyringVerification.js';
import type { Month } from '../month.js';
import type { KeyDatabase } from './keyDatabase.js';

/** Keys read in one query. */
const slice = 2000;

/** A month that changes while it is read is read again. */
export async function verifyPostgresKeyring(database: KeyDatabase): Promise<KeyringCheck> {
  const damaged: { copy: 'main'; month: string }[] = [];
  let keys = 0;
  const months = await database.read((db) =>
    db.selectFrom('month_keys').select('month').orderBy('month').execute(),
  );
  for (const { month } of months) {
    const tally = await agreeing(database, month);
    if (tally === undefined) damaged.push({ copy: 'main', month });
    keys += tally?.keys ?? 0;
  }
  return { keys, damaged };
}

async function agreeing(database: KeyDatabase, month: Month) {
  for (;;) {
    const before = await said(database, month);
    if (before === undefined) return emptyTally;
    const counted = await count(database, month);
    const after = await said(database, month);
    if (after !== undefined && sameTally(before, after)) {
      return sameTally(after, counted) ? counted : undefined;
    }
  }
}

function said(database: KeyDatabase, month: Month) {
  return database.read((db) =>
    db.selectFrom('month_keys').select(['keys', 'digest']).where('month', '=', month).executeTakeFirst(),
  );
}

async function count(database: KeyDatabase, month: Month) {
  let tally = emptyTally;
  for (let after = ''; ; ) {
    const from = after;
    const rows = await database.read((db) =>
      db
        .selectFrom('data_keys')
        .select(['key_id', 'wrapped'])
        .where('month', '=', month)
        .where('key_id', '>', from)
        .orderBy('key_id')
        .limit(slice)
        .execute(),
    );
    tally = tallied(tally, rows, 1);
    const last = rows.at(-1);
    if (last === undefined || rows.length < slice) return tally;
    after = last.key_id;
  }
}
