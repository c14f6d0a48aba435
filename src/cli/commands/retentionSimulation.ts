import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { FacematchError } from '../../errors.js';
import { newKey } from '../../keys/keyFile.js';
import { destroyMany } from '../../retention/simulation/destroyMany.js';
import { SimulatedTime, twentyYears } from '../../retention/simulation/twentyYears.js';
import { openStore } from '../../store/store.js';
import { print, progress, run } from '../output.js';

interface Options {
  readonly records: string;
  readonly due?: true;
}

export const simulateCommand = new Command('simulate')
  .description('let forty years pass in a store in a temporary folder, with holders who do not exist')
  .option('--records <n>', 'documents issued', '10000')
  .option('--due', 'no years: fill the store with so many due documents and destroy them, with their rate')
  .action((options: Options) =>
    run(async () => {
      const records = Number(options.records);
      if (!Number.isInteger(records) || records < 240 || records > 10_000_000) {
        throw new FacematchError('input-invalid', '--records takes a whole number from 240 to 10,000,000.');
      }
      const folder = await mkdtemp(join(tmpdir(), 'facematch-simulation-'));
      try {
        print(JSON.stringify(await simulate(folder, records, options.due === true), null, 2));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    }),
  );

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
      keys: store.keyring.size(),
      auditIntact: (await store.audit.verify()).intact,
    };
  } finally {
    bar.stop();
    await store.close();
  }
}
