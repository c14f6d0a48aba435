import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { placeIn, temporaryPlace } from '../../benchmark/servedProcess.js';
import { FacematchError } from '../../errors.js';
import { newKey } from '../../keys/keyFile.js';
import { destroyMany } from '../../retention/simulation/destroyMany.js';
import { destroyWhileServing } from '../../retention/simulation/destroyWhileServing.js';
import { SimulatedTime, twentyYears } from '../../retention/simulation/twentyYears.js';
import { openStore } from '../../store/store.js';
import { print, progress, run } from '../output.js';

interface Options {
  readonly records: string;
  readonly due?: true;
  readonly serve?: true;
  readonly folder?: string;
}

export const simulateCommand = new Command('simulate')
  .description('let forty years pass in a store in a temporary folder, with holders who do not exist')
  .option('--records <n>', 'documents issued', '10000')
  .option('--due', 'no years: fill the store with so many due documents and destroy them, with their rate')
  .option('--serve', 'with --due: a service destroys them while it answers comparisons over HTTP')
  .option(
    '--folder <folder>',
    'with --serve: fill the store in this folder and leave it there; what an earlier call filled in counts',
  )
  .action((options: Options) =>
    run(async () => {
      const records = Number(options.records);
      if (!Number.isInteger(records) || records < 240 || records > 10_000_000) {
        throw new FacematchError('input-invalid', '--records takes a whole number from 240 to 10,000,000.');
      }
      if (options.serve) return await whileServing(records, options);
      const folder = await mkdtemp(join(tmpdir(), 'facematch-simulation-'));
      try {
        print(JSON.stringify(await simulate(folder, records, options.due === true), null, 2));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    }),
  );

async function whileServing(records: number, { due, folder }: Options): Promise<void> {
  if (due !== true) throw new FacematchError('input-invalid', '--serve goes with --due.');
  if (folder !== undefined) await mkdir(folder, { recursive: true, mode: 0o700 });
  const place = folder === undefined ? await temporaryPlace() : placeIn(resolve(folder));
  const bar = progress('documents');
  try {
    const report = await destroyWhileServing({ records, place, progress: bar.update });
    bar.stop();
    print(JSON.stringify(report, null, 2));
    const { dueLeft, end } = report;
    if (dueLeft > 0 || Object.keys(end.rows).length > 0 || end.keysOfMonthsOver > 0) {
      throw new FacematchError('internal', 'Something that was due is still there.');
    }
  } finally {
    bar.stop();
    if (folder === undefined) await place.remove();
  }
}

async function simulate(folder: string, records: number, due: boolean): Promise<object> {
  const from = '2006-01-01';
  const time = new SimulatedTime(new Date(`${from}T00:00:00Z`));
  const databasePath = join(folder, 'facematch.db');
  const store = await openStore({
    databasePath,
    keyringPaths: [join(folder, 'keyring', 'keyring.db'), join(folder, 'keyring-mirror', 'keyring.db')],
    masterKey: newKey(),
    lookupKey: newKey(),
    clock: time.clock,
  });
  const bar = progress(due ? 'documents' : 'months');
  try {
    if (due) return await destroyMany(store, time, { records, databasePath, progress: bar.update });
    const started = performance.now();
    let months = 0;
    const report = await twentyYears(store, time, {
      records,
      from,
      progress: () => bar.update(++months, 482),
    });
    return {
      ...report,
      seconds: Math.round((performance.now() - started) / 1000),
      left: await store.stats(),
      keys: (await store.keyring.state()).keys,
      auditIntact: (await store.audit.verify()).intact,
    };
  } finally {
    bar.stop();
    await store.close();
  }
}
