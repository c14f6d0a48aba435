import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Table from 'cli-table3';
import { Command, InvalidArgumentError } from 'commander';
import { runTrial, surroundings } from '../../benchmark/run.js';
import type { DatabaseKind, TrialResult } from '../../benchmark/trial.js';
import { trials } from '../../benchmark/trials.js';
import { loadConfig } from '../../config.js';
import { FacematchError } from '../../errors.js';
import { prepareNetworks } from '../../networks.js';
import { packageRoot } from '../../packageRoot.js';
import { print, progress, run, say } from '../output.js';

interface Options {
  readonly quick?: true;
  readonly json?: string;
  readonly photos?: string;
  readonly replicas?: readonly number[];
  readonly database?: readonly DatabaseKind[];
}

export const benchCommand = new Command('bench')
  .description('measure: each trial in its own process, medians, contenders in turn')
  .argument('[trials...]', `which (default: all): ${trials.map(({ name }) => name).join(', ')}`)
  .option('--quick', 'fewer repetitions: a minute in all')
  .option('--photos <dir>', 'photos to measure with (default: the faces of face-api’s package, 600 × 800)')
  .option('--replicas <numbers>', 'of http: service processes on one store, such as 1,2', replicaNumbers)
  .option('--database <kinds>', 'of http: sqlite, postgres or both, such as sqlite,postgres', databaseKinds)
  .option('--json <file>', 'write the figures as JSON too')
  .action((names: string[], options: Options) => run(() => bench(names, options)));

function replicaNumbers(text: string): number[] {
  const numbers = text.split(',').map(Number);
  if (!numbers.every((n) => Number.isInteger(n) && n >= 1 && n <= 16)) {
    throw new InvalidArgumentError('Whole numbers of 1 to 16, separated by commas.');
  }
  return numbers;
}

function databaseKinds(text: string): DatabaseKind[] {
  return text.split(',').map((kind) => {
    if (kind === 'sqlite' || kind === 'postgres') return kind;
    throw new InvalidArgumentError('sqlite, postgres, or both separated by a comma.');
  });
}

async function bench(names: readonly string[], options: Options): Promise<void> {
  const unknown = names.filter((name) => !trials.some((trial) => trial.name === name));
  if (unknown.length > 0)
    throw new FacematchError('input-invalid', `There is no trial called ${unknown.join(', ')}.`);
  const quick = options.quick === true;
  const chosen = trials.filter(({ name, slow }) =>
    names.length > 0 ? names.includes(name) : !(quick && slow),
  );
  const networks = await prepareNetworks(loadConfig(process.env), say);
  const about = surroundings({ ...libraryVersions(), networks: networks.pipeline.join(', ') });
  const results: Record<string, TrialResult> = {};
  for (const { name, what } of chosen) {
    const bar = progress(name);
    try {
      results[name] = await runTrial(
        name,
        { photos: options.photos, quick, replicas: options.replicas, databases: options.database },
        bar.update,
      );
    } finally {
      bar.stop();
    }
    print(`\n${name}: ${what}\n${tableOf(results[name])}`);
  }
  print(
    `\n${Object.entries(about)
      .map(([key, value]) => `${key}: ${value}`)
      .join('\n')}`,
  );
  if (options.json !== undefined)
    await writeFile(options.json, `${JSON.stringify({ about, results }, null, 2)}\n`);
}

function tableOf({ rows, notes }: TrialResult): string {
  const columns = [...new Set(rows.flatMap(({ values }) => Object.keys(values)))];
  const table = new Table({ head: ['', ...columns], style: { head: [], border: [] } });
  for (const { name, values } of rows)
    table.push([name, ...columns.map((column) => String(values[column] ?? '–'))]);
  return [table.toString(), ...notes].join('\n');
}

/** Dependencies are pinned, so what package.json says is what is installed. */
function libraryVersions(): Record<string, string> {
  const { dependencies } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const names = [
    'onnxruntime-node',
    'sharp',
    '@vladmandic/face-api',
    '@tensorflow/tfjs',
    'express',
    'better-sqlite3',
  ];
  return Object.fromEntries(names.map((name) => [name, dependencies[name] ?? '']));
}
