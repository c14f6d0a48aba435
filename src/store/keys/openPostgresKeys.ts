import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Clock } from '../../clock.js';
import { newId } from '../../ids.js';
import { wrappingKey } from '../crypto/derive.js';
import type { MasterKey } from '../crypto/keys.js';
import type { PostgresSettings } from '../database/postgresPool.js';
import type { StoreBinding } from '../identity.js';
import { invalidKeyring, requireExpectedKeyring } from '../keyring.js';
import { requireExpectedLedger } from '../ledger.js';
import type { Keys } from '../openKeys.js';
import { KeyDatabase } from './keyDatabase.js';
import { MonthKeys } from './monthKeys.js';
import { PostgresKeyring } from './postgresKeyring.js';
import { PostgresLedger } from './postgresLedger.js';

/**
 * Opens the keyring and the ledger in their database, or creates them there for a database of records that is new.
 *
 * @throws FacematchError `keyring-invalid`, `ledger-invalid`, `migration-refused`, `store-unavailable`, `storage-full`.
 */
export async function openPostgresKeys(
  settings: PostgresSettings,
  masterKeys: readonly MasterKey[],
  expected: StoreBinding | 'any' | undefined,
  clock: Clock,
): Promise<Keys> {
  const database = await KeyDatabase.open(settings, clock);
  try {
    const months = new MonthKeys(masterKeys.map(wrappingKey));
    const mayCreate = expected === undefined || expected === 'any';
    const { id, generation, check, ledger } = await headOf(database, months, mayCreate, clock);
    months.current(id, check);
    await requireOpen(database, months);
    if (expected !== 'any') {
      requireExpectedKeyring({ id, generation }, expected);
      requireExpectedLedger(ledger, expected?.ledger);
    }
    const keyring = new PostgresKeyring({ database, months, id, generation, clock });
    return { keyring, ledger: new PostgresLedger(database, ledger.id) };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** What is there, or was made by whoever came first. */
function headOf(database: KeyDatabase, months: MonthKeys, mayCreate: boolean, clock: Clock) {
  return database.write(async (trx) => {
    if (mayCreate) {
      await sql`lock table keyring in share row exclusive mode`.execute(trx);
      const known = await trx.selectFrom('keyring').select('id').executeTakeFirst();
      if (known === undefined) {
        const id = randomUUID();
        const created_at = clock().toISOString();
        const row = {
          one: 1,
          id,
          master_check: months.newCheck(id),
          generation: 0,
          ledger_seq: 0,
          created_at,
        };
        await trx.insertInto('keyring').values(row).execute();
        await trx.insertInto('ledger').values({ one: 1, id: newId(), created_at }).execute();
      }
    }
    const keyring = await trx.selectFrom('keyring').selectAll().executeTakeFirst();
    const ledger = await trx
      .selectFrom('ledger')
      .select([
        'id',
        (sub) =>
          sub
            .selectFrom('batches')
            .select(({ fn }) => fn.max('seq').as('seq'))
            .as('seq'),
      ])
      .executeTakeFirst();
    if (keyring === undefined || ledger === undefined) {
      throw invalidKeyring("The keyring's database holds nothing; restore it from its copy.");
    }
    const { id, generation, master_check: check } = keyring;
    return { id, generation, check, ledger: { id: ledger.id, seq: ledger.seq ?? 0 } };
  });
}

/** Every month opens, so that nothing is found damaged only when it is needed. */
async function requireOpen(database: KeyDatabase, months: MonthKeys): Promise<void> {
  const rows = await database.read((db) =>
    db.selectFrom('month_keys').select(['month', 'wrapped']).execute(),
  );
  for (const { month, wrapped } of rows) months.unwrap(month, wrapped);
}
