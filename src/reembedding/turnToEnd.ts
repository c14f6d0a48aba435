import { setTimeout as sleep } from 'node:timers/promises';
import { isFacematchError } from '../errors.js';
import type { Exclusive } from '../store/database/exclusive.js';

/** Held from the turn to the end of the process, or of its session. */
const turn = 'end-after-switch';
const lookMs = 500;

/**
 * Of processes that are all to end and be started again, waits for the turn of this one: the first at once, each later one
 * when the one before is gone and had time to come back.
 *
 * @param pauseMs for that.
 * @param signal ends the waiting.
 */
export async function turnToEnd(exclusive: Exclusive, pauseMs: number, signal: AbortSignal): Promise<void> {
  try {
    for (let waited = false; ; waited = true) {
      const held = await exclusive.hold(turn);
      if (held !== undefined) {
        if (waited) await sleep(pauseMs, undefined, { signal });
        return;
      }
      await sleep(lookMs, undefined, { signal });
    }
  } catch (error) {
    // A database that cannot be asked knows no turns; and who stops anyhow waits for none.
    if (!isFacematchError(error) && !signal.aborted) throw error;
  }
}
