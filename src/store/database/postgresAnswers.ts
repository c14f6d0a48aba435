import type pg from 'pg';

/** For what changes whole tables: migrations, a new look-up key, vacuum. */
export const asLongAsNeeded = 0;

/**
 * For what takes long by its nature, such as reports of years or a month's destruction: nothing in a process that
 * serves waits for ever. Commands, which serve nobody, wait.
 *
 * @param answerMs what requests have.
 */
export const patienceBeside = ({ answerMs }: { readonly answerMs?: number | undefined }): number =>
  answerMs === undefined ? asLongAsNeeded : 30 * 60_000;

/** What stands for "no bound" to the driver's timer. */
const longestMs = 2_147_483_647;

/**
 * A connection of a pool on which a query has its time: the database ends it by itself, and where the database does
 * not answer at all the connection is given up at once, so that nobody gets an answer that somebody else gave up.
 */
export class AskedClient {
  readonly #client: pg.PoolClient;
  readonly #patienceMs: number | undefined;
  #givenUp = false;
  #gathering = false;

  /** @param patienceMs instead of what the pool says. */
  constructor(client: pg.PoolClient, patienceMs: number | undefined) {
    this.#client = client;
    this.#patienceMs = patienceMs;
  }

  /** Each time that the pool lends it. A commit's wait for standbys is outside of what the database bounds. */
  async begin(): Promise<void> {
    if (this.#patienceMs === undefined) return;
    try {
      await this.#client.query(`set statement_timeout = ${this.#patienceMs}`);
    } catch (error) {
      this.#giveUp();
      throw error;
    }
  }

  async query(query: string | pg.QueryConfig): Promise<pg.QueryResult> {
    this.#gather();
    try {
      return await this.#client.query(this.#timed(query));
    } catch (error) {
      if (isUnanswered(error)) this.#giveUp();
      throw error;
    }
  }

  /** @param lost when nobody is to have it again. */
  release(lost: boolean): void {
    if (this.#givenUp) return;
    if (lost || this.#patienceMs === undefined) {
      this.#client.release(lost);
      return;
    }
    this.#client.query('reset statement_timeout').then(
      () => this.#client.release(),
      () => this.#client.release(true),
    );
  }

  /** What is asked before anything is waited for goes in one piece: each piece wakes the database. */
  #gather(): void {
    const { stream } = this.#client.connection;
    if (this.#gathering) return;
    this.#gathering = true;
    stream.cork();
    process.nextTick(() => {
      this.#gathering = false;
      stream.uncork();
    });
  }

  #timed(query: string | pg.QueryConfig): pg.QueryConfig {
    const config = typeof query === 'string' ? { text: query } : query;
    if (this.#patienceMs === undefined) return config;
    return {
      ...config,
      query_timeout: this.#patienceMs === asLongAsNeeded ? longestMs : this.#patienceMs,
    } as pg.QueryConfig;
  }

  /** To the pool it is lost, which closes it; whatever is still asked on it fails. */
  #giveUp(): void {
    if (this.#givenUp) return;
    this.#givenUp = true;
    this.#client.release(true);
  }
}

const isUnanswered = (error: unknown): boolean =>
  error instanceof Error && error.message === 'Query read timeout';
