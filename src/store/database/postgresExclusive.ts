import { createHash } from 'node:crypto';
import pg from 'pg';
import type { Exclusive, Held } from './exclusive.js';
import { guardedPostgres } from './postgresFailures.js';

/** How soon a connection that hangs is noticed while something is held. */
const beatMs = 5_000;

/**
 * Advisory locks of a session of their own: they end with the connection, so what a killed process held is free as
 * soon as the server sees that it is gone. Needs a connection that is its own, not one lent by a pooler in between.
 */
export class PostgresExclusive implements Exclusive {
  readonly #url: string;
  readonly #held = new Map<string, AbortController>();
  #session: Promise<pg.Client> | undefined;
  /** The one whose locks count: an older one may still report its end. */
  #current: pg.Client | undefined;
  #beat: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(url: string) {
    this.#url = url;
  }

  hold(name: string): Promise<Held | undefined> {
    return guardedPostgres(async () => {
      // A session that holds a lock would be given it again.
      if (this.#held.has(name)) return undefined;
      const lost = new AbortController();
      this.#held.set(name, lost);
      let mine = false;
      try {
        const session = await this.#connected();
        const { rows } = await session.query('select pg_try_advisory_lock($1) as mine', [numberOf(name)]);
        mine = rows[0]?.mine === true && !lost.signal.aborted;
      } catch (error) {
        // Without an answer nobody knows whether the session has the lock: it ends with the session.
        await this.#abandon();
        throw error;
      } finally {
        if (!mine && this.#held.get(name) === lost) this.#held.delete(name);
      }
      if (!mine) return undefined;
      this.#keepBeating();
      return { lost: lost.signal, release: () => this.#release(name, lost) };
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#beat);
    const session = await this.#session?.catch(() => undefined);
    this.#lose();
    await session?.end().catch(() => undefined);
  }

  async #release(name: string, lost: AbortController): Promise<void> {
    if (this.#held.get(name) !== lost) return;
    try {
      const session = await this.#session;
      await session?.query('select pg_advisory_unlock($1)', [numberOf(name)]);
    } catch {
      // The session is over, or now will be, and the lock with it.
      await this.#abandon();
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
      query_timeout: beatMs,
      keepAlive: true,
    });
    this.#current = session;
    // In both cases it is over: every lock went with it. One cut connection reports both.
    const over = () => {
      if (this.#current === session) this.#lose();
    };
    session.on('error', over);
    session.on('end', over);
    await session.connect();
    return session;
  }

  #keepBeating(): void {
    if (this.#beat !== undefined) return;
    this.#beat = setInterval(() => {
      if (this.#held.size === 0) return;
      this.#session?.then((session) => session.query('select 1')).catch(() => this.#abandon());
    }, beatMs);
    this.#beat.unref();
  }

  async #abandon(): Promise<void> {
    const session = await this.#session?.catch(() => undefined);
    this.#lose();
    session?.end().catch(() => undefined);
  }

  #lose(): void {
    this.#session = undefined;
    this.#current = undefined;
    const held = [...this.#held.values()];
    this.#held.clear();
    for (const lost of held) lost.abort();
  }
}

/** 63 bits of a hash: far from the small numbers of the locks that live as long as their transaction. */
function numberOf(name: string): string {
  const digest = createHash('sha256').update(`passport-facematch/v1/exclusive\0${name}`).digest();
  return (digest.readBigUInt64BE(0) >> 1n).toString();
}
