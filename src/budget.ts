/** Gives back what was taken, or all but `keep` of it. Once nothing is left to give back it does nothing. */
export type Release = (keep?: number) => void;

/**
 * A bounded amount (bytes in memory, work in flight) that many share. The parties that wait take turns, each served in
 * its own order.
 */
export class Budget {
  #free: number;
  /** By party; whose turn is next stands first. */
  readonly #waiting = new Map<string, Waiting[]>();

  /** @param most the whole amount, and the largest that can be taken at a time */
  constructor(readonly most: number) {
    this.#free = most;
  }

  get free(): number {
    return this.#free;
  }

  /** Waits until the amount is free; rejects with the signal's reason when that aborts first. */
  take(amount: number, signal?: AbortSignal, party = ''): Promise<Release> {
    const wanted = Math.min(amount, this.most);
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const abort = (): void => {
        this.#leave(party, waiting);
        reject(signal?.reason);
        this.#serve();
      };
      const waiting: Waiting = {
        amount: wanted,
        grant: () => {
          signal?.removeEventListener('abort', abort);
          resolve(this.#releaseOf(wanted));
        },
      };
      signal?.addEventListener('abort', abort, { once: true });
      const own = this.#waiting.get(party);
      if (own === undefined) this.#waiting.set(party, [waiting]);
      else own.push(waiting);
      this.#serve();
    });
  }

  #serve(): void {
    for (;;) {
      const [next] = this.#waiting;
      if (next === undefined) return;
      const [party, own] = next;
      const [first] = own;
      if (first === undefined || first.amount > this.#free) return;
      this.#leave(party, first);
      if (own.length > 0) {
        this.#waiting.delete(party);
        this.#waiting.set(party, own);
      }
      this.#free -= first.amount;
      first.grant();
    }
  }

  #leave(party: string, waiting: Waiting): void {
    const own = this.#waiting.get(party) ?? [];
    const at = own.indexOf(waiting);
    if (at !== -1) own.splice(at, 1);
    if (own.length === 0) this.#waiting.delete(party);
  }

  #releaseOf(amount: number): Release {
    let held = amount;
    return (keep = 0) => {
      const given = Math.max(0, held - keep);
      held -= given;
      this.#free += given;
      this.#serve();
    };
  }
}

interface Waiting {
  readonly amount: number;
  grant(): void;
}
