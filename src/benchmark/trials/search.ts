import { monitorEventLoopDelay } from 'node:perf_hooks';
import { systemClock } from '../../clock.js';
import { openConfiguredStore } from '../../configuredStore.js';
import { seededRandom, shuffled } from '../../evaluation/statistics/random.js';
import { scoredNearest } from '../../inquiry/search/scored.js';
import { SearchProcess } from '../../inquiry/search/searchProcess.js';
import type { Store } from '../../store/store.js';
import { figuresOf } from '../processes.js';
import { type RealFaces, realFaces } from '../search/faces.js';
import { fillSearchStore, type SearchStore } from '../search/searchStore.js';
import { openMultiply, syntheticLike } from '../search/synthetic.js';
import { temporaryPlace } from '../servedProcess.js';
import { median, quantile, rounded } from '../statistics.js';
import type { Row, Trial, TrialResult } from '../trial.js';

export interface SearchPlan {
  readonly documents: number;
  /** Photos read at most. */
  readonly photos: number;
  /** Mated searches at most. */
  readonly probes: number;
  /** Documents of the sweep. */
  readonly swept: number;
}

const fullPlan: SearchPlan = { documents: 1_000_000, photos: 10_000, probes: 2_000, swept: 100_000 };
const quickPlan: SearchPlan = { documents: 5_000, photos: 600, probes: 200, swept: 5_000 };

/** Of the ids of document and holder, and of the length of the int8 numbers. */
const bytesBesideRow = 36;

export const searchTrial: Trial = {
  name: 'search',
  what: 'one face against the store, and every face against every other',
  run: ({ photos, quick }, progress) => measureSearch(quick ? quickPlan : fullPlan, photos, progress),
};

export async function measureSearch(
  plan: SearchPlan,
  folder: string | undefined,
  progress: (done: number, total: number) => void,
): Promise<TrialResult> {
  // Reading photos and filling the store take about as long, so each is half of the way.
  const faces = await realFaces(folder, plan.photos, (done, total) =>
    progress(Math.round((plan.documents * done) / total), 2 * plan.documents),
  );
  const random = seededRandom(20);
  const probes = shuffled(faces.probes, random).slice(0, plan.probes);
  const place = await temporaryPlace();
  const { multiply, close } = await openMultiply();
  try {
    const store = await openConfiguredStore(place.config, systemClock);
    try {
      const synthetic = syntheticLike(faces.all, multiply, random);
      const parts = { faces: { ...faces, probes }, synthetic, multiply };
      const filled = await fillSearchStore(store, parts, plan.documents, (done) =>
        progress(plan.documents + done, 2 * plan.documents),
      );
      const searched = await searchAll(store, { ...faces, probes }, filled, plan);
      const swept = await sweepSome(store, faces.model, filled, plan);
      return {
        rows: [...searched.rows, ...swept.rows],
        notes: [notesOn(faces), ...searched.notes, ...swept.notes],
      };
    } finally {
      await store.close();
    }
  } finally {
    await close();
    await place.remove();
  }
}

async function searchAll(
  store: Store,
  { model, probes }: RealFaces,
  { best }: SearchStore,
  { documents }: SearchPlan,
): Promise<TrialResult> {
  const { last } = await store.embeddingBlocks.extent(model);
  const loop = monitorEventLoopDelay({ resolution: 1 });
  const search = new SearchProcess();
  try {
    const before = process.cpuUsage();
    const started = performance.now();
    loop.enable();
    const held = await search.load(model, store.embeddingBlocks.read(model, last));
    loop.disable();
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(before);
    const scans: number[] = [];
    const whole: number[] = [];
    let agreed = 0;
    for (const [i, { embedding }] of probes.entries()) {
      const asked = performance.now();
      const { found, ms } = await scoredNearest(search, store, { model, probe: embedding });
      whole.push(performance.now() - asked);
      scans.push(ms);
      if (found[0]?.documentId === best[i]?.id) agreed++;
    }
    const bytes = search.pid === undefined ? undefined : figuresOf(search.pid)?.residentBytes;
    const width = probes[0]?.embedding.length ?? 0;
    const row = (times: number): Row['values'] => ({
      'loading s': rounded(seconds * times),
      'scan ms, median': rounded(median(scans) * times),
      'scan ms, p95': rounded(quantile(scans, 0.95) * times),
      'with float32 ms, median': rounded(median(scans) * times + median(whole) - median(scans)),
      'memory MB':
        bytes === undefined
          ? null
          : Math.round((bytes + (times - 1) * documents * (width + bytesBesideRow)) / 2 ** 20),
      'first as in float32': times === 1 ? `${agreed} of ${probes.length}` : null,
    });
    return {
      rows: [
        { name: `${held.toLocaleString('en')} documents`, values: row(1) },
        { name: '10,000,000, calculated', values: row(10_000_000 / documents) },
      ],
      notes: [
        `Loading: reading, keys, decrypting. It took ${rounded((user + system) / held)} µs of the serving process's processor time a document, whose event loop was late by ${rounded(loop.percentile(50) / 1e6)} ms in the median, ${rounded(loop.percentile(99) / 1e6)} ms at the 99th percentile.`,
      ],
    };
  } finally {
    await search.end();
  }
}

async function sweepSome(
  store: Store,
  model: string,
  filled: SearchStore,
  plan: SearchPlan,
): Promise<TrialResult> {
  const search = new SearchProcess();
  try {
    const held = await search.load(model, store.embeddingBlocks.read(model, filled.idAt(plan.swept)));
    const started = performance.now();
    const { compared } = await search.sweep({ floor: 0.6, most: 1000 });
    const seconds = (performance.now() - started) / 1000;
    const hours = (documents: number) =>
      `${rounded((((documents * (documents - 1)) / 2 / compared) * seconds) / 3600)} h`;
    return {
      rows: [
        {
          name: `sweep of ${held.toLocaleString('en')}`,
          values: {
            'million pairs/s': rounded(compared / seconds / 1e6),
            '1,000,000, calculated': hours(1_000_000),
            '10,000,000, calculated': hours(10_000_000),
          },
        },
      ],
      notes: ['The sweep runs on one thread.'],
    };
  } finally {
    await search.end();
  }
}

const notesOn = ({ what }: RealFaces): string =>
  `Real embeddings: ${what}. The others are drawn with their mean and covariance.`;
