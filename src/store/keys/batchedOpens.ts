import type { RecordKey } from '../crypto/keys.js';
import type { Month } from '../month.js';

/** A key to open, and the month in which its record's retention ends. */
export interface KeyWanted {
  readonly id: string;
  readonly month: Month;
}

interface Waiting {
  readonly wanted: KeyWanted;
  readonly resolve: (key: RecordKey) => void;
  readonly reject: (error: unknown) => void;
}

/** Keys asked for in one turn of the event loop are fetched together: a list of records costs one round trip. */
export class BatchedOpens {
  readonly #fetch: (wanted: readonly KeyWanted[]) => Promise<readonly (RecordKey | Error)[]>;
  readonly #most: number;
  #waiting: Waiting[] = [];

  /**
   * @param fetch each key or why there is none, in the order asked for.
   * @param most keys fetched at once.
   */
  constructor(
    fetch: (wanted: readonly KeyWanted[]) => Promise<readonly (RecordKey | Error)[]>,
    most: number,
  ) {
    this.#fetch = fetch;
    this.#most = most;
  }

  open(id: string, month: Month): Promise<RecordKey> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#flush());
      this.#waiting.push({ wanted: { id, month }, resolve, reject });
    });
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let from = 0; from < waiting.length; from += this.#most) {
      void this.#settle(waiting.slice(from, from + this.#most));
    }
  }

  async #settle(batch: readonly Waiting[]): Promise<void> {
    try {
      const found = await this.#fetch(batch.map(({ wanted }) => wanted));
      for (const [index, { resolve, reject }] of batch.entries()) {
        const key = found[index];
        if (key instanceof Uint8Array) resolve(key);
        else reject(key ?? new Error('a key was not answered'));
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
