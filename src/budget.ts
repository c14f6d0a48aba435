/** Gives back what was taken, or all but `keep` of it. Once nothing is left to give back it does nothing. */
export type Release = (keep?: number) => void;

/** A bounded amount (bytes in memory, work in flight) that many share. Who waits is served in order. */
export class Budget {
  #free: number;
  readonly #waiting: Waiting[] = [];

  /** @param most the whole amount, and the largest that can be taken at a time */
  constructor(readonly most: number) {
    this.#free = most;
  }

  get free(): number {
    return this.#free;
  }

  /** Waits until the amount is free; rejects with the signal's reason when that aborts first. */
  take(amount: number, signal?: AbortSignal): Promise<Release> {
    const wanted = Math.min(amount, this.most);
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const abort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
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
      this.#waiting.push(waiting);
      this.#serve();
    });
  }

  #serve(): void {
    for (
      let [first] = this.#waiting;
      first !== undefined && first.amount <= this.#free;
      [first] = this.#waiting
    ) {
      this.#waiting.shift();
      this.#free -= first.amount;
      first.grant();
    }
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
