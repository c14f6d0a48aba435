import { type RawBuilder, sql } from 'kysely';
import pg from 'pg';
import { endSoon } from './postgresSession.js';

const channel = 'facematch';
/** By which a service is known on the server. */
export const listenerName = 'facematch-listener';
/** Between attempts to listen again. */
const againMs = 1_000;
/** How soon a connection is noticed on which nothing comes any more, though nobody cut it. */
const usualBeatMs = 10_000;

/** Part of a transaction: told when it commits, never when it does not. */
export const announcement = (): RawBuilder<unknown> => sql`select pg_notify(${channel}, '')`;

/**
 * Listens on a connection of its own, and again where that is lost; the listener is also called whenever it listens
 * anew, as something may have been said meanwhile.
 *
 * @returns what ends it.
 */
export function listenTo(
  url: string,
  listener: () => void,
  beatMs: number = usualBeatMs,
): () => Promise<void> {
  let ended = false;
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let beat: NodeJS.Timeout | undefined;
  const again = (lost: pg.Client) => {
    if (ended || client !== lost) return;
    client = undefined;
    clearInterval(beat);
    timer = setTimeout(begin, againMs);
    timer.unref();
  };
  const giveUp = (made: pg.Client) => {
    again(made);
    made.end().catch(() => undefined);
  };
  const begin = () => {
    const made = new pg.Client({
      connectionString: url,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      application_name: listenerName,
      connectionTimeoutMillis: 5_000,
      query_timeout: beatMs / 2,
    });
    client = made;
    made.on('error', () => again(made));
    made.on('end', () => again(made));
    made.on('notification', listener);
    made
      .connect()
      .then(() => made.query(`listen ${channel}`))
      .then(() => {
        listener();
        if (ended || client !== made) return;
        beat = setInterval(() => made.query('select 1').catch(() => giveUp(made)), beatMs);
        beat.unref();
      })
      .catch(() => giveUp(made));
  };
  begin();
  return async () => {
    ended = true;
    clearTimeout(timer);
    clearInterval(beat);
    if (client !== undefined) await endSoon(client);
  };
}
