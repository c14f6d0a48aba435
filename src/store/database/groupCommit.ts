import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Kysely, sql, type Transaction } from 'kysely';
import { ownTurn } from '../../ownTurn.js';
import type { Schema } from '../schema.js';

/** Works that share a transaction at most: each waits for all of them. */
const mostTogether = 32;
/** After so many milliseconds no further one joins: nothing else is answered meanwhile. */
const longestMs = 4;

/** Runs the steps of a transaction, again from the start where that helps. */
export type Transact = (steps: (trx: Transaction<Schema>) => Promise<void>) => Promise<void>;

/**
 * Works that arrive together share one transaction, and with it the wait for the disk that makes it durable. Each
 * runs in a savepoint of its own: it succeeds or fails alone, and none resolves before all are durable.
 */
export class GroupCommit {
  readonly #transact: Transact;
  readonly #committed: () => Promise<void>;
  #waiting: Work[] = [];
  #committing = false;

  /** @param committed what is done after a commit and before the next one; never rejects. */
  constructor(
    kysely: Kysely<Schema>,
    retried: (attempt: () => Promise<void>) => Promise<void>,
    committed: () => Promise<void>,
  ) {
    this.#transact = (steps) => retried(() => kysely.transaction().execute(steps));
    this.#committed = committed;
  }

  write<T>(work: (trx: Transaction<Schema>) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let settle = (): void => {};
      this.#waiting.push({
        run: async (trx) => {
          const result = await work(trx);
          settle = () => resolve(result);
        },
        failed: (error) => {
          settle = () => reject(error);
        },
        settle: () => settle(),
      });
      if (!this.#committing) void this.#commitAll();
    });
  }

  async #commitAll(): Promise<void> {
    this.#committing = true;
    while (this.#waiting.length > 0) {
      // What other events of this turn still bring joins in.
      await nextTurn();
      await ownTurn();
      const taken = await this.#commit(this.#waiting.slice(0, mostTogether));
      for (const { settle } of this.#waiting.splice(0, taken)) settle();
      await this.#committed();
    }
    this.#committing = false;
  }

  /** How many of them, from the first on, were committed or given up. Never rejects: what goes wrong is each work's own. */
  async #commit(group: readonly Work[]): Promise<number> {
    let taken = 0;
    try {
      await this.#transact(async (trx) => {
        const ends = performance.now() + longestMs;
        taken = 0;
        for (const work of group) {
          if (taken > 0 && performance.now() > ends) break;
          taken += 1;
          if (group.length === 1) await work.run(trx);
          else await apart(trx, work);
        }
      });
    } catch (error) {
      // Where the transaction did not even begin, it is everybody's failure.
      if (taken === 0) taken = group.length;
      for (const work of group.slice(0, taken)) work.failed(error);
    }
    return taken;
  }
}

interface Work {
  run(trx: Transaction<Schema>): Promise<void>;
  failed(error: unknown): void;
  /** Tells whoever waits; once the group is durable or given up. */
  settle(): void;
}

async function apart(trx: Transaction<Schema>, work: Work): Promise<void> {
  await sql`savepoint work`.execute(trx);
  try {
    await work.run(trx);
  } catch (error) {
    // On a full disk SQLite has rolled back the whole transaction by itself: then it is everybody's failure.
    await sql`rollback to work`.execute(trx).catch(() => {
      throw error;
    });
    work.failed(error);
  }
  await sql`release work`.execute(trx);
}
