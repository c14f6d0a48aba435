import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { FacematchError } from '../../errors.js';
import { photosOf, readPairs } from '../../evaluation/data/pairs.js';
import { photosIn } from '../../evaluation/data/photos.js';
import { defaultCacheFolder, openEmbeddingCache } from '../../evaluation/embedding/embeddingCache.js';
import { embedPhotos } from '../../evaluation/embedding/embeddings.js';
import { pipelineFingerprint } from '../../evaluation/embedding/fingerprint.js';
import { type DiscardCurve, discardCurves, type GradedPhoto } from '../../evaluation/quality/discardCurve.js';
import { columns, percent, points, rateName } from '../../evaluation/report/format.js';
import { seededRandom } from '../../evaluation/statistics/random.js';
import { withFaces } from '../faces.js';
import { print, progress, run } from '../output.js';

interface Options {
  readonly images: string;
  readonly pairs?: string;
  readonly model?: string;
  readonly cache: string;
  readonly replicates: string;
  readonly json?: string;
}

const plan = {
  falseMatchRates: [1e-3, 1e-4],
  shares: [0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3],
};

export const qualityDiscardCommand = new Command('quality-discard')
  .description('whether the unified quality score earns its place: misses as the poorest photos are left out')
  .requiredOption('--images <dir>', 'folder of the photos, a subfolder per person')
  .option('--pairs <file>', 'only the photos that this list (columns a,b,mated) names')
  .option('--model <id>', 'model card of the embedder')
  .option(
    '--cache <dir>',
    'embeddings of earlier runs; biometric data, so readable by you alone',
    defaultCacheFolder(),
  )
  .option('--replicates <n>', 'bootstrap replicates', '1000')
  .option('--json <file>', 'write everything that was found')
  .action((options: Options) => run(() => measureDiscard(options)));

async function measureDiscard(options: Options): Promise<void> {
  const photos = options.pairs === undefined ? photosIn(options.images) : photosOf(readPairs(options.pairs));
  await withFaces({ embedder: options.model }, async (faces, { settings, embedder }) => {
    const cache = await openEmbeddingCache(options.cache, pipelineFingerprint(settings));
    const bar = progress(`embedding with ${embedder}`);
    const acquired = await embedPhotos(faces, options.images, photos, {
      cache,
      onProgress: bar.update,
    }).finally(() => {
      bar.stop();
      cache.close();
    });
    const graded = new Map<string, GradedPhoto>();
    for (const [photo, found] of acquired) {
      if (found.kind !== 'embedded') continue;
      const { embedding, quality } = found;
      if (quality === undefined) {
        throw new FacematchError('input-invalid', `The card of ${embedder} says nothing on quality.`);
      }
      graded.set(photo, { embedding, quality });
    }
    const random = seededRandom(1);
    const curves = discardCurves(graded, plan, { replicates: Number(options.replicates), random });
    if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(curves, null, 1)}\n`);
    for (const curve of curves) print(described(curve));
  });
}

function described({ falseMatchRate, threshold, points: found }: DiscardCurve): string {
  const rows = found.map(({ discarded, leastQuality, misses, kept, falseNonMatchRate, change, interval }) => [
    percent(discarded),
    String(leastQuality),
    `${misses} of ${kept}`,
    percent(falseNonMatchRate),
    points(change),
    `${points(interval[0])} to ${points(interval[1])}`,
  ]);
  const heading = ['left out', 'quality from', 'misses', 'FNMR', 'change, points', '95%'];
  return `FMR ${rateName(falseMatchRate)}, threshold ${threshold.toFixed(4)}\n${columns([heading, ...rows])}\n`;
}
