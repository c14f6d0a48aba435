import { sql, type Transaction } from 'kysely';
import { FacematchError } from '../../errors.js';
import { newId } from '../../ids.js';
import { type MonthKey, newMonthKey, newRecordKey, type RecordKey } from '../crypto/keys.js';
import { emptyTally, type Tally, tallied, type WrappedKey } from '../keyringTally.js';
import { unwrapRecordKey, wrapRecordKey } from '../keyWrapping.js';
import { held, type Month } from '../month.js';
import type { KeySchema } from './keySchema.js';
import type { MonthKeys } from './monthKeys.js';
import { isDestroyed } from './postgresKeyReading.js';

type Trx = Transaction<KeySchema>;

/** What the keyring says of itself, its row locked: changes of it wait for one another. */
export interface KeyringHead {
  readonly id: string;
  readonly generation: number;
  readonly master_check: Uint8Array;
}

/** First in every transaction that changes the keyring. */
export async function advance(trx: Trx, ledgerSeq = 0): Promise<KeyringHead> {
  return trx
    .updateTable('keyring')
    .set((row) => ({
      generation: row('generation', '+', 1),
      ledger_seq: sql<number>`greatest(ledger_seq, ${ledgerSeq}::bigint)`,
    }))
    .returning(['id', 'generation', 'master_check'])
    .executeTakeFirstOrThrow();
}

/** The month's key, made where it has none. @throws FacematchError `retention-over` when it was destroyed. */
export async function monthKeyIn(
  trx: Trx,
  head: KeyringHead,
  months: MonthKeys,
  month: Month,
): Promise<MonthKey> {
  const known = await existingKeyIn(trx, months, month);
  if (known !== undefined) return known;
  if (await isDestroyed(trx, '', month)) {
    throw new FacematchError('retention-over', 'The records of this month were destroyed.', { month });
  }
  const key = newMonthKey();
  const wrapped = months.wrap(month, key, head.id, head.master_check);
  await trx
    .insertInto('month_keys')
    .values({ month, wrapped, ...emptyTally })
    .execute();
  return key;
}

export async function existingKeyIn(
  trx: Trx,
  months: MonthKeys,
  month: Month,
): Promise<MonthKey | undefined> {
  const row = await trx
    .selectFrom('month_keys')
    .select('wrapped')
    .where('month', '=', month)
    .executeTakeFirst();
  // A copy, as what is in memory is wiped when its time is over.
  return row && (Uint8Array.from(months.unwrap(month, row.wrapped)) as MonthKey);
}

/** So many new data keys, in the order in which they are to be used. */
export async function insertKeys(
  trx: Trx,
  month: Month,
  monthKey: MonthKey,
  count: number,
): Promise<{ readonly id: string; readonly key: RecordKey }[]> {
  const keys = Array.from({ length: count }, () => ({ id: newId(), key: newRecordKey() }));
  const rows = keys.map(({ id, key }) => ({ key_id: id, wrapped: wrapRecordKey(monthKey, id, month, key) }));
  const { ids, wraps } = columns(rows);
  await sql`insert into data_keys (month, key_id, wrapped)
    select ${month}, key_id, wrapped from unnest(${ids}::text[], ${wraps}::bytea[]) as new (key_id, wrapped)`.execute(
    trx,
  );
  await changeTally(trx, month, (tally) => tallied(tally, rows, 1));
  return keys;
}

/** The keys go, wherever they are, and what is left remembers that they did. */
export async function destroyKeys(trx: Trx, month: Month, ids: readonly string[], at: string): Promise<void> {
  for (const slot of [month, held]) {
    const { rows: found } = await sql<WrappedKey>`
      delete from data_keys where month = ${slot} and key_id = any(${[...ids]}::text[])
      returning key_id, wrapped`.execute(trx);
    // The tombstone of a whole month stands for all its keys.
    const tombs = slot === month ? [...ids] : found.map(({ key_id }) => key_id);
    await sql`insert into destroyed (month, key_id, destroyed_at)
      select ${slot}, gone.key_id, ${at} from unnest(${tombs}::text[]) as gone (key_id)
      where not exists (select from destroyed where month = ${slot} and key_id = '')
      on conflict do nothing`.execute(trx);
    if (found.length > 0) await changeTally(trx, slot, (tally) => tallied(tally, found, -1));
  }
}

/** A whole month, and the single tombstones that its own makes needless. */
export async function destroyMonth(trx: Trx, month: Month, at: string): Promise<void> {
  await trx.deleteFrom('data_keys').where('month', '=', month).execute();
  await trx.deleteFrom('month_keys').where('month', '=', month).execute();
  await trx.deleteFrom('destroyed').where('month', '=', month).where('key_id', '<>', '').execute();
  await trx
    .insertInto('destroyed')
    .values({ month, key_id: '', destroyed_at: at })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/**
 * Data keys of one month wrapped under another month's key, or under its own new one. The data keys themselves stay,
 * and with them every ciphertext.
 *
 * @param only the keys that move; all of them unless given.
 */
export async function rewrapMonth(
  trx: Trx,
  from: { readonly month: Month; readonly key: MonthKey },
  to: { readonly month: Month; readonly key: MonthKey },
  only?: readonly string[],
): Promise<void> {
  const moving = await trx
    .selectFrom('data_keys')
    .select(['key_id', 'wrapped'])
    .where('month', '=', from.month)
    .$if(only !== undefined, (keys) => keys.where(sql<boolean>`key_id = any(${[...(only ?? [])]}::text[])`))
    .execute();
  const rewrapped = moving.map(({ key_id, wrapped }) => ({
    key_id,
    wrapped: wrapRecordKey(to.key, key_id, to.month, unwrapRecordKey(from.key, key_id, from.month, wrapped)),
  }));
  const { ids, wraps } = columns(rewrapped);
  await sql`update data_keys set month = ${to.month}, wrapped = new.wrapped
    from unnest(${ids}::text[], ${wraps}::bytea[]) as new (key_id, wrapped)
    where data_keys.month = ${from.month} and data_keys.key_id = new.key_id`.execute(trx);
  await changeTally(trx, from.month, (tally) => tallied(tally, moving, -1));
  await changeTally(trx, to.month, (tally) => tallied(tally, rewrapped, 1));
}

async function changeTally(trx: Trx, month: Month, change: (tally: Tally) => Tally): Promise<void> {
  const tally = await trx
    .selectFrom('month_keys')
    .select(['keys', 'digest'])
    .where('month', '=', month)
    .executeTakeFirstOrThrow();
  await trx.updateTable('month_keys').set(change(tally)).where('month', '=', month).execute();
}

/** The driver sends bytes in arrays only as buffers. */
function columns(rows: readonly WrappedKey[]) {
  return { ids: rows.map(({ key_id }) => key_id), wraps: rows.map(({ wrapped }) => Buffer.from(wrapped)) };
}
