import { isFacematchError } from '../errors.js';
import { numberKeys } from '../records/keys.js';
import { retentionOfReview } from '../records/retention.js';
import type { Store } from '../store/store.js';
import type { ComparisonRecord } from './render.js';

/** At a time: few enough that others get their turn. */
const together = 100;

/**
 * Makes comparisons that were recorded by an earlier version findable, and opens the reviews of those that wait for
 * one. Stops after the one at hand when the signal aborts; the next start goes on.
 *
 * @returns how many there were.
 */
export async function indexComparisons(store: Store, signal: AbortSignal): Promise<number> {
  let done = 0;
  for (let last = ''; ; ) {
    const ids = await store.indexing.left(last, together);
    if (ids.length === 0) return done;
    for (const id of ids) {
      if (signal.aborted) return done;
      await indexOne(store, id);
      last = id;
    }
    done += ids.length;
    await store.indexing.note(ids.length);
  }
}

async function indexOne(store: Store, id: string): Promise<void> {
  const comparison = await store.comparisons.get(id).catch((error: unknown) => {
    // Destroyed since it was listed.
    if (isFacematchError(error, 'not-found')) return undefined;
    throw error;
  });
  if (comparison === undefined) return;
  const { reasons, evidence } = comparison.detail as ComparisonRecord;
  const numbers = evidence.references.map(({ documentNumber }) => documentNumber);
  const facts = {
    reasons,
    score: evidence.fused?.score,
    strength: evidence.fused?.strength,
    numberKeys: numberKeys(numbers, store.lookup),
  };
  await store.indexing.add(id, facts, retentionOfReview(comparison.createdAt, comparison.retentionEnds));
}
