import type { Clock } from '../clock.js';
import { isFacematchError } from '../errors.js';
import type { Job } from '../jobs/job.js';
import type { Retention } from './engine.js';

export interface DailyParts {
  readonly retention: Retention;
  readonly clock: Clock;
  /** What else is done once a day, after the run. */
  readonly also?: (() => Promise<void>) | undefined;
  readonly everyMs?: number | undefined;
}

/** How often the service looks whether a day began. */
const quarterOfAnHour = 15 * 60 * 1000;
const by = { client: 'facematch', actor: 'daily retention run' };

/** Once a day: notes that the clock was right, and destroys what is due. What stops a run, the next day tries again. */
export function dailyRetention(parts: DailyParts): Job {
  const { retention, clock, also, everyMs = quarterOfAnHour } = parts;
  return {
    name: 'retention',
    failedEvent: 'retention-run-failed',
    everyMs,
    firstAfterMs: Math.min(everyMs, 60_000),
    // What a day could not do because the store was away is looked at again in a quarter of an hour.
    retries: 0,
    retryAfterMs: 0,
    async run(signal) {
      await retention.trustClock();
      const today = clock().toISOString().slice(0, 10);
      const [last] = await retention.runs(1);
      // A run that says it is running was cut off by the end of its process, if nobody holds it.
      const tried = last !== undefined && last.outcome !== 'running' && last.startedAt.slice(0, 10) === today;
      if (tried || retention.running()) return;
      try {
        await retention.run({ by, signal });
      } catch (error) {
        // An operator's run is at work, here or in another process.
        if (isFacematchError(error, 'busy')) return;
        if (!signal.aborted) await also?.();
        throw error;
      }
      await also?.();
    },
  };
}
