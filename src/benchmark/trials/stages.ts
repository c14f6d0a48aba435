import { loadConfig } from '../../config.js';
import { openPipeline } from '../../face/open.js';
import type { StageTimings } from '../../face/types.js';
import { prepareNetworks } from '../../networks.js';
import { benchmarkPhotos } from '../photos.js';
import { median, rounded, spread } from '../statistics.js';
import type { Trial } from '../trial.js';

const stages: readonly (keyof StageTimings)[] = [
  'decode',
  'detect',
  'landmarks',
  'align',
  'embed',
  'quality',
];

/** Where the time of one photo goes, one at a time on one thread. */
export const stagesTrial: Trial = {
  name: 'stages',
  what: 'one photo, one thread: milliseconds per stage and share of the whole',
  async run({ photos: folder, quick }, progress) {
    const photos = await benchmarkPhotos(folder);
    const { settings } = await prepareNetworks(loadConfig(process.env), () => {});
    const pipeline = await openPipeline({ ...settings, threads: 1 });
    await pipeline.read(photos.slice(0, 4).map((bytes) => ({ bytes })));
    const rounds = quick ? 3 : 12;
    const samples = new Map(stages.map((stage): [keyof StageTimings, number[]] => [stage, []]));
    const totals: number[] = [];
    for (let round = 0; round < rounds; round++) {
      for (const bytes of photos) {
        const started = performance.now();
        const [outcome] = await pipeline.read([{ bytes }]);
        totals.push(performance.now() - started);
        if (outcome?.kind !== 'embedded') continue;
        for (const stage of stages) samples.get(stage)?.push(outcome.timings[stage]);
      }
      progress(round + 1, rounds);
    }
    const whole = median(totals);
    const row = (name: string, values: readonly number[]) => {
      const { median: middle, p95 } = spread(values);
      return {
        name,
        values: { 'median ms': middle, 'p95 ms': p95, 'share %': rounded((100 * middle) / whole) },
      };
    };
    return {
      rows: [
        ...stages.map((stage) => row(stage, samples.get(stage) ?? [])),
        row('photo to embedding', totals),
      ],
      notes: [],
    };
  },
};
