import { FacematchError } from '../errors.js';
import type { MasterKey, RecordKey } from './crypto/keys.js';
import type { KeyringCheck } from './keyringVerification.js';
import type { Month } from './month.js';

/** A fresh key for one record, already durable in the keyring. */
export interface DataKey {
  readonly id: string;
  readonly month: Month;
  readonly key: RecordKey;
  /** The keyring's generation that holds it: a database that used it never opens beside an older keyring. */
  readonly generation: number;
}

/** What a change of the keyring leaves behind. */
export interface KeyringChange {
  readonly generation: number;
}

/** What a database remembers of the keyring it belongs to. */
export interface KeyringBinding {
  readonly id: string;
  /** Grows with every change of the keyring; a smaller one where it is kept means an older copy was put back. */
  readonly generation: number;
}

export interface KeyringState {
  readonly generation: number;
  /** The ledger's last batch that this keyring knows of. */
  readonly ledgerSeq: number;
  /** How many keys there are, used and reserved. */
  readonly keys: number;
}

/**
 * The keys of every record, away from the database and its backups. Destroying a key here makes what it encrypted
 * unreadable in every copy. Whatever keeps it, what resolves is durable; all of it may fail with `store-unavailable`
 * or `storage-full`.
 */
export interface Keyring {
  readonly id: string;

  /**
   * A new data key for a record whose retention ends in this month.
   *
   * @throws FacematchError `retention-over` when the month's key was destroyed.
   */
  reserve(month: Month): Promise<DataKey>;

  /** So many new keys at once, for somebody who keeps them ahead themselves; throws as {@link reserve} does. */
  reserveMany(month: Month, count: number): Promise<DataKey[]>;

  /** Makes this many keys ahead at once, for somebody about to write so many records. */
  prepare(month: Month, count: number): Promise<void>;

  /**
   * The key of a stored record. Asked for in one turn of the event loop, several cost as much as one.
   *
   * @param month the month in which the record's retention ends.
   * @throws FacematchError `not-found` when the key was destroyed, `integrity-failure` when it is unknown or damaged.
   */
  open(id: string, month: Month): Promise<RecordKey>;

  /**
   * Makes these records of one month unreadable for good, in every process. Doing it again changes nothing.
   *
   * @param ledgerSeq the ledger's batch that ordered it; 0 for none.
   */
  destroyKeys(month: Month, ids: readonly string[], ledgerSeq?: number): Promise<KeyringChange>;

  /**
   * Makes every record of the month unreadable for good, but for those whose keys are to be held: their keys are
   * rewrapped under the hold key first. Doing it again changes nothing.
   */
  destroyMonth(month: Month, heldIds?: readonly string[], ledgerSeq?: number): Promise<KeyringChange>;

  /** The months that have a key, in order, without that of held records. */
  months(): Promise<Month[]>;

  state(): Promise<KeyringState>;

  /**
   * Wraps every month key under a new master key at once; no record and no data key is touched.
   *
   * @throws FacematchError `input-invalid` where the master key is not this service's to change.
   */
  rotateMaster(masterKey: MasterKey): Promise<void>;

  /** Gives the month a new key and wraps its data keys under it, at once; no record is re-encrypted. */
  rotateMonth(month: Month): Promise<void>;

  /** Reads every key in slices and compares them with their tallies. */
  verify(): Promise<KeyringCheck>;

  /** @throws FacematchError `store-unavailable` when the keyring cannot be read. */
  check(): Promise<void>;

  /**
   * A complete copy in a file, for its own short-lived backups.
   *
   * @throws FacematchError `input-invalid` where it is kept by somebody else, whose backups are theirs.
   */
  backup(path: string): Promise<void>;

  /** Forgets every key in memory. Doing it again changes nothing. */
  close(): Promise<void>;
}

export function invalidKeyring(
  message: string,
  facts: Record<string, string | number> = {},
  cause?: unknown,
): FacematchError {
  return new FacematchError('keyring-invalid', message, facts, cause === undefined ? {} : { cause });
}

/**
 * Whether this keyring is the one a database belongs to, and no older than it.
 *
 * @param expected what the database remembers; undefined for one that holds no record yet.
 * @throws FacematchError `keyring-invalid`
 */
export function requireExpectedKeyring(found: KeyringBinding, expected: KeyringBinding | undefined): void {
  if (expected === undefined) {
    if (found.generation === 0) return;
    // A mistyped database path would otherwise open an empty store, which knows no earlier passport of anybody.
    throw invalidKeyring('The keyring already belongs to a database, and the one given is new.');
  }
  if (found.id !== expected.id) throw invalidKeyring('The keyring belongs to another database.');
  if (found.generation < expected.generation) {
    throw invalidKeyring('The keyring is older than the database: an old copy was put back.', {
      generation: found.generation,
      expected: expected.generation,
    });
  }
}
