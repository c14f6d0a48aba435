import type { Transaction } from 'kysely';
import { FacematchError } from '../errors.js';
import { sameKey } from './crypto/keys.js';
import type { RecordDatabase } from './database.js';
import { invalidKeyring, type Keyring, type KeyringBinding } from './keyring.js';
import type { Ledger, LedgerBinding } from './ledger.js';
import type { LookupKeys } from './lookup.js';
import { prepared } from './prepared.js';
import type { Schema } from './schema.js';

/** What a database belongs to. */
export interface StoreBinding extends KeyringBinding {
  readonly ledger: LedgerBinding | undefined;
}

/**
 * The keyring this database belongs to; undefined in a new database.
 *
 * @throws FacematchError `store-unavailable` for a copy that was not completed; `keyring-invalid` when the look-up key is another one: every look-up would miss in silence.
 */
export async function readBinding(
  database: RecordDatabase,
  lookup: LookupKeys,
): Promise<StoreBinding | undefined> {
  const row = await database.read((db) => db.selectFrom('store').selectAll().executeTakeFirst());
  if (row === undefined) {
    await requireNew(database);
    return undefined;
  }
  if (!sameKey(row.lookup_check, lookup.check(row.keyring_id))) {
    throw new FacematchError('keyring-invalid', 'The look-up key is not the one this store was made with.');
  }
  const ledger = row.ledger_id === null ? undefined : { id: row.ledger_id, seq: row.ledger_seq };
  return { id: row.keyring_id, generation: row.keyring_generation, ledger };
}

/** @throws FacematchError `store-unavailable` for records that belong to no keyring yet: a copy was interrupted */
async function requireNew(database: RecordDatabase): Promise<void> {
  const entry = await database.read((db) => db.selectFrom('audit').select('seq').limit(1).executeTakeFirst());
  if (entry !== undefined) {
    throw new FacematchError(
      'store-unavailable',
      'The database is being filled by "facematch store copy", which has to be completed first.',
    );
  }
}

/** Ties a database to the ledger of what is destroyed from it: from then on it never opens without. */
export async function bindLedger(database: RecordDatabase, ledger: Ledger): Promise<void> {
  await database.write((trx) =>
    trx.updateTable('store').set({ ledger_id: ledger.id }).where('ledger_id', 'is', null).execute(),
  );
}

/**
 * Ties a new database to its keyring and look-up key, unless another process did so meanwhile.
 *
 * @throws FacematchError `keyring-invalid` when that tied it to other ones.
 */
export async function writeBinding(
  database: RecordDatabase,
  keyring: Keyring,
  lookup: LookupKeys,
  createdAt: Date,
): Promise<void> {
  await database.write((trx) =>
    trx
      .insertInto('store')
      .values({
        one: 1,
        keyring_id: keyring.id,
        keyring_generation: 0,
        lookup_check: lookup.check(keyring.id),
        created_at: createdAt.toISOString(),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  );
  const bound = await readBinding(database, lookup);
  if (bound?.id !== keyring.id) throw invalidKeyring('The keyring belongs to another database.');
}

/** In the transaction of a record that uses a key: from then on an older keyring is refused. */
export async function rememberGeneration(trx: Transaction<Schema>, generation: number): Promise<void> {
  await raiseGeneration(trx, { generation });
}

/** See {@link rememberGeneration}. */
export const raiseGeneration = prepared((db, { generation }: { generation: number }) =>
  db
    .updateTable('store')
    .set({ keyring_generation: generation })
    .where('keyring_generation', '<', generation),
);
