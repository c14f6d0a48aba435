import type { Job } from '../../jobs/job.js';
import type { Exclusive } from '../../store/database/exclusive.js';
import { type TurnParts, takeTurn } from './turn.js';

/** The queue that an approval pokes. */
export const searchJobName = 'searches';

/**
 * Runs what was approved, one after another: each search holds the whole store in memory, so there is one at a time
 * among all processes. What is to be done is asked for anew after each.
 */
export function createSearchJob(parts: TurnParts & { readonly exclusive: Exclusive }): Job {
  const { store, exclusive } = parts;
  return {
    name: searchJobName,
    failedEvent: 'search-not-run',
    everyMs: 60_000,
    firstAfterMs: 0,
    retries: 3,
    retryAfterMs: 1_000,
    async run(signal) {
      await store.searchWork.forgetEnded();
      const elsewhere: string[] = [];
      while (!signal.aborted) {
        const turn = await store.searchWork.next(elsewhere);
        if (turn === undefined) return;
        // The version before this one runs a search beside the queue, under this lock, and ends those without it.
        const held = await exclusive.hold(`search:${turn.id}`);
        if (held === undefined) {
          elsewhere.push(turn.id);
          continue;
        }
        try {
          await takeTurn(parts, turn, AbortSignal.any([signal, held.lost]));
        } finally {
          await held.release();
        }
      }
    },
  };
}
