import { FacematchError } from '../../errors.js';
import type { RecordKey } from '../crypto/keys.js';
import type { StoreBinding } from '../identity.js';
import {
  type DataKey,
  type Keyring,
  type KeyringChange,
  type KeyringState,
  requireExpectedKeyring,
} from '../keyring.js';
import type { KeyringCheck } from '../keyringVerification.js';
import { requireExpectedLedger } from '../ledger.js';
import { held, type Month } from '../month.js';
import type { Keys } from '../openKeys.js';
import { ReservedKeys } from '../reservedKeys.js';
import { BatchedOpens, type KeyWanted } from './batchedOpens.js';
import { KeyClient, type KeyServiceAccess } from './keyClient.js';
import { asRecordKey, keyFailure, mostKeys, mostReserved } from './keyProtocol.js';
import { KeyringWatch } from './keyringWatch.js';
import { RemoteLedger } from './remoteLedger.js';

/** Keys destroyed in one request. */
const mostDestroyed = 5000;

/**
 * The keyring and the ledger that a service of keys holds.
 *
 * @throws FacematchError `keyring-invalid`, `ledger-invalid`, `config-invalid`, `store-unavailable`, `storage-full`.
 */
export async function openRemoteKeys(
  access: KeyServiceAccess,
  expected: StoreBinding | 'any' | undefined,
): Promise<Keys> {
  const client = new KeyClient(access);
  try {
    const { id, generation, ledger } = await client.ask('state', {});
    if (expected !== 'any') {
      requireExpectedKeyring({ id, generation }, expected);
      requireExpectedLedger(ledger, expected?.ledger);
    }
    return {
      keyring: new RemoteKeyring(client, id, generation),
      ledger: new RemoteLedger(client, ledger.id),
    };
  } catch (error) {
    client.close();
    throw error;
  }
}

/**
 * A keyring behind a service of keys. Keys of stored records are asked for each time and kept nowhere, so a destroyed
 * one opens nothing from the answer on; what stays in memory are keys reserved for records to come.
 */
class RemoteKeyring implements Keyring {
  readonly id: string;
  readonly #client: KeyClient;
  readonly #reserved = new ReservedKeys((month, count) => this.reserveMany(month, count));
  readonly #opens = new BatchedOpens((wanted) => this.#fetch(wanted), mostKeys);
  readonly #watch: KeyringWatch;

  constructor(client: KeyClient, id: string, generation: number) {
    this.#client = client;
    this.id = id;
    this.#watch = new KeyringWatch(
      generation,
      async () => {
        const state = await this.#state();
        return { generation: state.generation, months: new Set(state.months) };
      },
      (months) => this.#reserved.keepOnly(months),
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

  async destroyKeys(month: Month, ids: readonly string[], ledgerSeq = 0): Promise<KeyringChange> {
    for (let from = 0; ; from += mostDestroyed) {
      const part = ids.slice(from, from + mostDestroyed);
      const last = from + mostDestroyed >= ids.length;
      // The ledger's batch counts as known once all of it is.
      const request = { month, ids: part, ledgerSeq: last ? ledgerSeq : 0 };
      const change = await this.#client.ask('destroy-keys', request);
      this.#watch.note(change.generation);
      if (last) return change;
    }
  }

  async destroyMonth(month: Month, heldIds: readonly string[] = [], ledgerSeq = 0): Promise<KeyringChange> {
    const change = await this.#client.ask('destroy-month', { month, heldIds: [...heldIds], ledgerSeq });
    this.#watch.note(change.generation);
    this.#reserved.forget(month);
    return change;
  }

  async months(): Promise<Month[]> {
    return (await this.#state()).months.filter((month) => month !== held).sort();
  }

  async state(): Promise<KeyringState> {
    const { generation, ledgerSeq, keys } = await this.#state();
    return { generation, ledgerSeq, keys };
  }

  async rotateMaster(): Promise<void> {
    throw new FacematchError(
      'input-invalid',
      'The key service holds the master key: change it there (docs/storage.md).',
    );
  }

  async rotateMonth(month: Month): Promise<void> {
    await this.#client.ask('rotate-month', { month });
  }

  verify(): Promise<KeyringCheck> {
    return this.#client.ask('verify', {});
  }

  async check(): Promise<void> {
    this.#watch.require();
    await this.#state();
  }

  async backup(): Promise<void> {
    throw new FacematchError(
      'input-invalid',
      'The key service holds the keyring, and copies it (docs/storage.md).',
    );
  }

  async close(): Promise<void> {
    this.#client.close();
    await this.#watch.close();
    this.#reserved.close();
  }

  /** Of the keyring this database belongs to, whoever answers. */
  async #state() {
    const state = await this.#client.ask('state', {});
    if (state.id !== this.id) throw keyFailure('keyring-invalid');
    return state;
  }

  async reserveMany(month: Month, count: number): Promise<DataKey[]> {
    this.#watch.require();
    const block: DataKey[] = [];
    while (block.length < count) {
      const request = { month, count: Math.min(count - block.length, mostReserved) };
      const { generation, keys } = await this.#client.ask('reserve', request);
      if (keys.length === 0) throw keyFailure('store-unavailable');
      this.#watch.note(generation);
      block.push(...keys.map(({ id, key }) => ({ id, month, key: asRecordKey(key), generation })));
    }
    return block;
  }

  async #fetch(wanted: readonly KeyWanted[]): Promise<(RecordKey | Error)[]> {
    const { keys } = await this.#client.ask('open', { keys: wanted.map(({ id, month }) => ({ id, month })) });
    return keys.map((one) => ('key' in one ? asRecordKey(one.key) : keyFailure(one.error)));
  }
}
