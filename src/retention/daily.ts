import type { Clock } from '../clock.js';
import type { Retention } from './engine.js';

export interface Daily {
  /** Waits for the step at hand and ends; what is left is the next run's. */
  stop(): Promise<void>;
}

export interface DailyParts {
  readonly retention: Retention;
  readonly clock: Clock;
  /** What else is done once a day, after the run. */
  readonly also?: (() => Promise<void>) | undefined;
  /** Told of whatever stops a run; the next day tries again. */
  readonly failed: (error: unknown) => void;
  readonly everyMs?: number | undefined;
}

/** How often the service looks whether a day began. */
const quarterOfAnHour = 15 * 60 * 1000;
const by = { client: 'facematch', actor: 'daily retention run' };

/** Once a day, in the service: notes that the clock was right, and destroys what is due. */
export function startDaily({ retention, clock, also, failed, everyMs = quarterOfAnHour }: DailyParts): Daily {
  const stopping = new AbortController();
  let atWork: Promise<void> = Promise.resolve();
  const look = async () => {
    await retention.trustClock();
    const today = clock().toISOString().slice(0, 10);
    const [last] = await retention.runs(1);
    // A run that says it is running was cut off by the end of its process, if it is not ours.
    const tried = last !== undefined && last.outcome !== 'running' && last.startedAt.slice(0, 10) === today;
    if (tried || retention.running()) return;
    try {
      await retention.run({ by, signal: stopping.signal });
    } finally {
      if (!stopping.signal.aborted) await also?.();
    }
  };
  let busy = false;
  const tick = () => {
    if (busy || stopping.signal.aborted) return;
    busy = true;
    atWork = look()
      .catch((error: unknown) => {
        if (!stopping.signal.aborted) failed(error);
      })
      .finally(() => {
        busy = false;
      });
  };
  const timer = setInterval(tick, everyMs);
  timer.unref();
  const first = setTimeout(tick, Math.min(everyMs, 60_000));
  first.unref();
  return {
    async stop() {
      stopping.abort();
      clearInterval(timer);
      clearTimeout(first);
      await atWork;
    },
  };
}
