import type { Clock } from '../clock.js';
import { FacematchError } from '../errors.js';
import { AuditTrail } from './audit.js';
import { Comparisons } from './comparisons.js';
import { lookupKey, masterKey, sameKey } from './crypto/keys.js';
import { RecordDatabase } from './database.js';
import { Documents } from './documents.js';
import { IdempotencyKeys } from './idempotency.js';
import { readBinding, writeBinding } from './identity.js';
import { Keyring } from './keyring.js';
import { type LookupKeys, lookupKeys } from './lookup.js';
import { Vault } from './vault.js';

export type { AuditEntry } from './audit.js';
export type { NewComparison, StoredComparison } from './comparisons.js';
export type { FoundByKeys, IdentifierKeys } from './documentLookup.js';
export type { DocumentRow } from './documentRow.js';
export type { OpenedDocument } from './documents.js';
export type { IdempotencyClaim } from './idempotency.js';
export type { LookupKeys } from './lookup.js';
export type { NewDocument } from './newDocument.js';

export interface StoreOptions {
  readonly databasePath: string;
  /** Two files, best on two disks and on neither the database's nor its backups'. */
  readonly keyringPaths: readonly [string, string];
  /** 32 random bytes from outside every file of the store. */
  readonly masterKey: Uint8Array;
  /** 32 random bytes of its own: never the master key. */
  readonly lookupKey: Uint8Array;
  readonly clock: Clock;
}

/** How much the store holds. */
export interface StoreStats {
  readonly holders: number;
  readonly documents: number;
  readonly comparisons: number;
  readonly auditEntries: number;
}

/** Everything that is kept: encrypted records, their keys, and the trail of what was done. */
export interface Store {
  readonly documents: Documents;
  readonly comparisons: Comparisons;
  readonly audit: AuditTrail;
  readonly idempotency: IdempotencyKeys;
  /** Hashes identifiers the way the store looks them up. */
  readonly lookup: LookupKeys;
  readonly keyring: Keyring;
  /** Counts whole tables: for reports, not for every request. */
  stats(): Promise<StoreStats>;
  /** @throws FacematchError `store-unavailable` when the database or the keyring cannot be read. */
  check(): Promise<void>;
  /** Leaves the database complete in its one file. Doing it again changes nothing. */
  close(): Promise<void>;
}

/**
 * Opens the store, or creates it where neither database nor keyring exist.
 *
 * @throws FacematchError `keyring-invalid`, `migration-refused`, `store-unavailable`, `storage-full`, and
 * `config-invalid` when a key is not 32 random bytes or the two are one.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { clock } = options;
  const master = masterKey(options.masterKey);
  if (sameKey(master, options.lookupKey)) {
    throw new FacematchError('config-invalid', 'The look-up key must not be the master key.');
  }
  const lookup = lookupKeys(lookupKey(options.lookupKey));
  const database = RecordDatabase.open(options.databasePath, clock);
  let keyring: Keyring | undefined;
  try {
    const expected = await readBinding(database, lookup);
    keyring = Keyring.open({ paths: options.keyringPaths, masterKey: master, expected, clock });
    if (expected === undefined) await writeBinding(database, keyring, lookup, clock());
  } catch (error) {
    keyring?.close();
    await database.close();
    throw error;
  }
  return assemble(database, keyring, lookup, clock);
}

function assemble(database: RecordDatabase, keyring: Keyring, lookup: LookupKeys, clock: Clock): Store {
  const vault = new Vault(keyring);
  const audit = new AuditTrail(database, lookup, clock);
  const idempotency = new IdempotencyKeys(database, clock);
  const parts = { database, vault, trail: audit, idempotency, clock };
  return {
    documents: new Documents(parts),
    comparisons: new Comparisons(parts),
    audit,
    idempotency,
    lookup,
    keyring,
    stats: () => stats(database),
    check: async () => {
      await database.read((db) => db.selectFrom('store').select('keyring_id').executeTakeFirstOrThrow());
      keyring.check();
    },
    close: async () => {
      await database.close();
      keyring.close();
    },
  };
}

function stats(database: RecordDatabase): Promise<StoreStats> {
  return database.read(async (db) => {
    const count = async (table: 'holders' | 'documents' | 'comparisons' | 'audit') => {
      const row = await db
        .selectFrom(table)
        .select((expression) => expression.fn.countAll<number>().as('rows'))
        .executeTakeFirstOrThrow();
      return row.rows;
    };
    return {
      holders: await count('holders'),
      documents: await count('documents'),
      comparisons: await count('comparisons'),
      auditEntries: await count('audit'),
    };
  });
}
