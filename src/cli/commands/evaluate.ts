import { writeFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { defaultCacheFolder } from '../../evaluation/embedding/embeddingCache.js';
import { reportHtml } from '../../evaluation/report/html.js';
import { reportText } from '../../evaluation/report/text.js';
import { type EvaluateOptions, evaluation } from '../evaluation.js';
import { print, run, say } from '../output.js';

export const evaluateCommand = new Command('evaluate')
  .description('how right an embedder is, with uncertainty (after ISO/IEC 19795-1)')
  .requiredOption('--images <dir>', 'folder of the photos; for cross comparisons a subfolder per person')
  .option(
    '--pairs <file>',
    'CSV with the columns a,b,mated (paths below the folder; 1 same person) and perhaps fold',
  )
  .option('--train <file>', 'another such list: its best threshold is the one the pairs are decided by')
  .option('--model <id>', 'model card of the embedder')
  .option('--cross', 'every photo against every other; without --pairs, of the whole folder')
  .addOption(
    new Option('--references <n>', 'one probe against two references, by each fusion rule').choices(['2']),
  )
  .option('--meta <file>', 'CSV with a column photo or identity and others')
  .option('--by <column>', 'report by the groups of this column of the metadata; sharpness needs none')
  .addOption(
    new Option('--impostors <which>', 'non-mated comparisons: all, or within a group of --by')
      .choices(['all', 'same-group'])
      .default('all'),
  )
  .option('--policy', 'what each rule of the policy costs the honest and lets pass')
  .option('--morphs <n>', 'with --policy: criminals who use a morph of themselves and a look-alike', '0')
  .option(
    '--versus <variant>',
    'paired differences against: flip, a model id, or +ID for both networks together',
  )
  .option('--scores <file>', 'write a,b,mated,score; the score is empty where a photo gave no embedding')
  .option('--json <file>', 'write everything that was found')
  .option('--report <file>', 'write a self-contained HTML page with plots')
  .option(
    '--cache <dir>',
    'embeddings of earlier runs; biometric data, so readable by you alone',
    defaultCacheFolder(),
  )
  .option('--replicates <n>', 'bootstrap replicates', '1000')
  .option('--seed <n>', 'of everything drawn at random', '1')
  .addHelpText(
    'after',
    `
Scores are cosines, higher is more alike. Without --train the threshold of a list is the calibration's at FMR 1e-3.
An interrupted run goes on where it stopped. Delete the cache when you are done with the photos. Reports name photos.`,
  )
  .action((options: EvaluateOptions) => run(() => evaluateAndWrite(options)));

async function evaluateAndWrite(options: EvaluateOptions): Promise<void> {
  const { report, scoresCsv } = await evaluation(options);
  if (options.scores !== undefined && scoresCsv !== undefined) await writeFile(options.scores, scoresCsv);
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, null, 1)}\n`);
  if (options.report !== undefined) await writeFile(options.report, reportHtml(report));
  print(reportText(report));
  for (const file of [options.scores, options.json, options.report])
    if (file !== undefined) say(`written: ${file}`);
}
