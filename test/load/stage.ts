import { benchmarkPhotos } from '../../src/benchmark/photos.js';
import { seedStore } from '../../src/benchmark/seed.js';
import { embedderOf } from '../../src/benchmark/seededService.js';
import {
  type Place,
  type ServedProcess,
  serveIn,
  temporaryPlace,
} from '../../src/benchmark/servedProcess.js';
import { localToken } from '../../src/cli/localToken.js';
import { variables } from '../../src/settings.js';
import type { Sender, Task } from './messages.js';

export interface Stage {
  readonly place: Place;
  readonly served: ServedProcess;
  /** Whoever sends in these offices: system accounts, each a caller of its own. */
  senders(offices: readonly string[], accounts?: number): Promise<Sender[]>;
  /** What all senders share. */
  readonly task: Pick<Task, 'url' | 'photos' | 'holders'>;
}

const documents = 200;

/**
 * `facematch serve` as a process of its own, with its default limits and a small store. Service and
 * store are gone afterwards; `afterwards` is run in between, when the service has stopped.
 */
export async function onStage<T, U>(
  env: Record<string, string>,
  use: (stage: Stage) => Promise<T>,
  afterwards: (place: Place, found: T) => Promise<U>,
): Promise<U> {
  const photos = await benchmarkPhotos(undefined);
  // As an operator has them who sets nothing: a benchmark's service has others.
  const place = await temporaryPlace({
    FACEMATCH_QUEUE_MS: process.env['FACEMATCH_QUEUE_MS'] ?? variables.FACEMATCH_QUEUE_MS.fallback ?? '',
    FACEMATCH_CALLER_REQUESTS: variables.FACEMATCH_CALLER_REQUESTS.fallback ?? '',
    ...env,
  });
  try {
    await seedStore(place.config, documents, await embedderOf(place.config));
    const served = await serveIn(place);
    let found: T;
    try {
      found = await use({
        place,
        served,
        senders: async (offices, accounts = 1) => {
          const all = offices.flatMap((office) =>
            Array.from({ length: accounts }, (_, n) => ({ office, subject: `account-${n}` })),
          );
          return Promise.all(
            all.map(async ({ office, subject }) => ({
              office,
              token: await localToken(place.config, {
                client: 'load',
                subject,
                office,
                scopes: ['comparisons:write', 'comparisons:read'],
                lifetimeSeconds: 3600,
              }),
            })),
          );
        },
        task: { url: served.url, photos, holders: documents / 2 },
      });
    } finally {
      await served.stop();
    }
    return await afterwards(place, found);
  } finally {
    await place.remove();
  }
}
