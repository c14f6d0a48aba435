import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';

/** A goodbye that nobody answers is given up after this. */
const goodbyeMs = 2_000;

/** Ends a session; where the network lost it without a word, whoever stops does not wait for its end for ever. */
export async function endSoon(session: pg.Client): Promise<void> {
  const waited = new AbortController();
  const ended = session.end().catch(() => undefined);
  await Promise.race([ended, sleep(goodbyeMs, undefined, { signal: waited.signal }).catch(() => undefined)]);
  waited.abort();
}
