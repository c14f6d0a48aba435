import { Command } from 'commander';
import { systemClock } from '../../clock.js';
import { oneIn } from '../../comparison/rates.js';
import { calibrate } from '../../evaluation/calibrate.js';
import { photosOf, readPairs } from '../../evaluation/data/pairs.js';
import { photosIn } from '../../evaluation/data/photos.js';
import { defaultCacheFolder, openEmbeddingCache } from '../../evaluation/embedding/embeddingCache.js';
import { embedPhotos, photoSetHash } from '../../evaluation/embedding/embeddings.js';
import { pipelineFingerprint } from '../../evaluation/embedding/fingerprint.js';
import { columns, percent, percentRange } from '../../evaluation/report/format.js';
import { seededRandom } from '../../evaluation/statistics/random.js';
import { writeAtomically } from '../../models/files.js';
import { withFaces } from '../faces.js';
import { print, progress, run } from '../output.js';

interface Options {
  readonly images: string;
  readonly pairs?: string;
  readonly name: string;
  readonly model?: string;
  readonly out?: string;
  readonly cache: string;
  readonly replicates: string;
}

export const calibrateCommand = new Command('calibrate')
  .description(
    "make a model's calibration (score to false match rate, thresholds) from all cross pairs of photos",
  )
  .requiredOption('--images <dir>', 'folder of the photos, a subfolder per identity')
  .option('--pairs <file>', 'CSV with the columns a,b,mated: only the photos it names are used')
  .requiredOption('--name <text>', 'what to call the data in the calibration')
  .option('--model <id>', 'model card of the embedder')
  .option('--out <file>', "where to write it (default: beside the model's card)")
  .option(
    '--cache <dir>',
    'embeddings of earlier runs; biometric data, so readable by you alone',
    defaultCacheFolder(),
  )
  .option('--replicates <n>', 'bootstrap replicates behind the intervals', '1000')
  .addHelpText(
    'after',
    '\nCalibrate on people whose photos resemble those compared in service; check with "facematch evaluate --cross" on others.',
  )
  .action((options: Options) => run(() => makeCalibration(options)));

async function makeCalibration(options: Options): Promise<void> {
  const photos = options.pairs === undefined ? photosIn(options.images) : photosOf(readPairs(options.pairs));
  await withFaces({ embedder: options.model }, async (faces, networks) => {
    const cache = await openEmbeddingCache(options.cache, pipelineFingerprint(networks.settings));
    const bar = progress('embedding');
    const acquired = await embedPhotos(faces, options.images, photos, {
      onProgress: bar.update,
      cache,
    }).finally(() => {
      bar.stop();
      cache.close();
    });
    const file = calibrate(acquired, {
      model: networks.embedder,
      pipeline: networks.pipeline,
      data: { name: options.name, sha256: await photoSetHash(options.images, photos) },
      command: `facematch calibrate --images DIR${options.pairs === undefined ? '' : ' --pairs FILE'} --name TEXT`,
      clock: systemClock,
      random: seededRandom(1),
      replicates: Number(options.replicates),
    });
    const path = options.out ?? networks.calibrationPath;
    await writeAtomically(path, Buffer.from(`${JSON.stringify(file, null, 1)}\n`));
    for (const [name, curve] of [
      ['one reference', file.single],
      ['two references, fused', file.fused],
    ] as const) {
      print(`${name}: ${curve.mated} mated, ${curve.nonMated} non-mated comparisons`);
      const rows = curve.thresholds.map(({ falseMatchRate, threshold, interval, ...misses }) => [
        oneIn({ falseMatchRate, atMost: false }),
        threshold.toFixed(4),
        interval === undefined ? '' : percentRange(interval),
        percent(misses.falseNonMatchRate),
        misses.falseNonMatchInterval === undefined ? '' : percentRange(misses.falseNonMatchInterval),
      ]);
      print(columns([['passes', 'threshold', 'FMR there, 95%', 'FNMR', '95%'], ...rows]));
    }
    print(`written to ${path}`);
  });
}
