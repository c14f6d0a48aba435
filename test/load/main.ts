import { quantile } from '../../src/benchmark/statistics.js';
import { runFairness, shareAnswered } from './fairness.js';
import { runOverload } from './overload.js';
import { eventsOf, figuresOf } from './overloadFindings.js';
import { type Finding, judge, lineOf, number } from './report.js';
import { countOf, latencies } from './sending.js';
import { runSoak, soakFindings } from './soak.js';

// npm run test:load: ten times the capacity for two minutes, and an office that floods beside a quiet one.
// FACEMATCH_LOAD=soak npm run test:load: thirty minutes at half the capacity.

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const seed = Number(process.env['FACEMATCH_LOAD_SEED'] ?? 1);
const minutes = Number(process.env['FACEMATCH_LOAD_MINUTES'] ?? Number.NaN);
print(`seed ${seed}`);
const findings = process.env['FACEMATCH_LOAD'] === 'soak' ? await soak() : await overload();
if (!judge(findings, print)) process.exitCode = 1;

async function overload(): Promise<Finding[]> {
  const figures = await runOverload(
    {
      times: 10,
      warmUpSeconds: 5,
      quietSeconds: 20,
      capacitySeconds: 15,
      overloadSeconds: 60 * (minutes || 2),
      recoverySeconds: 12,
      seed,
    },
    print,
  );
  const { quiet, capacity, overload: over, recovery, health } = figures;
  for (const [name, sent] of Object.entries({ quiet, capacity, overload: over, recovery }))
    print(lineOf(name, sent));
  print(`health: ${health.answers} answers, p99 ${number(health.p99)}, slowest ${number(health.slowest)} ms`);

  const fair = await runFairness({ perSecond: figures.wantedPerSecond, seconds: 20, seed }, print);
  for (const [name, sent] of Object.entries(fair)) print(lineOf(name, sent));
  const share = shareAnswered(fair);
  const p99 = (sent: typeof quiet) => quantile(latencies(sent, 201), 0.99);
  return [
    ...eventsOf(figures),
    ...figuresOf(figures),
    {
      what: 'a quiet office is answered beside one that floods (99% of its requests)',
      holds: share >= 0.99 && countOf(fair.flood, 503) > countOf(fair.flood, 201),
      found: `${number(100 * share)}%, p99 ${number(p99(fair.beside))} against ${number(p99(fair.alone))} ms alone; the other office: ${countOf(fair.flood, 201)} answered, ${countOf(fair.flood, 503)} refused`,
    },
  ];
}

async function soak(): Promise<Finding[]> {
  const figures = await runSoak({ minutes: minutes || 30, share: 0.5, seed }, print);
  print(lineOf('soak', figures.sent));
  return soakFindings(figures);
}
