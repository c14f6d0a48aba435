import { RateLimiterMemory } from 'rate-limiter-flexible';
import { FacematchError } from '../errors.js';
import { type Caller, identityOf } from './caller.js';
import { markNoted } from './notedRefusals.js';

export interface Slowed {
  /** Misses of the caller within the hour. */
  readonly misses: number;
  readonly waitSeconds: number;
}

export interface GuessingOptions {
  /** Misses within an hour that cost nothing: numbers misread, documents of before the store. */
  readonly free: number | undefined;
  /** A caller was slowed down. Awaited, before the answer leaves. */
  readonly slowed: (caller: Caller, slowed: Slowed) => Promise<void>;
}

/** Makes trying out numbers slow, for whoever tries, and tells of it. */
export interface Guessing {
  /**
   * Runs a look-up. After more misses than are free, each further one makes its caller wait twice as long as the one
   * before, up to a quarter of an hour, and leaves them one look-up at a time.
   *
   * @throws FacematchError `rate-limited`
   */
  watch<T>(caller: Caller, lookUp: () => Promise<T>, missed: (found: T) => boolean): Promise<T>;
}

const windowSeconds = 3600;
const longestWaitSeconds = 900;
/** Look-ups that one caller may have under way, beyond the misses that are still free: all could turn out to be misses. */
const atOnce = 64;

export function createGuessing({ free, slowed }: GuessingOptions): Guessing {
  if (free === undefined) return { watch: (_caller, lookUp) => lookUp() };
  const points = Number.MAX_SAFE_INTEGER;
  const misses = new RateLimiterMemory({ keyPrefix: 'misses', points, duration: windowSeconds });
  const waits = new RateLimiterMemory({ keyPrefix: 'wait', points, duration: longestWaitSeconds });
  const atWork = new Map<string, number>();

  const requireTurn = async (key: string, others: number): Promise<void> => {
    const wait = await waits.get(key);
    if (wait !== null && wait.msBeforeNext > 0) {
      const refused = await waits.penalty(key);
      throw tooMany(wait.msBeforeNext, refused.consumedPoints === 1);
    }
    const missed = (await misses.get(key))?.consumedPoints ?? 0;
    const open = missed < free ? free - missed + atOnce : 1;
    if (others >= open) throw tooMany(1000, false);
  };

  const leave = (key: string): void => {
    const others = (atWork.get(key) ?? 1) - 1;
    if (others > 0) atWork.set(key, others);
    else atWork.delete(key);
  };

  return {
    async watch(caller, lookUp, missed) {
      const key = identityOf(caller);
      const others = atWork.get(key) ?? 0;
      // Before anything is waited for, so that of those that come at once each sees the others.
      atWork.set(key, others + 1);
      try {
        await requireTurn(key, others);
        const found = await lookUp();
        if (missed(found)) {
          const { consumedPoints } = await misses.penalty(key);
          if (consumedPoints > free) {
            const waitSeconds = Math.min(2 ** (consumedPoints - free - 1), longestWaitSeconds);
            await waits.set(key, 0, waitSeconds);
            await slowed(caller, { misses: consumedPoints, waitSeconds });
          }
        }
        return found;
      } finally {
        leave(key);
      }
    },
  };
}

/** @param first of those refused during one wait: the others need not be noted */
function tooMany(milliseconds: number, first: boolean): FacematchError {
  const refusal = new FacematchError('rate-limited', 'The caller asked for too many unknown documents.', {
    retryAfterSeconds: Math.max(1, Math.ceil(milliseconds / 1000)),
  });
  if (!first) markNoted(refusal);
  return refusal;
}
