import { FacematchError, isFacematchError } from '../errors.js';

/**
 * Remembers that the database turned out to be damaged. Nothing is written to it from then on: what a damaged index
 * or page sends a write to is not known, and a restore should find what there was.
 */
export class Damage {
  #found: string | undefined;
  #told: (sqlite: string) => void = () => undefined;

  /** @param told once, with SQLite's name for what was met. */
  tell(told: (sqlite: string) => void): void {
    this.#told = told;
  }

  /** @throws FacematchError `store-unavailable` once damage was met, until the store is opened anew. */
  requireNone(): void {
    if (this.#found === undefined) return;
    throw new FacematchError('store-unavailable', 'The database is damaged: nothing is written to it.', {
      sqlite: this.#found,
    });
  }

  async watch<T>(operation: Promise<T>): Promise<T> {
    try {
      return await operation;
    } catch (error) {
      this.#note(error);
      throw error;
    }
  }

  #note(error: unknown): void {
    const sqlite = isFacematchError(error, 'store-unavailable') ? error.facts['sqlite'] : undefined;
    if (this.#found !== undefined || typeof sqlite !== 'string' || !/^SQLITE_(CORRUPT|NOTADB)/.test(sqlite))
      return;
    this.#found = sqlite;
    this.#told(sqlite);
  }
}
