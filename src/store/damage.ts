import { FacematchError, isFacematchError } from '../errors.js';
import type { RecordDatabase } from './database.js';

/** SQLite's names, and PostgreSQL's numbers (data_corrupted, index_corrupted), for a page that is not what it was. */
const damaged = /^(SQLITE_CORRUPT|SQLITE_NOTADB|XX001$|XX002$)/;

/**
 * Remembers that the database turned out to be damaged. Nothing is written to it from then on: where a damaged index
 * or page sends a write is not known, and a restore should find what there was.
 */
export class Damage {
  readonly #told: ((code: string) => void) | undefined;
  #found: string | undefined;

  /** @param told once, with the engine's code for what was met. */
  constructor(told?: (code: string) => void) {
    this.#told = told;
  }

  /** @throws FacematchError `store-unavailable` once damage was met, until the store is opened anew. */
  requireNone(): void {
    if (this.#found === undefined) return;
    throw new FacematchError('store-unavailable', 'The database is damaged: nothing is written to it.', {
      database: this.#found,
    });
  }

  /** The database, with what goes wrong in it looked at. */
  watched(database: RecordDatabase): RecordDatabase {
    const watched = (other: RecordDatabase) => this.watched(other);
    return {
      get patient() {
        return watched(database.patient);
      },
      read: (query) => this.#watch(database.read(query)),
      write: async (work, subjects) => {
        this.requireNone();
        return this.#watch(database.write(work, subjects));
      },
      rotateLookup: async (key) => {
        this.requireNone();
        return this.#watch(database.rotateLookup(key));
      },
      checkpoint: () => this.#watch(database.checkpoint()),
      announce: (trx) => database.announce(trx),
      onAnnounced: (listener) => database.onAnnounced(listener),
      close: () => database.close(),
    };
  }

  async #watch<T>(operation: Promise<T>): Promise<T> {
    try {
      return await operation;
    } catch (error) {
      this.#note(error);
      throw error;
    }
  }

  #note(error: unknown): void {
    if (this.#found !== undefined || !isFacematchError(error, 'store-unavailable')) return;
    const code = Object.values(error.facts).find((fact) => typeof fact === 'string' && damaged.test(fact));
    if (typeof code !== 'string') return;
    this.#found = code;
    this.#told?.(code);
  }
}
