import { Command } from 'commander';
import { systemClock } from '../../clock.js';
import { calibrate } from '../../evaluation/calibrate.js';
import { embedPhotos } from '../../evaluation/embeddings.js';
import { photosOf, readPairs } from '../../evaluation/pairs.js';
import { writeAtomically } from '../../models/files.js';
import { withFaces } from '../faces.js';
import { print, progress, run } from '../output.js';

interface Options {
  readonly images: string;
  readonly pairs: string;
  readonly name: string;
  readonly model?: string;
  readonly out?: string;
}

export const calibrateCommand = new Command('calibrate')
  .description(
    "make a model's calibration (score to false match rate, thresholds) from all cross pairs of photos",
  )
  .requiredOption('--images <dir>', 'folder of the photos, a subfolder per identity')
  .requiredOption('--pairs <file>', 'CSV with the columns a,b,mated: the photos it names are used')
  .requiredOption('--name <text>', 'what to call the data in the calibration')
  .option('--model <id>', 'model card of the embedder')
  .option('--out <file>', "where to write it (default: beside the model's card)")
  .action((options: Options) => run(() => makeCalibration(options)));

async function makeCalibration(options: Options): Promise<void> {
  const photos = photosOf(readPairs(options.pairs));
  await withFaces({ embedder: options.model }, async (faces, networks) => {
    const bar = progress('embedding');
    const acquired = await embedPhotos(faces, options.images, photos, bar.update);
    bar.stop();
    const file = calibrate(acquired, {
      model: networks.embedder,
      pipeline: networks.pipeline,
      dataName: options.name,
      command: 'facematch calibrate --images DIR --pairs FILE --name TEXT',
      clock: systemClock,
    });
    const path = options.out ?? networks.calibrationPath;
    await writeAtomically(path, Buffer.from(`${JSON.stringify(file, null, 1)}\n`));
    for (const [name, curve] of [
      ['one reference', file.single],
      ['two references, fused', file.fused],
    ] as const) {
      print(`${name}: ${curve.mated} mated, ${curve.nonMated} non-mated comparisons`);
      for (const { falseMatchRate, threshold, falseNonMatchRate } of curve.thresholds) {
        print(
          `  FMR ${falseMatchRate}: threshold ${threshold.toFixed(4)}, FNMR ${(100 * falseNonMatchRate).toFixed(2)}%`,
        );
      }
    }
    print(`written to ${path}`);
  });
}
