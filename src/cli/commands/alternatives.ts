import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { loadConfig } from '../../config.js';
import { openAlternatives } from '../../evaluation/alternatives/open.js';
import { resultTable } from '../../evaluation/alternatives/table.js';
import { tryAlternatives } from '../../evaluation/alternatives/trial.js';
import { triedOn } from '../../evaluation/alternatives/tried.js';
import { readPairs } from '../../evaluation/data/pairs.js';
import { faceSettingsOf } from '../../networks.js';
import { wholeNumber } from '../evaluation.js';
import { print, progress, run, say } from '../output.js';

interface Options {
  readonly images: string;
  readonly pairs: string;
  readonly train?: string;
  readonly only?: string[];
  readonly timed: string;
  readonly replicates: string;
  readonly json?: string;
}

export const alternativesCommand = new Command('alternatives')
  .description(
    'the pipeline against other alignments, samplings, tones, detectors and landmarks, with their cost',
  )
  .requiredOption('--images <dir>', 'folder of the photos, a subfolder per person')
  .requiredOption('--pairs <file>', 'CSV with the columns a,b,mated; its photos make the cross pairs, too')
  .option('--train <file>', 'another such list, on which the thresholds of the accuracy are chosen')
  .option('--only <names...>', 'alternatives whose names contain one of these')
  .option('--timed <n>', 'photos that the cost is measured on', '100')
  .option('--replicates <n>', 'bootstrap replicates', '1000')
  .option('--json <file>', 'write everything that was found')
  .addHelpText(
    'after',
    '\nOne thread, no cache: half an hour of processor time for all alternatives on 3,000 photos.',
  )
  .action((options: Options) => run(() => compareAlternatives(options)));

async function compareAlternatives(options: Options): Promise<void> {
  const parts = await openAlternatives(faceSettingsOf(loadConfig(process.env)), say);
  try {
    const { only } = options;
    const alternatives = triedOn(parts.embedder, parts.meanShape).filter(
      ({ name }) => only === undefined || only.some((part) => name.includes(part)),
    );
    const results = await tryAlternatives(parts, {
      pairs: readPairs(options.pairs),
      training: options.train === undefined ? [] : readPairs(options.train),
      alternatives,
      timed: wholeNumber('--timed', options.timed, 1),
      replicates: wholeNumber('--replicates', options.replicates, 100),
      seed: 1,
      decode: async (photo) => parts.decode(await readFile(join(options.images, photo))),
      progress: (what) => progress(what).update,
    });
    if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(results, null, 1)}\n`);
    print(resultTable(results));
  } finally {
    await parts.engine.close();
  }
}
