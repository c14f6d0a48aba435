/** Runs work of one key one after another, in the order it came; work of other keys goes on beside it. */
export class KeyedQueue {
  readonly #last = new Map<string, Promise<void>>();

  /** Settles as the work does; a failure does not stop what waits behind it. */
  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const result = (this.#last.get(key) ?? Promise.resolve()).then(work);
    const ended: Promise<void> = result.then(
      () => this.#leave(key, ended),
      () => this.#leave(key, ended),
    );
    this.#last.set(key, ended);
    return result;
  }

  #leave(key: string, ended: Promise<void>): void {
    if (this.#last.get(key) === ended) this.#last.delete(key);
  }
}
