import { randomUUID } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { Clock } from '../clock.js';
import { FacematchError } from '../errors.js';
import { wrappingKey } from './crypto/derive.js';
import {
  type MasterKey,
  type MonthKey,
  newMonthKey,
  newRecordKey,
  type RecordKey,
  type WrappingKey,
} from './crypto/keys.js';
import { guardedSync } from './failures.js';
import { copies, type KeyringBinding, openKeyringFiles } from './keyringFiles.js';
import { unwrapMonthKey, unwrapRecordKey, wrapMonthKey, wrapRecordKey } from './keyWrapping.js';
import type { Month } from './month.js';

/** A fresh key for one record, already durable in both copies of the keyring. */
export interface DataKey {
  readonly id: string;
  readonly month: Month;
  readonly key: RecordKey;
  /** The keyring's generation that holds it: a database that used it never opens beside an older keyring. */
  readonly generation: number;
}

/** Keys are made this many at a time: one durable commit serves so many records; unused ones open nothing. */
const blockSize = 64;

/**
 * The keys of every record, in two files away from the database and its backups. Destroying a key here makes what
 * it encrypted unreadable in every copy.
 */
export class Keyring {
  readonly #db: Database.Database;
  readonly #wrapping: WrappingKey;
  readonly #clock: Clock;
  readonly #months = new Map<Month, MonthKey>();
  readonly #reserved = new Map<Month, DataKey[]>();
  readonly id: string;

  private constructor(db: Database.Database, id: string, wrapping: WrappingKey, clock: Clock) {
    this.#db = db;
    this.id = id;
    this.#wrapping = wrapping;
    this.#clock = clock;
  }

  /** @throws FacematchError as {@link openKeyringFiles} does. */
  static open(options: {
    /** Two files, best on two disks. */
    paths: readonly [string, string];
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
    const held = this.#reserved.get(month)?.pop();
    if (held !== undefined) return held;
    const [first, ...rest] = guardedSync(() => this.#createBlock(month));
    if (first === undefined) throw new FacematchError('internal', 'A block of keys came out empty.');
    this.#reserved.set(month, rest);
    return first;
  }

  /**
   * The key of a stored record.
   *
   * @param month the month in which the record's retention ends.
   * @throws FacematchError `not-found` when the key was destroyed, `integrity-failure` when it is unknown or damaged.
   */
  open(id: string, month: Month): RecordKey {
    return guardedSync(() => {
      const row = this.#db
        .prepare<[string], { month: Month; wrapped: Uint8Array }>(
          'select month, wrapped from main.data_keys where key_id = ?',
        )
        .get(id);
      if (row === undefined && (this.#isDestroyed('record', id) || this.#isDestroyed('month', month))) {
        throw new FacematchError('not-found', 'The record was destroyed.', { destroyed: true });
      }
      const monthKey = row?.month === month ? this.#monthKey(month) : undefined;
      if (row === undefined || monthKey === undefined) {
        throw new FacematchError('integrity-failure', 'The keyring holds no such key for this record.', {
          key: id,
        });
      }
      return unwrapRecordKey(monthKey, id, month, row.wrapped);
    });
  }

  /** Makes one record unreadable for good, in both copies at once. Doing it again changes nothing. */
  destroyDataKey(id: string): void {
    this.#destroy('record', id, 'delete from $copy.data_keys where key_id = ?');
  }

  /** Makes every record of the month unreadable for good, in both copies at once. */
  destroyMonth(month: Month): void {
    this.#destroy(
      'month',
      month,
      'delete from $copy.data_keys where month = ?',
      'delete from $copy.month_keys where month = ?',
    );
    this.#months.get(month)?.fill(0);
    this.#months.delete(month);
    this.#reserved.delete(month);
  }

  /** @throws FacematchError `store-unavailable` when the keyring cannot be read. */
  check(): void {
    guardedSync(() => {
      for (const copy of copies) this.#db.prepare(`select id from ${copy}.keyring`).get();
    });
  }

  close(): void {
    for (const key of this.#months.values()) key.fill(0);
    this.#months.clear();
    this.#reserved.clear();
    this.#db.close();
  }

  #createBlock(month: Month): DataKey[] {
    const known = this.#monthKey(month);
    const monthKey = known ?? newMonthKey();
    const block = this.#db
      .transaction(() => {
        if (known === undefined) {
          if (this.#isDestroyed('month', month)) {
            throw new FacematchError('retention-over', 'The records of this month were destroyed.', {
              month,
            });
          }
          const wrapped = wrapMonthKey(this.#wrapping, month, monthKey);
          this.#inBoth('insert into $copy.month_keys (month, wrapped) values (?, ?)', month, wrapped);
        }
        const generation = this.#advance();
        return Array.from({ length: blockSize }, () => {
          const id = randomUUID();
          const key = newRecordKey();
          const wrapped = wrapRecordKey(monthKey, id, month, key);
          this.#inBoth(
            'insert into $copy.data_keys (key_id, month, wrapped) values (?, ?, ?)',
            id,
            month,
            wrapped,
          );
          return { id, month, key, generation };
        });
      })
      .immediate();
    this.#months.set(month, monthKey);
    return block;
  }

  #destroy(kind: 'record' | 'month', id: string, ...deletions: readonly string[]): void {
    guardedSync(() =>
      this.#db
        .transaction(() => {
          this.#inBoth(
            'insert or ignore into $copy.destroyed (kind, id, destroyed_at) values (?, ?, ?)',
            kind,
            id,
            this.#clock().toISOString(),
          );
          for (const deletion of deletions) this.#inBoth(deletion, id);
          this.#advance();
        })
        .immediate(),
    );
  }

  #advance(): number {
    this.#inBoth('update $copy.keyring set generation = generation + 1');
    return this.#db.prepare<[], number>('select generation from main.keyring').pluck().get() ?? 0;
  }

  #monthKey(month: Month): MonthKey | undefined {
    const cached = this.#months.get(month);
    if (cached !== undefined) return cached;
    const wrapped = this.#db
      .prepare<[string], Uint8Array>('select wrapped from main.month_keys where month = ?')
      .pluck()
      .get(month);
    if (wrapped === undefined) return undefined;
    const key = unwrapMonthKey(this.#wrapping, month, wrapped);
    this.#months.set(month, key);
    return key;
  }

  #isDestroyed(kind: 'record' | 'month', id: string): boolean {
    const sql = 'select 1 from main.destroyed where kind = ? and id = ?';
    return this.#db.prepare(sql).get(kind, id) !== undefined;
  }

  #inBoth(sql: string, ...values: readonly unknown[]): void {
    for (const copy of copies) this.#db.prepare(sql.replaceAll('$copy', copy)).run(...values);
  }
}
