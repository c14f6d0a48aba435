import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Schema } from '../schema.js';

/** Works that share a transaction at most: each waits for all of them. */
const mostTogether = 32;

/** Runs the steps of a transaction, again from the start where that helps. */
export type Transact = (steps: (trx: Transaction<Schema>) => Promise<void>) => Promise<void>;

/**
 * Works that arrive together share one transaction, and with it the wait for the disk that makes it durable. Each
 * runs in a savepoint of its own: it succeeds or fails alone, and none resolves before all are durable.
 */
export class GroupCommit {
  readonly #transact: Transact;
  #waiting: Work[] = [];
  #committing = false;

  constructor(kysely: Kysely<Schema>, retried: (attempt: () => Promise<void>) => Promise<void>) {
    this.#transact = (steps) => retried(() => kysely.transaction().execute(steps));
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
      const group = this.#waiting.splice(0, mostTogether);
      await this.#commit(group);
      for (const { settle } of group) settle();
    }
    this.#committing = false;
  }

  /** Never rejects: what goes wrong is each work's own. */
  async #commit(group: readonly Work[]): Promise<void> {
    try {
      await this.#transact(async (trx) => {
        const [only, ...others] = group;
        if (only !== undefined && others.length === 0) await only.run(trx);
        else for (const work of group) await apart(trx, work);
      });
    } catch (error) {
      for (const work of group) work.failed(error);
    }
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
