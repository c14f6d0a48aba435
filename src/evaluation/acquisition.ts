import { identityOf } from './data/pairs.js';
import type { Acquired } from './embedding/embeddings.js';
import type { Acquisition } from './report/report.js';
import { exactInterval } from './statistics/binomial.js';
import { shareOf } from './statistics/rates.js';

/** Failure to acquire, over the photos that are wanted. Photos stand for themselves, so the interval is exact. */
export function acquisitionOf(acquired: ReadonlyMap<string, Acquired>): Acquisition {
  const failed = [...acquired].flatMap(([photo, result]) =>
    result.kind === 'failed' ? [{ photo, reason: result.reason }] : [],
  );
  return {
    photos: acquired.size,
    people: new Set([...acquired.keys()].map(identityOf)).size,
    failures: {
      errors: failed.length,
      of: acquired.size,
      rate: shareOf(failed.length, acquired.size),
      interval: exactInterval(failed.length, acquired.size),
    },
    failed,
  };
}
