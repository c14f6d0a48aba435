import { loadConfig } from '../../config.js';
import { openPipeline } from '../../face/open.js';
import { prepareNetworks } from '../../networks.js';
import { benchmarkPhotos } from '../photos.js';
import { median, rounded } from '../statistics.js';
import type { Trial } from '../trial.js';

const allSizes = [1, 2, 4, 8, 16, 32];

/** What sharing a batch brings, and what a second thread brings. */
export const batchesTrial: Trial = {
  name: 'batches',
  what: 'photo to embedding in batches: milliseconds a photo',
  async run({ photos: folder, quick }, progress) {
    const photos = await benchmarkPhotos(folder);
    const { settings } = await prepareNetworks(loadConfig(process.env), () => {});
    const contenders = await Promise.all(
      [1, 2].map(async (threads) => ({ threads, pipeline: await openPipeline({ ...settings, threads }) })),
    );
    const samples = new Map<string, number[]>();
    const sizes = quick ? allSizes.filter((size) => size <= 16) : allSizes;
    const rounds = quick ? 3 : 10;
    let next = 0;
    for (let round = -1; round < rounds; round++) {
      for (const size of sizes) {
        for (const { threads, pipeline } of contenders) {
          const batch = Array.from({ length: size }, () => ({
            bytes: photos[next++ % photos.length] as Buffer,
          }));
          const started = performance.now();
          await pipeline.read(batch);
          const each = (performance.now() - started) / size;
          const key = `${size}/${threads}`;
          if (round >= 0) samples.set(key, [...(samples.get(key) ?? []), each]);
        }
      }
      progress(round + 2, rounds + 1);
    }
    return {
      rows: sizes.map((size) => ({
        name: `batch of ${size}`,
        values: Object.fromEntries(
          contenders.map(({ threads }) => [
            `ms a photo, ${threads} thread${threads > 1 ? 's' : ''}`,
            rounded(median(samples.get(`${size}/${threads}`) ?? [])),
          ]),
        ),
      })),
      notes: ['Decoding is one after the other in both; threads are those of the networks.'],
    };
  },
};
