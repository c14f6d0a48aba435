/** What is done by one at a time, among all processes that share the records. */
export interface Exclusive {
  /** @returns undefined where somebody else holds it. @throws FacematchError `store-unavailable` */
  hold(name: string): Promise<Held | undefined>;
  /** Lets go of everything. */
  close(): Promise<void>;
}

export interface Held {
  /** Aborts when it can no longer be said that nobody else holds it: then the work ends. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/** For the one process that has a file. */
export class ExclusiveInProcess implements Exclusive {
  readonly #held = new Set<string>();

  async hold(name: string): Promise<Held | undefined> {
    if (this.#held.has(name)) return undefined;
    this.#held.add(name);
    return {
      lost: new AbortController().signal,
      release: async () => {
        this.#held.delete(name);
      },
    };
  }

  async close(): Promise<void> {
    this.#held.clear();
  }
}
