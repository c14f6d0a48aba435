import { setTimeout as sleep } from 'node:timers/promises';
import type { FacePool } from '../face/pool/face-pool.js';

/** Where photos of applicants came so shortly ago, more are likely to come. */
const calmMs = 50;
/** However many there are: four photos a second are embedded in any case. */
const mostMs = 250;
const lookMs = 10;

/**
 * Waits while the service reads photos that somebody waits for: a core that shares its caches with another one is slower
 * for it, at whatever priority that works.
 *
 * @returns what waits, called before each photo.
 */
export function counterFirst(pool: Pick<FacePool, 'stats'>): () => Promise<void> {
  let read = -1;
  let busyAt = Number.NEGATIVE_INFINITY;
  const isCalm = (): boolean => {
    const { running, waiting, answered, failed } = pool.stats();
    if (running + waiting > 0 || (read >= 0 && answered + failed !== read)) busyAt = performance.now();
    read = answered + failed;
    return performance.now() - busyAt >= calmMs;
  };
  return async () => {
    const until = performance.now() + mostMs;
    while (!isCalm() && performance.now() < until) await sleep(lookMs);
  };
}
