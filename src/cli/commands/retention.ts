import Table from 'cli-table3';
import { Command } from 'commander';
import { systemClock } from '../../clock.js';
import { loadConfig } from '../../config.js';
import { databasePlace } from '../../configuredStore.js';
import { FacematchError } from '../../errors.js';
import { namedRules, periodText } from '../../records/retention.js';
import { createRetention, type RunReport } from '../../retention/engine.js';
import { type RetentionPlan, retentionPlan } from '../../retention/plan.js';
import { retentionLimits } from '../../retentionParts.js';
import { openForReading } from '../../store/recordReader.js';
import { retainedKinds } from '../../store/retained.js';
import { operator, withExclusive, withStore } from '../operator.js';
import { print, progress, run, say } from '../output.js';
import { callService } from '../serviceCall.js';
import { simulateCommand } from './retentionSimulation.js';

const planCommand = new Command('plan')
  .description('what falls due when, with a chart; beside a running service too')
  .option('--by <period>', 'month or year', 'year')
  .option('--format <format>', 'table or json', 'table')
  .action(({ by, format }: { by: string; format: string }) =>
    run(async () => {
      if ((by !== 'month' && by !== 'year') || (format !== 'table' && format !== 'json')) {
        throw new FacematchError('input-invalid', '--by takes month or year, --format table or json.');
      }
      const connection = await openForReading(databasePlace(loadConfig(process.env)));
      try {
        const plan = await retentionPlan(connection, systemClock().toISOString().slice(0, 10), by);
        print(format === 'json' ? JSON.stringify(plan, null, 2) : planTable(plan));
      } finally {
        await connection.close();
      }
    }),
  );

interface RunOptions {
  readonly override?: string;
  readonly url?: string;
  readonly tokenFile?: string;
}

const runCommand = new Command('run')
  .description('destroy what is due now; the running service does so every day')
  .option('--override <reason>', 'although the clock or the share speaks against it; the reason is kept')
  .option('--url <url>', 'address of the running service; default the configured host and port')
  .option('--token-file <file>', 'bearer token of an operator: the running service does it')
  .action((options: RunOptions) => run(() => runNow(options)));

async function runNow({ override, url, tokenFile }: RunOptions): Promise<void> {
  const order = override === undefined ? {} : { override: { reason: override } };
  if (tokenFile !== undefined) {
    const connection = { tokenFile, ...(url === undefined ? {} : { url }) };
    const path = '/v1/operations/retention-runs';
    const { runId } = (await callService(connection, 'POST', path, order)) as { runId: string };
    return print(`The service began run ${runId}; GET ${path} says how it goes.`);
  }
  const config = loadConfig(process.env);
  const instead =
    'it destroys what is due every day, and at once with --token-file and the token of an operator';
  await withStore(config, instead, (store) =>
    withExclusive(config, async (exclusive) => {
      const stopping = new AbortController();
      process.once('SIGINT', () => stopping.abort());
      const limits = retentionLimits(config);
      const retention = createRetention({ store, exclusive, clock: systemClock, limits });
      const bar = progress('destroyed');
      try {
        const report = await retention.run({
          by: operator(),
          signal: stopping.signal,
          progress: bar.update,
          ...order,
        });
        bar.stop();
        print(reportTable(report));
      } catch (error) {
        bar.stop();
        if (!stopping.signal.aborted) throw error;
        say('Stopped; what is left goes with the next run.');
        process.exitCode = 1;
      }
    }),
  );
}

const rulesCommand = new Command('rules')
  .description('how long each kind of data is kept, and on what legal basis')
  .action(() => {
    const table = new Table({
      style: { head: [], border: [] },
      head: ['data', 'kept', 'basis'],
      colWidths: [40, 12, 70],
      wordWrap: true,
    });
    for (const { name, rule } of namedRules()) table.push([name, periodText(rule.period), rule.basis]);
    print(table.toString());
  });

export const retentionCommand = new Command('retention')
  .description('what is kept how long, what falls due when, and its destruction')
  .addCommand(planCommand)
  .addCommand(runCommand)
  .addCommand(rulesCommand)
  .addCommand(simulateCommand);

const barWidth = 30;

function planTable({ asOf, periods, total }: RetentionPlan): string {
  const kinds = retainedKinds.filter((kind) => periods.some(({ records }) => records[kind]));
  const most = Math.max(1, ...periods.map((period) => period.total));
  const table = new Table({
    style: { head: [], border: [] },
    head: ['falls due', ...kinds, 'held', 'all', ''],
    colAligns: ['left', ...kinds.map(() => 'right' as const), 'right', 'right', 'left'],
  });
  for (const period of periods) {
    const bar = '█'.repeat(Math.max(1, Math.round((barWidth * period.total) / most)));
    const name = period.period === 'due' ? `by ${asOf}` : period.period;
    table.push([
      name,
      ...kinds.map((kind) => period.records[kind] ?? ''),
      period.held || '',
      period.total,
      bar,
    ]);
  }
  return `${table.toString()}\n${total} records with an end of their own. Held: due, and kept for an inquiry or a judge.`;
}

function reportTable({ destroyed, months, held, checkpointed, damagedMonths }: RunReport): string {
  const table = new Table({
    style: { head: [], border: [] },
    head: ['destroyed', ''],
    colAligns: ['left', 'right'],
  });
  for (const kind of retainedKinds) if (destroyed[kind]) table.push([kind, destroyed[kind]]);
  table.push(['keys of months that are over', months], ['keys kept for a hold', held]);
  const notes = [
    ...(checkpointed
      ? []
      : ['A reader kept deleted content in the write-ahead log; the next checkpoint cuts it.']),
    ...(damagedMonths === 0
      ? []
      : [`A copy of the keyring is damaged in ${damagedMonths} months: facematch keys status --verify.`]),
  ];
  return [table.toString(), ...notes].join('\n');
}
