import { FacematchError } from '../../errors.js';
import type { Ledger, LedgerBatch, NumberedBatch } from '../ledger.js';
import type { KeyClient } from './keyClient.js';
import { base64, wireOf } from './keyProtocol.js';

/** A ledger behind a service of keys. */
export class RemoteLedger implements Ledger {
  readonly #client: KeyClient;
  readonly id: string;

  constructor(client: KeyClient, id: string) {
    this.#client = client;
    this.id = id;
  }

  async append(batch: LedgerBatch): Promise<number> {
    return (await this.#client.ask('ledger-append', wireOf(batch))).seq;
  }

  async lastSeq(): Promise<number> {
    return (await this.#client.ask('state', {})).ledger.seq;
  }

  async after(seq: number, limit = 50): Promise<NumberedBatch[]> {
    return (await this.#client.ask('ledger-after', { seq, limit })).batches;
  }

  async find(recordKey: Uint8Array): Promise<NumberedBatch | undefined> {
    return (await this.#client.ask('ledger-find', { recordKey: base64(recordKey) })).batch;
  }

  async verify(): Promise<number | undefined> {
    return (await this.#client.ask('ledger-verify', {})).broken;
  }

  async prune(before: Date): Promise<void> {
    await this.#client.ask('ledger-prune', { before: before.toISOString() });
  }

  async backup(): Promise<void> {
    throw new FacematchError(
      'input-invalid',
      'The key service holds the destruction ledger, and copies it (docs/storage.md).',
    );
  }

  async close(): Promise<void> {
    this.#client.close();
  }
}
