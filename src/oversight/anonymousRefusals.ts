import type { AuditTrail } from '../store/audit.js';

/** Between two entries for the same refusal. */
const flushEveryMs = 1000;

export interface AnonymousRefusals {
  count(action: string, outcome: string): void;
  /** Writes what was counted. */
  close(): Promise<void>;
}

/**
 * Refusals of callers without a valid token, counted and written at most once a second: an entry each would let
 * anybody on the network make the store sync its disk as often as they like. What could not be written stays counted.
 */
export function createAnonymousRefusals(
  trail: Pick<AuditTrail, 'append'>,
  failed: (error: unknown) => void,
): AnonymousRefusals {
  const counts = new Map<string, { action: string; outcome: string; count: number }>();
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();
  const flush = async () => {
    timer = undefined;
    for (const [key, { action, outcome, count }] of [...counts]) {
      counts.delete(key);
      try {
        await trail.append({ client: 'unknown', actor: 'unknown', action, outcome, facts: { count } });
      } catch (error) {
        const since = counts.get(key)?.count ?? 0;
        counts.set(key, { action, outcome, count: count + since });
        failed(error);
        return;
      }
    }
  };
  return {
    count(action, outcome) {
      const key = `${action} ${outcome}`;
      const count = (counts.get(key)?.count ?? 0) + 1;
      counts.set(key, { action, outcome, count });
      timer ??= setTimeout(() => {
        writing = writing.then(flush);
      }, flushEveryMs).unref();
    },
    async close() {
      clearTimeout(timer);
      await writing;
      await flush();
    },
  };
}
