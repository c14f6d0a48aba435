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

type Absent = Pick<Found, 'month' | 'key_id'> & { readonly wrapped: null };

const isThere = (row: Found | Absent): row is Found => row.wrapped !== null;

/** Each key or why there is none, by one query for all, in which month keys and data keys are of one moment. */
export function findKeys(
  database: KeyDatabase,
  months: MonthKeys,
  wanted: readonly KeyWanted[],
): Promise<(RecordKey | Error)[]> {
  return database.read(async (db) => {
    const ids = wanted.map(({ id }) => id);
    const slots = [...wanted.map(({ month }) => month), ...ids.map(() => held)];
    // Each looked up by itself, and planned once: of arrays whose lengths it knows the database makes a plan each time.
    const { rows } = await sql<Found | Absent>`
      select asked.month, asked.key_id,
        (select wrapped from data_keys where month = asked.month and key_id = asked.key_id) as wrapped,
        (select wrapped from month_keys where month = asked.month) as month_wrapped
      from unnest(array(select unnest(${slots}::text[])), array(select unnest(${[...ids, ...ids]}::text[])))
        as asked (month, key_id)`.execute(db);
    const found = new Map(rows.filter(isThere).map((row) => [`${row.month}/${row.key_id}`, row]));
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
