import type { Clock } from '../clock.js';
import { FacematchError } from '../errors.js';
import { type MasterKey, masterKey, masterKeyChain } from './crypto/keys.js';
import { FileKeyring } from './fileKeyring.js';
import { FileLedger } from './fileLedger.js';
import type { StoreBinding } from './identity.js';
import type { Keyring } from './keyring.js';
import type { KeyServiceAccess } from './keys/keyClient.js';
import { openPostgresKeys } from './keys/openPostgresKeys.js';
import { openRemoteKeys } from './keys/remoteKeys.js';
import type { Ledger } from './ledger.js';
import { ledgerPaths } from './ledgerFiles.js';
import type { PairOfPaths } from './pairedFiles.js';

/** Where the keys of records are, and what is destroyed. */
export interface KeyPlace {
  /** Two files, best on two disks and on neither the database's nor its backups'. */
  readonly keyringPaths: PairOfPaths;
  /** `postgres://…`, a database of their own, or `https://…`, a service of keys: takes the place of the files. */
  readonly keyringUrl?: string | undefined;
  /** Milliseconds after which a query on PostgreSQL that serves a request is given up; none unless given. */
  readonly answerMs?: number | undefined;
  /** How a service of keys is spoken to. */
  readonly keyService?: Omit<KeyServiceAccess, 'url'> | undefined;
  /** 32 random bytes from outside every file of the store; none beside a service of keys, which has its own. */
  readonly masterKey?: Uint8Array | undefined;
}

/** Connections to the keyring's database that one process holds at most. */
const connections = 4;

/** A keyring and its ledger. */
export interface Keys {
  readonly keyring: Keyring;
  readonly ledger: Ledger;
}

/**
 * Opens the keyring and the ledger, or creates them for a database that holds no record yet.
 *
 * @param expected what the database remembers of them; `any` for a service of keys, which serves whoever's they are.
 * @throws FacematchError `keyring-invalid`, `ledger-invalid`, `config-invalid`, `store-unavailable`, `storage-full`.
 */
export async function openKeys(
  place: KeyPlace,
  expected: StoreBinding | 'any' | undefined,
  clock: Clock,
): Promise<Keys> {
  const { keyringUrl: url, answerMs } = place;
  if (url === undefined) return openFiles(place, expected, clock);
  if (/^https?:/.test(url)) return openRemoteKeys({ ...place.keyService, url }, expected);
  return openPostgresKeys({ url, connections, answerMs }, masterKeysOf(place), expected, clock);
}

async function openFiles(
  { keyringPaths, masterKey: key }: KeyPlace,
  expected: StoreBinding | 'any' | undefined,
  clock: Clock,
): Promise<Keys> {
  if (key === undefined) throw new FacematchError('config-invalid', 'A master key is required.');
  const keyring = FileKeyring.open({ paths: keyringPaths, masterKey: masterKey(key), expected, clock });
  try {
    const ledgerOf = expected === 'any' ? expected : expected?.ledger;
    const ledger = FileLedger.open({ paths: ledgerPaths(keyringPaths), expected: ledgerOf, clock });
    return { keyring, ledger };
  } catch (error) {
    await keyring.close();
    throw error;
  }
}

/** One master key, or two during a change of it: the newer last. */
function masterKeysOf({ masterKey: bytes }: KeyPlace): readonly MasterKey[] {
  if (bytes === undefined) throw new FacematchError('config-invalid', 'A master key is required.');
  return masterKeyChain(bytes);
}
