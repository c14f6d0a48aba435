import type Database from 'better-sqlite3';
import type { Clock } from '../clock.js';
import { FacematchError, isFacematchError } from '../errors.js';
import { wrappingKey } from './crypto/derive.js';
import {
  type MasterKey,
  type MonthKey,
  newMonthKey,
  type RecordKey,
  type WrappingKey,
} from './crypto/keys.js';
import { guardedSync } from './failures.js';
import { destroyKeys, destroyMonth } from './keyringDestruction.js';
import { type KeyringBinding, openKeyringFiles } from './keyringFiles.js';
import { insertKeys, insertMonth } from './keyringInsertion.js';
import { rewrapMonth, rewrapUnderMaster } from './keyringRotation.js';
import type { WrappedKey } from './keyringTally.js';
import { type KeyringCheck, verifyKeyring } from './keyringVerification.js';
import { unwrapMonthKey, unwrapRecordKey, wrapMonthKey } from './keyWrapping.js';
import { held, type Month } from './month.js';
import { copies, copyInto, PairedStatements, type PairOfPaths } from './pairedFiles.js';

/** A fresh key for one record, already durable in both copies of the keyring. */
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

/** Keys are made this many at a time: one durable commit serves so many records; unused ones open nothing. */
const blockSize = 64;
/** And this many where the first block is nearly used up: a commit in two files holds the service for a moment. */
const nextBlockSize = 256;

/**
 * The keys of every record, in two files away from the database and its backups. Destroying a key here makes what
 * it encrypted unreadable in every copy.
 */
export class Keyring {
  readonly #db: Database.Database;
  readonly #statements: PairedStatements;
  readonly #clock: Clock;
  readonly #months = new Map<Month, MonthKey>();
  readonly #reserved = new Map<Month, DataKey[]>();
  #wrapping: WrappingKey;
  readonly id: string;

  private constructor(db: Database.Database, id: string, wrapping: WrappingKey, clock: Clock) {
    this.#db = db;
    this.#statements = new PairedStatements(db);
    this.id = id;
    this.#wrapping = wrapping;
    this.#clock = clock;
  }

  /** @throws FacematchError as {@link openKeyringFiles} does. */
  static open(options: {
    paths: PairOfPaths;
    masterKey: MasterKey;
    /** What the database remembers; undefined for a new database. */
    expected: KeyringBinding | undefined;
    clock: Clock;
  }): Keyring {
    const wrapping = wrappingKey(options.masterKey);
    const { db, id } = openKeyringFiles(options, wrapping);
    return new Keyring(db, id, wrapping, options.clock);
  }

  /**
   * A new data key for a record whose retention ends in this month.
   *
   * @throws FacematchError `retention-over` when the month's key was destroyed, `storage-full`, `store-unavailable`.
   */
  async reserve(month: Month): Promise<DataKey> {
    const reserved = this.#reserved.get(month);
    const key = reserved?.pop();
    if (key !== undefined) {
      // Between requests rather than in one: making keys waits for the disk twice.
      if (reserved?.length === blockSize / 4) setImmediate(() => this.#refill(month));
      return key;
    }
    this.prepare(month, blockSize);
    return this.reserve(month);
  }

  /** Makes the next keys before they are missed. Whoever needs one when it failed meets the failure again. */
  #refill(month: Month): void {
    if (!this.#db.open || !this.#reserved.has(month)) return;
    try {
      this.prepare(month, nextBlockSize);
    } catch (error) {
      if (!isFacematchError(error)) throw error;
    }
  }

  /** Makes this many keys ahead in one commit, for somebody about to write so many records. */
  prepare(month: Month, count: number): void {
    const block = guardedSync(() => this.#createBlock(month, count));
    // The first made is the first used, so that keys lie in the order of the records they open.
    this.#reserved.set(month, [...block.reverse(), ...(this.#reserved.get(month) ?? [])]);
  }

  /**
   * The key of a stored record.
   *
   * @param month the month in which the record's retention ends.
   * @throws FacematchError `not-found` when the key was destroyed, `integrity-failure` when it is unknown or damaged.
   */
  open(id: string, month: Month): RecordKey {
    return guardedSync(() => {
      for (const slot of [month, held]) {
        const key = this.#find(id, slot);
        if (key !== undefined) return key;
      }
      if (this.#isDestroyed(id, month)) {
        throw new FacematchError('not-found', 'The record was destroyed.', { destroyed: true });
      }
      throw new FacematchError('integrity-failure', 'The keyring holds no such key for this record.', {
        key: id,
      });
    });
  }

  /**
   * Makes these records of one month unreadable for good, in both copies at once. Doing it again changes nothing.
   *
   * @param ledgerSeq the ledger's batch that ordered it; 0 for none.
   */
  destroyKeys(month: Month, ids: readonly string[], ledgerSeq = 0): KeyringChange {
    return this.#commit(() => destroyKeys(this.#statements, month, ids, this.#clock()), ledgerSeq);
  }

  /**
   * Makes every record of the month unreadable for good, in both copies at once, but for those whose keys are to be
   * held: their keys are rewrapped under the hold key first. Doing it again changes nothing.
   */
  destroyMonth(month: Month, heldIds: readonly string[] = [], ledgerSeq = 0): KeyringChange {
    const result = this.#commit(() => {
      const from = this.#monthKey(month);
      if (from !== undefined && heldIds.length > 0) {
        rewrapMonth(this.#statements, month, from, held, this.#heldKey(), heldIds);
      }
      destroyMonth(this.#statements, month, this.#clock());
    }, ledgerSeq);
    this.#months.get(month)?.fill(0);
    this.#months.delete(month);
    this.#reserved.delete(month);
    return result;
  }

  /** The months that have a key, without that of held records. */
  months(): Month[] {
    return guardedSync(() =>
      this.#statements
        .one<{ month: Month }>('main', 'select month from $copy.month_keys where month <> ? order by month')
        .all(held)
        .map(({ month }) => month),
    );
  }

  /** How many keys there are, used and reserved. */
  size(): number {
    return guardedSync(() => this.#head<number>('select coalesce(sum(keys), 0) from main.month_keys'));
  }

  /** The ledger's last batch that this keyring knows of. */
  get ledgerSeq(): number {
    return guardedSync(() => this.#head<number>('select ledger_seq from main.keyring'));
  }

  get generation(): number {
    return guardedSync(() => this.#head<number>('select generation from main.keyring'));
  }

  /** Wraps every month key under a new master key in one commit; no record and no data key is touched. */
  rotateMaster(masterKey: MasterKey): void {
    const wrapping = wrappingKey(masterKey);
    this.#commit(() => rewrapUnderMaster(this.#statements, this.id, this.#wrapping, wrapping), 0);
    this.#wrapping = wrapping;
  }

  /** Gives the month a new key and wraps its data keys under it, in one commit; no record is re-encrypted. */
  rotateMonth(month: Month): void {
    const from = this.#monthKey(month);
    if (from === undefined) return;
    const fresh = newMonthKey();
    this.#commit(() => {
      rewrapMonth(this.#statements, month, from, month, fresh);
      const wrapped = wrapMonthKey(this.#wrapping, month, fresh);
      this.#statements.both('update $copy.month_keys set wrapped = ? where month = ?', wrapped, month);
    }, 0);
    this.#months.set(month, fresh);
  }

  /** Reads every key of both copies in slices and compares them with their tallies. */
  verify(): Promise<KeyringCheck> {
    return verifyKeyring(this.#statements);
  }

  /** @throws FacematchError `store-unavailable` when the keyring cannot be read. */
  check(): void {
    guardedSync(() => {
      for (const copy of copies) this.#statements.one(copy, 'select id from $copy.keyring').get();
    });
  }

  /** A complete copy for its own short-lived backups. */
  backup(path: string): void {
    guardedSync(() => copyInto(this.#db, path));
  }

  close(): void {
    for (const key of this.#months.values()) key.fill(0);
    this.#months.clear();
    this.#reserved.clear();
    this.#db.close();
  }

  #createBlock(month: Month, count: number): DataKey[] {
    const known = this.#monthKey(month);
    const monthKey = known ?? newMonthKey();
    const block = this.#db
      .transaction(() => {
        if (known === undefined) this.#insertMonth(month, monthKey);
        const generation = this.#advance();
        return insertKeys(this.#statements, month, monthKey, count).map((key) => ({
          ...key,
          month,
          generation,
        }));
      })
      .immediate();
    this.#months.set(month, monthKey);
    return block;
  }

  #insertMonth(month: Month, key: MonthKey): void {
    if (this.#isDestroyed('', month)) {
      throw new FacematchError('retention-over', 'The records of this month were destroyed.', { month });
    }
    insertMonth(this.#statements, month, wrapMonthKey(this.#wrapping, month, key));
  }

  #heldKey(): MonthKey {
    const known = this.#monthKey(held);
    if (known !== undefined) return known;
    const key = newMonthKey();
    this.#insertMonth(held, key);
    return key;
  }

  /** From the first copy, or from the second where the first is damaged. */
  #find(id: string, month: Month): RecordKey | undefined {
    let damage: unknown;
    for (const copy of copies) {
      const row = this.#statements
        .one<WrappedKey>(copy, 'select key_id, wrapped from $copy.data_keys where month = ? and key_id = ?')
        .get(month, id);
      const monthKey = row && this.#monthKey(month);
      if (row === undefined || monthKey === undefined) continue;
      try {
        return unwrapRecordKey(monthKey, id, month, row.wrapped);
      } catch (error) {
        if (!isFacematchError(error, 'integrity-failure')) throw error;
        damage = error;
      }
    }
    if (damage !== undefined) throw damage;
    return undefined;
  }

  #commit(change: () => void, ledgerSeq: number): KeyringChange {
    return guardedSync(() =>
      this.#db
        .transaction(() => {
          change();
          const sql = 'update $copy.keyring set ledger_seq = max(ledger_seq, ?)';
          this.#statements.both(sql, ledgerSeq);
          return { generation: this.#advance() };
        })
        .immediate(),
    );
  }

  #advance(): number {
    this.#statements.both('update $copy.keyring set generation = generation + 1');
    return this.#head<number>('select generation from main.keyring');
  }

  #monthKey(month: Month): MonthKey | undefined {
    const cached = this.#months.get(month);
    if (cached !== undefined) return cached;
    const row = this.#statements
      .one<{ wrapped: Uint8Array }>('main', 'select wrapped from $copy.month_keys where month = ?')
      .get(month);
    if (row === undefined) return undefined;
    const key = unwrapMonthKey(this.#wrapping, month, row.wrapped);
    this.#months.set(month, key);
    return key;
  }

  #isDestroyed(id: string, month: Month): boolean {
    const sql = "select 1 from $copy.destroyed where month in (?, ?) and key_id in (?, '')";
    return this.#statements.one('main', sql).get(month, held, id) !== undefined;
  }

  #head<T>(sql: string): T {
    return this.#db.prepare<[], T>(sql).pluck().get() as T;
  }
}
