import { availableParallelism } from 'node:os';
import { watchHealth } from '../health.js';
import type { ProcessFigures } from '../processes.js';
import { withSeededService } from '../seededService.js';
import { quantile, rounded } from '../statistics.js';
import type { Row, Trial, TrialResult } from '../trial.js';
import { measureReplicas, replicaPlans } from './replicas.js';

export interface HttpPlan {
  /** Documents in the store, one service after the other. */
  readonly stores: readonly number[];
  readonly concurrency: readonly number[];
  /** For each row, after a warm-up. */
  readonly seconds: number;
}

const quickPlan: HttpPlan = { stores: [1000], concurrency: [1, 4, 16], seconds: 1.5 };
const fullPlan: HttpPlan = { stores: [1000, 100_000], concurrency: [1, 4, 16], seconds: 15 };

/** Comparisons before the first row: until then the service's code is still being compiled. */
const warmUp = 150;
/** Under full load; the slowest answer of the health check should stay below. */
const healthLimitMs = 50;

export const httpTrial: Trial = {
  name: 'http',
  what: 'comparisons over HTTP by documents in the store and requests at a time',
  run: ({ photos, quick, replicas, databases }, progress) =>
    replicas === undefined && databases === undefined
      ? measureHttp(quick ? quickPlan : fullPlan, photos, progress)
      : measureReplicas(
          {
            ...replicaPlans[quick ? 'quick' : 'full'],
            replicas: replicas ?? [1],
            databases: databases ?? ['sqlite'],
          },
          photos,
          progress,
        ),
};

export async function measureHttp(
  { stores, concurrency, seconds }: HttpPlan,
  photos: string | undefined,
  progress: (done: number, total: number) => void,
): Promise<TrialResult> {
  const seeded = stores.reduce((sum, documents) => sum + documents, 0);
  // A row is worth as many steps as a tenth of all seeding.
  const step = Math.ceil(seeded / 10);
  const total = seeded + step * stores.length * concurrency.length;
  const rows: Row[] = [];
  const notes: string[] = [];
  let before = 0;
  for (const documents of stores) {
    const onSeeding = (done: number): void => progress(before + done, total);
    await withSeededService({ documents, photos, onSeeding }, async ({ client, served }) => {
      before += documents;
      await client.run(4, (answered) => answered >= warmUp);
      for (const atATime of concurrency) {
        const health = await watchHealth(served.url);
        const start = { figures: served.figures(), client: process.cpuUsage() };
        const load = await client.run(atATime, (_, elapsedMs) => elapsedMs >= 1000 * seconds);
        const used = process.cpuUsage(start.client);
        const end = served.figures();
        const { slowest } = await health.stop();
        const name = `${documents.toLocaleString('en')} documents, ${atATime} at a time`;
        const clientMs = (used.user + used.system) / 1000;
        rows.push({
          name,
          values: { ...valuesOf(load, start.figures, end, clientMs), 'slowest health ms': rounded(slowest) },
        });
        if (slowest >= healthLimitMs)
          notes.push(
            `${name}: a health check took ${rounded(slowest)} ms; the aim is below ${healthLimitMs}.`,
          );
        before += step;
        progress(before, total);
      }
    });
  }
  return {
    rows,
    notes: [
      ...notes,
      'Client taken off: the rate on all cores, had the load client (the health checks included) not shared them.',
      'CPU: milliseconds of one core a comparison. Memory: resident, of the service and its children together.',
    ],
  };
}

interface Measured {
  readonly latencies: readonly number[];
  readonly elapsedMs: number;
}

/** @param clientMs processor time of the load client, on the machine it shares with the service */
export function valuesOf(
  { latencies, elapsedMs }: Measured,
  start: ProcessFigures | undefined,
  end: ProcessFigures | undefined,
  clientMs: number,
): Row['values'] {
  const count = latencies.length;
  const perSecond = (1000 * count) / elapsedMs;
  const known = start !== undefined && end !== undefined;
  return {
    'p50 ms': rounded(quantile(latencies, 0.5)),
    'p95 ms': rounded(quantile(latencies, 0.95)),
    'p99 ms': rounded(quantile(latencies, 0.99)),
    'per second': rounded(perSecond),
    'client taken off': rounded(withoutClient(perSecond, clientMs / elapsedMs, availableParallelism())),
    'CPU ms: service': known ? rounded((end.cpuMs - start.cpuMs) / count) : null,
    'CPU ms: children': known ? rounded((end.childrenCpuMs - start.childrenCpuMs) / count) : null,
    'CPU ms: client': rounded(clientMs / count),
    MB: known ? Math.round((end.residentBytes + end.childrenResidentBytes) / 2 ** 20) : null,
  };
}

/** The rate on `cores` of which the client did not use `clientCores`. */
export const withoutClient = (perSecond: number, clientCores: number, cores: number): number =>
  (perSecond * cores) / (cores - Math.min(clientCores, cores / 2));
