import { createFacePool } from '../../face/pool/face-pool.js';
import { poolOptionsOf, prepareNetworks } from '../../networks.js';
import { benchmarkPhotos } from '../photos.js';
import { withSeededService } from '../seededService.js';
import { quantile, rounded } from '../statistics.js';
import type { Row, Trial, TrialResult } from '../trial.js';

export interface OverheadPlan {
  readonly documents: number;
  readonly rounds: number;
  /** Comparisons several at a time before the first round: until then the service's code is still being compiled. */
  readonly warmUp: number;
}

const quickPlan: OverheadPlan = { documents: 200, rounds: 50, warmUp: 300 };
const fullPlan: OverheadPlan = { documents: 1000, rounds: 600, warmUp: 1200 };
/** Rounds before the first that counts, for the pool beside it. */
const roundsBefore = 60;
const warmUpAtATime = 8;

/** What HTTP, look-ups, decryption, encryption, the durable commit and the audit entry add to reading the photo. */
export const overheadTrial: Trial = {
  name: 'overhead',
  what: 'one at a time: a photo through the pool, a comparison over HTTP, in turn on the same photos',
  run: ({ photos, quick }, progress) => measureOverhead(quick ? quickPlan : fullPlan, photos, progress),
};

export function measureOverhead(
  { documents, rounds, warmUp }: OverheadPlan,
  folder: string | undefined,
  progress: (done: number, total: number) => void,
): Promise<TrialResult> {
  // Of two children one would rest: one at a time needs one.
  const env = { FACEMATCH_WORKERS: '1' };
  return withSeededService({ documents, photos: folder, env }, async ({ client, place }) => {
    const photos = await benchmarkPhotos(folder);
    const networks = await prepareNetworks(place.config, () => {});
    const pool = await createFacePool(poolOptionsOf(place.config, networks));
    try {
      const bare: number[] = [];
      const whole: number[] = [];
      await client.run(warmUpAtATime, (answered) => answered >= warmUp);
      for (let round = -roundsBefore; round < rounds; round++) {
        const bytes = photos[client.sent % photos.length] as Buffer;
        const started = performance.now();
        await pool.read({ bytes });
        const read = performance.now() - started;
        const compared = await client.compare();
        if (round < 0) continue;
        bare.push(read);
        whole.push(compared);
        progress(round + 1, rounds);
      }
      const row = (name: string, samples: readonly number[]): Row => ({
        name,
        values: { 'median ms': rounded(quantile(samples, 0.5)), 'p95 ms': rounded(quantile(samples, 0.95)) },
      });
      return {
        rows: [
          row('photo through the pool', bare),
          row('comparison over HTTP', whole),
          row('added', added(whole, bare)),
        ],
        notes: [
          'Added: the difference photo by photo. One child process in each; the disk is that of the temporary folder.',
        ],
      };
    } finally {
      await pool.close();
    }
  });
}

export const added = (whole: readonly number[], bare: readonly number[]): number[] =>
  whole.map((value, i) => value - (bare[i] ?? 0));
