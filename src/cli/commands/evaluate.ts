import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { stringify } from 'csv-stringify/sync';
import { loadCalibration, thresholdAt } from '../../comparison/calibration.js';
import { embedPhotos } from '../../evaluation/embeddings.js';
import { bestThreshold, evaluateAt, scorePairs } from '../../evaluation/evaluate.js';
import { photosOf, readPairs } from '../../evaluation/pairs.js';
import { withFaces } from '../faces.js';
import { print, progress, run } from '../output.js';

interface Options {
  readonly images: string;
  readonly pairs: string;
  readonly train?: string;
  readonly model?: string;
  readonly scores?: string;
}

export const evaluateCommand = new Command('evaluate')
  .description('how right an embedder is on a list of pairs')
  .requiredOption('--images <dir>', 'folder of the photos')
  .requiredOption(
    '--pairs <file>',
    'CSV with the columns a,b,mated (paths below the folder; 1 same person, 0 different)',
  )
  .option('--train <file>', 'another such list: its best threshold is the one the pairs are decided by')
  .option('--model <id>', 'model card of the embedder')
  .option('--scores <file>', 'write a,b,mated,score; the score is empty where a photo gave no embedding')
  .addHelpText(
    'after',
    '\nScores are cosines, higher is more alike. Without --train the threshold is the calibration’s at a false match rate of 1 in 1,000.',
  )
  .action((options: Options) => run(() => evaluate(options)));

async function evaluate(options: Options): Promise<void> {
  const pairs = readPairs(options.pairs);
  const training = options.train === undefined ? [] : readPairs(options.train);
  await withFaces({ embedder: options.model }, async (faces, networks) => {
    const bar = progress('embedding');
    const photos = photosOf([...pairs, ...training]);
    const acquired = await embedPhotos(faces, options.images, photos, bar.update);
    bar.stop();
    const scored = scorePairs(pairs, acquired);
    if (options.scores !== undefined) await writeFile(options.scores, scoresCsv(scored));
    const threshold =
      training.length > 0
        ? bestThreshold(scorePairs(training, acquired))
        : thresholdAt(
            loadCalibration(networks.calibrationPath, {
              model: networks.embedder,
              pipeline: networks.pipeline,
            }).file.single,
            1e-3,
          );
    const result = evaluateAt(scored, acquired, threshold);
    const mated = pairs.filter((pair) => pair.mated).length;
    print(`model                ${networks.embedder}`);
    print(`pairs                ${pairs.length} (${mated} mated, ${pairs.length - mated} non-mated)`);
    print(
      `failures to acquire  ${result.failuresToAcquire} of ${result.photos} photos (${percent(result.failuresToAcquire / result.photos)})`,
    );
    print(
      `threshold            ${threshold.toFixed(4)} (${training.length > 0 ? 'best on the training list' : 'calibration at FMR 1e-3'})`,
    );
    print(`accuracy             ${percent(result.accuracy)}`);
    print(`false matches        ${result.falseMatches}, false non-matches ${result.falseNonMatches}`);
  });
}

function scoresCsv(scored: ReturnType<typeof scorePairs>): string {
  const rows = scored.map(({ a, b, mated, score }) => ({
    a,
    b,
    mated: mated ? 1 : 0,
    score: score?.toFixed(6) ?? '',
  }));
  return stringify(rows, { header: true, columns: ['a', 'b', 'mated', 'score'] });
}

const percent = (share: number): string => `${(100 * share).toFixed(2)}%`;
