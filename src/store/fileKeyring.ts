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
import type { DataKey, Keyring, KeyringBinding, KeyringChange, KeyringState } from './keyring.js';
import { destroyKeys, destroyMonth } from './keyringDestruction.js';
import { openKeyringFiles } from './keyringFiles.js';
import { insertKeys, insertMonth } from './keyringInsertion.js';
import { rewrapMonth, rewrapUnderMaster } from './keyringRotation.js';
import type { WrappedKey } from './keyringTally.js';
import { type KeyringCheck, verifyKeyring } from './keyringVerification.js';
import { unwrapMonthKey, unwrapRecordKey, wrapMonthKey } from './keyWrapping.js';
import { held, type Month } from './month.js';
import { copies, copyInto, PairedStatements, type PairOfPaths } from './pairedFiles.js';
import { ReservedKeys } from './reservedKeys.js';

/** A keyring in two files on this machine, which one process holds at a time. */
export class FileKeyring implements Keyring {
  readonly #db: Database.Database;
  readonly #statements: PairedStatements;
  readonly #clock: Clock;
  readonly #months = new Map<Month, MonthKey>();
  readonly #reserved = new ReservedKeys((month, count) => this.reserveMany(month, count));
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
    /** What the database remembers; undefined for a new database, `any` for a service of keys. */
    expected: KeyringBinding | 'any' | undefined;
    clock: Clock;
  }): FileKeyring {
    const wrapping = wrappingKey(options.masterKey);
    const { db, id } = openKeyringFiles(options, wrapping);
    return new FileKeyring(db, id, wrapping, options.clock);
  }

  reserve(month: Month): Promise<DataKey> {
    return this.#reserved.take(month);
  }

  async reserveMany(month: Month, count: number): Promise<DataKey[]> {
    return guardedSync(() => this.#createBlock(month, count));
  }

  prepare(month: Month, count: number): Promise<void> {
    return this.#reserved.prepare(month, count);
  }

  async open(id: string, month: Month): Promise<RecordKey> {
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

  async destroyKeys(month: Month, ids: readonly string[], ledgerSeq = 0): Promise<KeyringChange> {
    return this.#commit(() => destroyKeys(this.#statements, month, ids, this.#clock()), ledgerSeq);
  }

  async destroyMonth(month: Month, heldIds: readonly string[] = [], ledgerSeq = 0): Promise<KeyringChange> {
    const result = this.#commit(() => {
      const from = this.#monthKey(month);
      if (from !== undefined && heldIds.length > 0) {
        rewrapMonth(this.#statements, month, from, held, this.#heldKey(), heldIds);
      }
      destroyMonth(this.#statements, month, this.#clock());
    }, ledgerSeq);
    this.#months.get(month)?.fill(0);
    this.#months.delete(month);
    this.#reserved.forget(month);
    return result;
  }

  async months(): Promise<Month[]> {
    return guardedSync(() =>
      this.#statements
        .one<{ month: Month }>('main', 'select month from $copy.month_keys where month <> ? order by month')
        .all(held)
        .map(({ month }) => month),
    );
  }

  async state(): Promise<KeyringState> {
    return guardedSync(() => ({
      generation: this.#head<number>('select generation from main.keyring'),
      ledgerSeq: this.#head<number>('select ledger_seq from main.keyring'),
      keys: this.#head<number>('select coalesce(sum(keys), 0) from main.month_keys'),
    }));
  }

  async rotateMaster(masterKey: MasterKey): Promise<void> {
    const wrapping = wrappingKey(masterKey);
    this.#commit(() => rewrapUnderMaster(this.#statements, this.id, this.#wrapping, wrapping), 0);
    this.#wrapping = wrapping;
  }

  async rotateMonth(month: Month): Promise<void> {
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

  verify(): Promise<KeyringCheck> {
    return verifyKeyring(this.#statements);
  }

  async check(): Promise<void> {
    guardedSync(() => {
      for (const copy of copies) this.#statements.one(copy, 'select id from $copy.keyring').get();
    });
  }

  async backup(path: string): Promise<void> {
    guardedSync(() => copyInto(this.#db, path));
  }

  async close(): Promise<void> {
    for (const key of this.#months.values()) key.fill(0);
    this.#months.clear();
    this.#reserved.close();
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
