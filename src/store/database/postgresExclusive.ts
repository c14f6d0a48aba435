import { createHash } from 'node:crypto';
import pg from 'pg';
import type { Exclusive, Held } from './exclusive.js';
import { guardedPostgres, isDeadConnection } from './postgresFailures.js';
import { endSoon } from './postgresSession.js';

/** How often a connection says that it is there while something is held. */
const usualBeatMs = 5_000;
/** Whoever has had no answer for so many beats holds nothing any more. */
const beatsToLose = 3;
/**
 * And after so many the server ends a session that it hears nothing of, as on a network that lost it without a word:
 * later than its process gave it up, and long before the server's own system would tell it.
 */
const beatsToEnd = 12;

/**
 * Advisory locks of a session of their own: they end with the connection, so what a killed process held is free as
 * soon as the server sees that it is gone. Needs a connection that is its own, not one lent by a pooler in between.
 */
export class PostgresExclusive implements Exclusive {
  readonly #url: string;
  readonly #beatMs: number;
  readonly #held = new Map<string, AbortController>();
  #session: Promise<pg.Client> | undefined;
  /** The one whose locks count: an older one may still report its end. */
  #current: pg.Client | undefined;
  #beat: NodeJS.Timeout | undefined;
  /** When the question was asked that the server answered last: since then at most it may have ended the session. */
  #answeredAt = 0;
  #closed = false;

  constructor(url: string, beatMs: number = usualBeatMs) {
    this.#url = url;
    this.#beatMs = beatMs;
  }

  hold(name: string): Promise<Held | undefined> {
    // A session that turns out to be over, perhaps since the last one long ago, is no reason not to get it on another.
    const again = (error: unknown) => {
      if (!isDeadConnection(error)) throw error;
      return this.#tryHold(name);
    };
    return guardedPostgres(() => this.#tryHold(name).catch(again));
  }

  async #tryHold(name: string): Promise<Held | undefined> {
    // A session that holds a lock would be given it again.
    if (this.#held.has(name)) return undefined;
    const lost = new AbortController();
    this.#held.set(name, lost);
    let mine = false;
    try {
      const session = await this.#connected();
      const asked = performance.now();
      // Without an answer nobody knows whether the session has the lock: it ends with the session.
      const { rows } = await session
        .query('select pg_try_advisory_lock($1) as mine', [numberOf(name)])
        .catch((error: unknown) => {
          this.#abandon(session);
          throw error;
        });
      this.#answered(asked);
      mine = rows[0]?.mine === true && !lost.signal.aborted;
    } finally {
      if (!mine && this.#held.get(name) === lost) this.#held.delete(name);
    }
    if (!mine) return undefined;
    this.#keepBeating();
    return { lost: lost.signal, release: () => this.#release(name, lost) };
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#beat);
    const session = await this.#session?.catch(() => undefined);
    this.#lose();
    if (session !== undefined) await endSoon(session);
  }

  async #release(name: string, lost: AbortController): Promise<void> {
    if (this.#held.get(name) !== lost) return;
    const session = this.#current;
    try {
      await session?.query('select pg_advisory_unlock($1)', [numberOf(name)]);
    } catch {
      // The session is over, or now will be, and the lock with it.
      if (session !== undefined) this.#abandon(session);
    } finally {
      if (this.#held.get(name) === lost) this.#held.delete(name);
    }
  }

  #connected(): Promise<pg.Client> {
    if (this.#closed) return Promise.reject(new Error('Client was closed'));
    this.#session ??= this.#connect().catch((error: unknown) => {
      this.#session = undefined;
      throw error;
    });
    return this.#session;
  }

  async #connect(): Promise<pg.Client> {
    const session = new pg.Client({
      connectionString: this.#url,
      application_name: 'facematch-locks',
      connectionTimeoutMillis: 5_000,
      query_timeout: this.#beatMs,
      keepAlive: true,
    });
    this.#current = session;
    // In both cases it is over: every lock went with it. One cut connection reports both.
    const over = () => {
      if (this.#current === session) this.#lose();
    };
    session.on('error', over);
    session.on('end', over);
    try {
      await session.connect();
      await session.query(`set idle_session_timeout = ${beatsToEnd * this.#beatMs}`);
    } catch (error) {
      this.#abandon(session);
      throw error;
    }
    return session;
  }

  #keepBeating(): void {
    if (this.#beat !== undefined) return;
    this.#beat = setInterval(() => {
      const session = this.#current;
      if (this.#held.size === 0 || session === undefined) return;
      const asked = performance.now();
      // A process that itself stood still learns it here, before anything else that waited for it.
      if (asked - this.#answeredAt > beatsToLose * this.#beatMs) {
        this.#abandon(session);
        return;
      }
      session.query('select 1').then(
        () => this.#answered(asked),
        () => this.#abandon(session),
      );
    }, this.#beatMs);
    this.#beat.unref();
  }

  #answered(asked: number): void {
    this.#answeredAt = Math.max(this.#answeredAt, asked);
  }

  #abandon(session: pg.Client): void {
    if (this.#current === session) this.#lose();
    session.end().catch(() => undefined);
  }

  #lose(): void {
    const held = [...this.#held.values()];
    this.#held.clear();
    this.#session = undefined;
    this.#current = undefined;
    for (const lost of held) lost.abort();
  }
}

/** 63 bits of a hash: far from the small numbers of the locks that live as long as their transaction. */
function numberOf(name: string): string {
  const digest = createHash('sha256').update(`passport-facematch/v1/exclusive\0${name}`).digest();
  return (digest.readBigUInt64BE(0) >> 1n).toString();
}
