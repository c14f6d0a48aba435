import type { MonthKey, WrappingKey } from '../crypto/keys.js';
import { invalidKeyring } from '../keyring.js';
import { masterCheck, unwrapMonthKey, verifyMaster, wrapMonthKey } from '../keyWrapping.js';
import type { Month } from '../month.js';

/** Milliseconds for which an unwrapped month key stays in memory; a destroyed month's goes at the next look. */
export const monthKeyLifeMs = 60_000;

interface Unwrapped {
  readonly wrapped: Uint8Array;
  readonly key: MonthKey;
  readonly until: number;
}

/**
 * Unwraps month keys under one of the master keys at hand, the newest last. What is in memory serves only the very
 * bytes that were just read, so neither a destroyed nor a rotated key opens anything from here.
 */
export class MonthKeys {
  readonly #known = new Map<Month, Unwrapped>();
  readonly #now: () => number;
  #masters: readonly WrappingKey[];

  /** @param now milliseconds that only grow. */
  constructor(masters: readonly WrappingKey[], now: () => number = () => performance.now()) {
    this.#masters = masters;
    this.#now = now;
  }

  /** @throws FacematchError `keyring-invalid` when no master key at hand opens it. */
  unwrap(month: Month, wrapped: Uint8Array): MonthKey {
    const known = this.#known.get(month);
    if (known !== undefined && Buffer.compare(known.wrapped, wrapped) === 0) return known.key;
    const key = this.#first((master) => unwrapMonthKey(master, month, wrapped));
    if (key === undefined) {
      throw invalidKeyring('A month of the keyring does not open: the master key is another one by now.', {
        month,
      });
    }
    this.#forget(month);
    this.#known.set(month, { wrapped, key, until: this.#now() + monthKeyLifeMs });
    return key;
  }

  /** @param check what the keyring says of the master key in use. @throws FacematchError `keyring-invalid` */
  wrap(month: Month, key: MonthKey, keyringId: string, check: Uint8Array): Uint8Array {
    return wrapMonthKey(this.current(keyringId, check), month, key);
  }

  /** The master key in use. @throws FacematchError `keyring-invalid` when it is none of those at hand. */
  current(keyringId: string, check: Uint8Array): WrappingKey {
    const found = this.#first((master) => {
      verifyMaster(master, keyringId, check);
      return master;
    });
    if (found === undefined) throw invalidKeyring('The master key is not the one of this keyring.');
    return found;
  }

  /** The check of a new keyring, under the newest master key. */
  newCheck(keyringId: string): Uint8Array {
    const [newest] = this.#masters.slice(-1);
    if (newest === undefined) throw invalidKeyring('There is no master key.');
    return masterCheck(newest, keyringId);
  }

  add(master: WrappingKey): void {
    this.#masters = [...this.#masters, master];
  }

  /** Forgets months that are no longer there, and those unwrapped too long ago. */
  keepOnly(months: ReadonlySet<Month>): void {
    const now = this.#now();
    for (const [month, { until }] of this.#known) if (!months.has(month) || until < now) this.#forget(month);
  }

  clear(): void {
    for (const month of [...this.#known.keys()]) this.#forget(month);
  }

  get size(): number {
    return this.#known.size;
  }

  #first<T>(attempt: (master: WrappingKey) => T): T | undefined {
    for (const master of [...this.#masters].reverse()) {
      try {
        return attempt(master);
      } catch {
        // Another master key may open it.
      }
    }
    return undefined;
  }

  #forget(month: Month): void {
    this.#known.get(month)?.key.fill(0);
    this.#known.delete(month);
  }
}
