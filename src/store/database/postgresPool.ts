import { createHash } from 'node:crypto';
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import type { Schema } from '../schema.js';
import { heardLater } from './heardLater.js';
import { AskedClient } from './postgresAnswers.js';
import { isStalePlan } from './postgresFailures.js';
import { PostgresWords } from './postgresWords.js';

export interface PostgresSettings {
  /** `postgres://…`; TLS and schema as its parameters say (`sslmode`, `sslrootcert`, `options`). */
  readonly url: string;
  /** Connections at most. */
  readonly connections?: number | undefined;
  /** Milliseconds a request waits for a free connection before it is refused; five seconds unless given. */
  readonly waitMs?: number | undefined;
  /** Milliseconds after which the database ends a transaction whose process says nothing; a minute unless given. */
  readonly silentTransactionMs?: number | undefined;
  /** Milliseconds that a query may take; as long as it needs unless given. */
  readonly answerMs?: number | undefined;
  readonly readOnly?: boolean | undefined;
}

/** Longer than any transaction that others wait for. */
const lockTimeoutMs = 15_000;
/** What a process that hangs in the middle of a transaction holds is free after this. */
const longestSilenceMs = 60_000;
/** A database that answers at all says first that it gave up. */
const silenceMs = 2_000;
/** Between looks whether whoever has not spoken for as long is still there. */
const keepAliveMs = 10_000;
/** A statement of this many characters or more is one of a kind, such as the rows of a bulk insert. */
const longestNamed = 4_000;
const mostNamed = 500;

/** Whole numbers that a JavaScript number cannot hold never pass for others. */
function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new RangeError('a number of the database is too large');
  return number;
}

/** Counts and sums arrive as numbers, bytes as buffers, everything else as text. */
const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  [pg.types.builtins.INT8]: wholeNumber,
  [pg.types.builtins.NUMERIC]: wholeNumber,
};
const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    (format === 'binary' ? undefined : parsers[oid]) ??
    pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
};

/** Milliseconds that a request waits for its turn. */
export const waitFor = ({ waitMs = 5_000 }: Pick<PostgresSettings, 'waitMs'>): number => waitMs;

/** A pool whose lost connections are replaced and never end the process. */
export function connectionPool(settings: PostgresSettings): pg.Pool {
  const {
    url,
    connections = 10,
    answerMs,
    silentTransactionMs = longestSilenceMs,
    readOnly = false,
  } = settings;
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: waitFor(settings),
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMs,
    application_name: 'facematch',
    pipeline: true,
    lock_timeout: lockTimeoutMs,
    idle_in_transaction_session_timeout: silentTransactionMs,
    ...(answerMs === undefined ? {} : { statement_timeout: answerMs, query_timeout: answerMs + silenceMs }),
    types,
    onConnect: async (client) => {
      if (readOnly) await client.query('set session characteristics as transaction read only');
    },
  });
  // Whoever uses a connection when it is lost is told by the query; nobody need be told of one that is idle.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/**
 * The same queries as on SQLite, to which a list of nothing is a list too.
 *
 * @param patienceMs how long each may take instead of what the pool says.
 */
export function queriesOn<DB = Schema>(pool: pg.Pool, patienceMs?: number): Kysely<DB> {
  return new Kysely<DB>({
    dialect: new PostgresDialect({ pool: namedStatements(pool, patienceMs) }),
    plugins: [new PostgresWords()],
  });
}

/** What Kysely gets of a pool. */
function namedStatements(pool: pg.Pool, patienceMs: number | undefined): PostgresPool {
  const clients = new WeakMap<pg.PoolClient, { asked: AskedClient; wrapped: PostgresPoolClient }>();
  const names = new StatementNames();
  return {
    async connect() {
      const client = await pool.connect();
      const known = clients.get(client) ?? wrapped(new AskedClient(client, patienceMs), names);
      clients.set(client, known);
      await known.asked.begin();
      return known.wrapped;
    },
    end: () => pool.end(),
  };
}

const wrapped = (asked: AskedClient, names: StatementNames) => ({ asked, wrapped: wrap(asked, names) });

/** Each SQL text is parsed and planned once for each connection: it costs as much as running it. */
function wrap(client: AskedClient, names: StatementNames): PostgresPoolClient {
  let lost = false;
  let begin: string | undefined;
  /** What statements that were not waited for failed with. */
  let unheard: Promise<{ failure: unknown } | undefined>[] = [];

  const send = async (sql: string, parameters: readonly unknown[]): Promise<pg.QueryResult | undefined> => {
    const name = parameters.length === 0 && !sql.startsWith('select') ? undefined : names.of(sql);
    try {
      return lastOf(
        await client.query({ text: sql, values: [...parameters], ...(name === undefined ? {} : { name }) }),
      );
    } catch (error) {
      if (isStalePlan(error)) names.renew();
      throw error;
    }
  };
  /** The answers come in the order of the statements: what was sent before is answered when this is. */
  const heard = async <T>(answer: Promise<T>): Promise<T> => {
    if (unheard.length === 0) return answer;
    const before = unheard;
    unheard = [];
    const [own] = await Promise.allSettled([answer]);
    const failed = (await Promise.all(before)).find((one) => one !== undefined);
    // The first failure is the reason of those after it.
    if (failed !== undefined) throw failed.failure;
    if (own.status === 'rejected') throw own.reason;
    return own.value;
  };
  const query = async (sql: string, parameters: readonly unknown[]) => {
    // Goes with the statement after it, which takes the locks: a way to the database and back less.
    if (sql.startsWith('start transaction')) {
      begin = sql;
      return none('START');
    }
    if (begin !== undefined) {
      const first = begin;
      begin = undefined;
      if (sql === 'rollback') return none('ROLLBACK');
      if (parameters.length === 0) return send(`${first}; ${sql}`, []);
      await client.query(first);
    }
    if (sql.startsWith(heardLater)) {
      const failure = send(sql, parameters).then(
        () => undefined,
        (error: unknown) => ({ failure: error }),
      );
      unheard.push(failure);
      return none('SENT');
    }
    if (sql === 'rollback') {
      // A connection whose transaction cannot be ended is given up; what failed first is what is reported.
      unheard = [];
      return client.query(sql).catch(() => {
        lost = true;
        return none('ROLLBACK');
      });
    }
    if (sql.startsWith('rollback to')) unheard = [];
    const result = await heard(send(sql, parameters));
    // To a transaction in which a statement failed the database answers that it was rolled back, and no error.
    if (sql === 'commit' && result?.command !== 'COMMIT') throw new Error('The transaction was rolled back.');
    return result;
  };
  return {
    query: query as unknown as PostgresPoolClient['query'],
    release: () => client.release(lost || unheard.length > 0),
  };
}

const none = (command: string) => ({ command, rowCount: 0, rows: [] });

/** Of several statements in one text. */
function lastOf(results: pg.QueryResult | pg.QueryResult[]): pg.QueryResult | undefined {
  return Array.isArray(results) ? results.at(-1) : results;
}

/** The same text has the same name on every connection. */
class StatementNames {
  readonly #names = new Map<string, string>();
  #round = 0;

  of(sql: string): string | undefined {
    const known = this.#names.get(sql);
    if (known !== undefined) return known;
    // Statements of many lengths would otherwise stay with the server for as long as the connection lives.
    if (sql.length >= longestNamed || this.#names.size >= mostNamed) return undefined;
    const digest = createHash('sha256').update(`${this.#round} ${sql}`).digest('base64url');
    const name = digest.slice(0, 32);
    this.#names.set(sql, name);
    return name;
  }

  /** From now on everything is planned anew: a newer version of the program added to the tables. */
  renew(): void {
    this.#round += 1;
    this.#names.clear();
  }
}
