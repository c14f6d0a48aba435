import { sql } from 'kysely';
import type { Clock } from '../../clock.js';
import { FacematchError, isFacematchError } from '../../errors.js';
import { wrappingKey } from '../crypto/derive.js';
import { type MasterKey, newMonthKey, type RecordKey } from '../crypto/keys.js';
import type { DataKey, Keyring, KeyringChange, KeyringState } from '../keyring.js';
import type { KeyringCheck } from '../keyringVerification.js';
import { masterCheck, wrapMonthKey } from '../keyWrapping.js';
import { held, type Month } from '../month.js';
import { ReservedKeys } from '../reservedKeys.js';
import { BatchedOpens } from './batchedOpens.js';
import type { KeyDatabase } from './keyDatabase.js';
import { KeyringWatch } from './keyringWatch.js';
import type { MonthKeys } from './monthKeys.js';
import {
  advance,
  destroyKeys,
  destroyMonth,
  existingKeyIn,
  insertKeys,
  monthKeyIn,
  rewrapMonth,
} from './postgresKeyChanges.js';
import { findKeys } from './postgresKeyReading.js';
import { verifyPostgresKeyring } from './postgresKeyVerification.js';

/** Keys looked up in one query. */
const mostAtOnce = 500;

/**
 * A keyring in a PostgreSQL database of its own, which any number of processes share. The database holds wrapped keys
 * alone; every key is looked up when it is needed, so a destroyed one opens nowhere from the commit on.
 */
export class PostgresKeyring implements Keyring {
  readonly id: string;
  readonly #database: KeyDatabase;
  readonly #months: MonthKeys;
  readonly #clock: Clock;
  readonly #reserved = new ReservedKeys((month, count) => this.reserveMany(month, count));
  readonly #opens = new BatchedOpens((wanted) => findKeys(this.#database, this.#months, wanted), mostAtOnce);
  readonly #watch: KeyringWatch;

  constructor(parts: {
    readonly database: KeyDatabase;
    readonly months: MonthKeys;
    readonly id: string;
    readonly generation: number;
    readonly clock: Clock;
  }) {
    this.id = parts.id;
    this.#database = parts.database;
    this.#months = parts.months;
    this.#clock = parts.clock;
    this.#watch = new KeyringWatch(
      parts.generation,
      () => this.#look(),
      (months) => {
        this.#months.keepOnly(months);
        this.#reserved.keepOnly(months);
      },
    );
  }

  async reserve(month: Month): Promise<DataKey> {
    this.#watch.require();
    return this.#reserved.take(month);
  }

  prepare(month: Month, count: number): Promise<void> {
    return this.#reserved.prepare(month, count);
  }

  async open(id: string, month: Month): Promise<RecordKey> {
    this.#watch.require();
    return this.#opens.open(id, month);
  }

  destroyKeys(month: Month, ids: readonly string[], ledgerSeq = 0): Promise<KeyringChange> {
    return this.#change(async (trx) => {
      const head = await advance(trx, ledgerSeq);
      await destroyKeys(trx, month, ids, this.#clock().toISOString());
      return head;
    });
  }

  async destroyMonth(month: Month, heldIds: readonly string[] = [], ledgerSeq = 0): Promise<KeyringChange> {
    const result = await this.#change(async (trx) => {
      const head = await advance(trx, ledgerSeq);
      const key = heldIds.length === 0 ? undefined : await existingKeyIn(trx, this.#months, month);
      if (key !== undefined) {
        const heldKey = await monthKeyIn(trx, head, this.#months, held);
        await rewrapMonth(trx, { month, key }, { month: held, key: heldKey }, heldIds);
      }
      await destroyMonth(trx, month, this.#clock().toISOString());
      return head;
    });
    this.#reserved.forget(month);
    await this.#vacuum();
    return result;
  }

  async months(): Promise<Month[]> {
    const { months } = await this.#look();
    return [...months].filter((month) => month !== held).sort();
  }

  state(): Promise<KeyringState> {
    return this.#database.read(async (db) => {
      const { rows } = await sql<KeyringState>`select generation, ledger_seq as "ledgerSeq",
        (select coalesce(sum(keys), 0)::bigint from month_keys) as keys from keyring`.execute(db);
      return first(rows);
    });
  }

  async rotateMaster(masterKey: MasterKey): Promise<void> {
    const next = wrappingKey(masterKey);
    await this.#change(async (trx) => {
      const head = await advance(trx);
      const rows = await trx.selectFrom('month_keys').select(['month', 'wrapped']).execute();
      for (const { month, wrapped } of rows) {
        const again = wrapMonthKey(next, month, this.#months.unwrap(month, wrapped));
        await trx.updateTable('month_keys').set({ wrapped: again }).where('month', '=', month).execute();
      }
      await trx
        .updateTable('keyring')
        .set({ master_check: masterCheck(next, this.id) })
        .execute();
      return head;
    });
    this.#months.add(next);
  }

  async rotateMonth(month: Month): Promise<void> {
    await this.#change(async (trx) => {
      const head = await advance(trx);
      const from = await existingKeyIn(trx, this.#months, month);
      if (from === undefined) return head;
      const fresh = newMonthKey();
      await rewrapMonth(trx, { month, key: from }, { month, key: fresh });
      const wrapped = this.#months.wrap(month, fresh, head.id, head.master_check);
      await trx.updateTable('month_keys').set({ wrapped }).where('month', '=', month).execute();
      return head;
    });
  }

  verify(): Promise<KeyringCheck> {
    return verifyPostgresKeyring(this.#database.patient);
  }

  async check(): Promise<void> {
    this.#watch.require();
    await this.state();
  }

  async backup(): Promise<void> {
    throw new FacematchError(
      'input-invalid',
      'The keyring is on PostgreSQL, whose own tools copy it: short-lived copies, never with those of the records (docs/storage.md).',
    );
  }

  async close(): Promise<void> {
    await this.#watch.close();
    this.#months.clear();
    this.#reserved.close();
    await this.#database.close();
  }

  async reserveMany(month: Month, count: number): Promise<DataKey[]> {
    this.#watch.require();
    const block = await this.#database.write(async (trx) => {
      const head = await advance(trx);
      const monthKey = await monthKeyIn(trx, head, this.#months, month);
      const keys = await insertKeys(trx, month, monthKey, count);
      return keys.map((key) => ({ ...key, month, generation: head.generation }));
    });
    this.#watch.note(block[0]?.generation ?? 0);
    return block;
  }

  async #change(
    work: (trx: Parameters<typeof advance>[0]) => Promise<KeyringChange>,
  ): Promise<KeyringChange> {
    this.#watch.require();
    const { generation } = await this.#database.patient.write(work);
    this.#watch.note(generation);
    return { generation };
  }

  #look(): Promise<{ generation: number; months: ReadonlySet<Month> }> {
    return this.#database.read(async (db) => {
      const { rows } = await sql<{ generation: number; months: Month[] | null }>`
        select generation, (select array_agg(month) from month_keys) as months from keyring`.execute(db);
      const { generation, months } = first(rows);
      return { generation, months: new Set(months) };
    });
  }

  /** Lets the space of the month be used again; what fails is left to the database's own vacuum. */
  async #vacuum(): Promise<void> {
    try {
      await this.#database.patient.read((db) => sql`vacuum (skip_locked) data_keys, month_keys`.execute(db));
    } catch (error) {
      if (!isFacematchError(error)) throw error;
    }
  }
}

function first<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined) throw new FacematchError('keyring-invalid', 'The keyring holds nothing.');
  return row;
}
