import { FacematchError, isFacematchError } from '../errors.js';
import { ownTurn } from '../ownTurn.js';
import type { DataKey } from './keyring.js';
import type { Month } from './month.js';

/** Keys are made this many at a time: one durable commit serves so many records; unused ones open nothing. */
const blockSize = 64;
/** And this many where the first block is nearly used up: a commit holds others up for a moment. */
const nextBlockSize = 256;

/** Keys made ahead of the records that will use them, by month. */
export class ReservedKeys {
  readonly #make: (month: Month, count: number) => Promise<DataKey[]>;
  readonly #reserved = new Map<Month, DataKey[]>();
  /** Whoever finds none waits for the block that another is making. */
  readonly #making = new Map<Month, Promise<void>>();
  #closed = false;

  /** @param make so many keys of a month, durable, in the order in which they are to be used. */
  constructor(make: (month: Month, count: number) => Promise<DataKey[]>) {
    this.#make = make;
  }

  async take(month: Month): Promise<DataKey> {
    for (;;) {
      const reserved = this.#reserved.get(month);
      const key = reserved?.pop();
      if (key !== undefined) {
        // Between requests rather than in one: making keys waits for the disk.
        if (reserved?.length === blockSize / 4) setImmediate(() => void this.#refill(month));
        return key;
      }
      await (this.#making.get(month) ?? this.#block(month, blockSize));
    }
  }

  async prepare(month: Month, count: number): Promise<void> {
    const block = await this.#make(month, count);
    if (this.#closed) throw new FacematchError('store-unavailable', 'The keyring is closed.');
    // The first made is the first used, so that keys lie in the order of the records they open.
    this.#reserved.set(month, [...block.reverse(), ...(this.#reserved.get(month) ?? [])]);
  }

  /** Forgets what was made for a month whose records are gone. */
  forget(month: Month): void {
    for (const { key } of this.#reserved.get(month) ?? []) key.fill(0);
    this.#reserved.delete(month);
  }

  /** Forgets what was made for months that are no longer there. */
  keepOnly(months: ReadonlySet<Month>): void {
    for (const month of this.#reserved.keys()) if (!months.has(month)) this.forget(month);
  }

  close(): void {
    this.#closed = true;
    for (const month of this.#reserved.keys()) this.forget(month);
  }

  #block(month: Month, count: number): Promise<void> {
    const made = this.prepare(month, count).finally(() => this.#making.delete(month));
    this.#making.set(month, made);
    return made;
  }

  /** Makes the next keys before they are missed. Whoever needs one when it failed meets the failure again. */
  async #refill(month: Month): Promise<void> {
    await ownTurn();
    if (this.#closed || !this.#reserved.has(month) || this.#making.has(month)) return;
    try {
      await this.#block(month, nextBlockSize);
    } catch (error) {
      if (!isFacematchError(error)) throw error;
    }
  }
}
