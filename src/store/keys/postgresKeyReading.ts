import { type Kysely, sql } from 'kysely';
import { FacematchError, isFacematchError } from '../../errors.js';
import type { RecordKey } from '../crypto/keys.js';
import { unwrapRecordKey } from '../keyWrapping.js';
import { held, type Month } from '../month.js';
import type { KeyWanted } from './batchedOpens.js';
import type { KeyDatabase } from './keyDatabase.js';
import type { KeySchema } from './keySchema.js';
import type { MonthKeys } from './monthKeys.js';

interface Found {
  readonly month: Month;
  readonly key_id: string;
  readonly wrapped: Uint8Array;
  readonly month_wrapped: Uint8Array;
}

/** Each key or why there is none, by one query for all, in which month keys and data keys are of one moment. */
export function findKeys(
  database: KeyDatabase,
  months: MonthKeys,
  wanted: readonly KeyWanted[],
): Promise<(RecordKey | Error)[]> {
  return database.read(async (db) => {
    const ids = wanted.map(({ id }) => id);
    const slots = [...new Set([...wanted.map(({ month }) => month), held])];
    const { rows } = await sql<Found>`
      select d.month, d.key_id, d.wrapped, m.wrapped as month_wrapped
      from data_keys d join month_keys m on m.month = d.month
      where d.month = any(${slots}::text[]) and d.key_id = any(${ids}::text[])`.execute(db);
    const found = new Map(rows.map((row) => [`${row.month}/${row.key_id}`, row]));
    return Promise.all(
      wanted.map(({ id, month }) => {
        const row = found.get(`${month}/${id}`) ?? found.get(`${held}/${id}`);
        return row === undefined ? missing(db, id, month) : unwrapped(months, row);
      }),
    );
  });
}

/** Whether a key, or the whole of its month, was destroyed. */
export async function isDestroyed(db: Kysely<KeySchema>, id: string, month: Month): Promise<boolean> {
  const found = await db
    .selectFrom('destroyed')
    .select('month')
    .where('month', 'in', [month, held])
    .where('key_id', 'in', [id, ''])
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

function unwrapped(months: MonthKeys, { month, key_id, wrapped, month_wrapped }: Found): RecordKey | Error {
  try {
    return unwrapRecordKey(months.unwrap(month, month_wrapped), key_id, month, wrapped);
  } catch (error) {
    if (isFacematchError(error)) return error;
    throw error;
  }
}

async function missing(db: Kysely<KeySchema>, id: string, month: Month): Promise<Error> {
  return (await isDestroyed(db, id, month))
    ? new FacematchError('not-found', 'The record was destroyed.', { destroyed: true })
    : new FacematchError('integrity-failure', 'The keyring holds no such key for this record.', { key: id });
}
