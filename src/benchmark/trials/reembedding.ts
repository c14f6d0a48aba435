import { setTimeout as sleep } from 'node:timers/promises';
import { localToken } from '../../cli/localToken.js';
import { systemClock } from '../../clock.js';
import { FacematchError } from '../../errors.js';
import { prepareNetworks } from '../../networks.js';
import { type Client, createClient } from '../load.js';
import { benchmarkPhotos } from '../photos.js';
import { seedStore } from '../seed.js';
import { embedderOf } from '../seededService.js';
import { type Place, type ServedProcess, serveIn, temporaryPlace } from '../servedProcess.js';
import { quantile, rounded } from '../statistics.js';
import type { Row, Trial, TrialResult } from '../trial.js';

export interface ReembeddingPlan {
  /** More than are embedded in the seconds of the first two rows. */
  readonly documents: number;
  /** For each row. */
  readonly seconds: number;
}

const quickPlan: ReembeddingPlan = { documents: 600, seconds: 3 };
const fullPlan: ReembeddingPlan = { documents: 2000, seconds: 15 };
const warmUp = 100;
const lookMs = 20;

export const reembeddingTrial: Trial = {
  name: 'reembedding',
  what: 'the set of a next embedder, made while the service serves, and what comparisons notice of it',
  slow: true,
  run: ({ photos, quick }, progress) => measureReembedding(quick ? quickPlan : fullPlan, photos, progress),
};

export async function measureReembedding(
  { documents, seconds }: ReembeddingPlan,
  folder: string | undefined,
  progress: (done: number, total: number) => void,
): Promise<TrialResult> {
  const photos = await benchmarkPhotos(folder);
  const place = await temporaryPlace();
  try {
    const active = (await prepareNetworks(place.config, () => {})).settings.embedder;
    const next = active === 'dlib-resnet-128' ? 'mobilefacenet-512' : 'dlib-resnet-128';
    const total = 2 * documents;
    const onSeeding = (done: number) => progress(done, total);
    await seedStore(place.config, documents, await embedderOf(place.config), onSeeding, photos);
    const served = await serveIn({ ...place, env: { ...place.env, FACEMATCH_NEXT_EMBEDDER: next } });
    const client = createClient({ ...served, holders: documents / 2, photos });
    try {
      const covered = coverageOf(place, served, next);
      const until = async (count: number) => {
        for (let now = await covered(); now < count; now = await covered()) {
          progress(documents + now, total);
          await sleep(lookMs);
        }
      };
      await client.run(1, (answered) => answered >= warmUp);
      await until(1);
      const alone = await measured(covered, () => sleep(1000 * seconds));
      const both = await measured(covered, () => compared(client, seconds));
      if ((await covered()) === documents)
        throw new FacematchError('internal', 'The set was complete before it was measured.');
      await until(documents);
      const without = await compared(client, seconds);
      return {
        rows: [
          { name: 'comparisons alone, 1 at a time', values: { ...without, 'embedded a minute': null } },
          { name: 'both', values: { ...both.result, 'embedded a minute': both.aMinute } },
          { name: 'embedding alone', values: { 'embedded a minute': alone.aMinute } },
        ],
        notes: [`Active ${active}, next ${next}, ${documents.toLocaleString('en')} documents in a file.`],
      };
    } finally {
      client.close();
      await served.stop();
    }
  } finally {
    await place.remove();
  }
}

async function compared(client: Client, seconds: number): Promise<Row['values']> {
  const { latencies } = await client.run(1, (_, elapsedMs) => elapsedMs >= 1000 * seconds);
  const at = (share: number) => rounded(quantile(latencies, share));
  return { 'p50 ms': at(0.5), 'p95 ms': at(0.95), 'p99 ms': at(0.99) };
}

async function measured<T>(
  covered: () => Promise<number>,
  meanwhile: () => Promise<T>,
): Promise<{ result: T; aMinute: number }> {
  const [before, started] = [await covered(), performance.now()];
  const result = await meanwhile();
  const minutes = (performance.now() - started) / 60_000;
  return { result, aMinute: rounded(((await covered()) - before) / minutes) };
}

/** Asks the service how many documents the next model has seen; 0 before it looked. */
function coverageOf({ config }: Place, { url }: ServedProcess, next: string): () => Promise<number> {
  const figure = new RegExp(`facematch_embedding_covered\\{model="${next}@[^"]*"\\} (\\d+)`);
  const token = localToken(
    config,
    { client: 'benchmark', subject: 'benchmark', scopes: ['metrics:read'], lifetimeSeconds: 3600 },
    systemClock,
  );
  return async () => {
    const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${await token}` } });
    return Number(figure.exec(await answer.text())?.[1] ?? 0);
  };
}
