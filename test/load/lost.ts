import type { Place } from '../../src/benchmark/servedProcess.js';
import { systemClock } from '../../src/clock.js';
import { openConfiguredStore } from '../../src/configuredStore.js';

/** How many of the comparisons that were acknowledged the store cannot give back, opened anew. */
export async function lostOf({ config }: Place, acknowledged: readonly string[]): Promise<number> {
  const store = await openConfiguredStore(config, systemClock);
  try {
    let lost = 0;
    for (const id of acknowledged) {
      const kept = await store.comparisons.get(id).catch(() => undefined);
      if ((kept?.detail as { comparisonId?: string } | undefined)?.comparisonId !== id) lost++;
    }
    return lost;
  } finally {
    await store.close();
  }
}
