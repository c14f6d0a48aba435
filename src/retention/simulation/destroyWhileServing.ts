import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchHealth } from '../../benchmark/health.js';
import { seedStore } from '../../benchmark/seed.js';
import { embedderOf } from '../../benchmark/seededService.js';
import { type Place, type ServedProcess, serveIn } from '../../benchmark/servedProcess.js';
import { rounded } from '../../benchmark/statistics.js';
import { localToken } from '../../cli/localToken.js';
import { systemClock } from '../../clock.js';
import { configuredStore } from '../../configuredStore.js';
import { FacematchError } from '../../errors.js';
import { plus } from '../../records/retention.js';
import { openStore } from '../../store/store.js';
import type { RunView } from '../operations.js';
import { type Applicants, applicantsOf, type Comparing } from './applicants.js';
import { fillWithDue } from './dueDocuments.js';
import { destroyTheRest, dueAndLeft, type Emptied } from './emptied.js';

export interface DestroyWhileServing {
  readonly records: number;
  /** Where store and keys are; documents that an earlier call filled in are taken as they are. */
  readonly place: Place;
  readonly progress: (done: number, total: number) => void;
  /** Documents that are not due, of the holders who are compared meanwhile; an even number, 2,000 unless given. */
  readonly kept?: number;
  /** How long comparisons are measured before the run; 20 unless given. */
  readonly idleSeconds?: number;
}

export interface WhileServingReport {
  readonly records: number;
  readonly databaseMegabytes: number;
  readonly runSeconds: number;
  readonly recordsPerSecond: number;
  readonly destroyed: Readonly<Record<string, number>>;
  /** One comparison after the other, before the run and during it. */
  readonly idle: Comparing;
  readonly during: Comparing;
  /** Slowest answer of the health check during the run, milliseconds. */
  readonly slowestHealthMs: number;
  /** Resident memory of the service without the processes that read photos, megabytes; null without /proc. */
  readonly memory: { readonly before: number; readonly most: number } | null;
  /** What was due and is still there, after the run. */
  readonly dueLeft: number;
  /** After everything else was destroyed too. */
  readonly end: Emptied;
}

/** Of the database's pages, while the store is filled. */
const cacheMegabytes = 512;
const warmUp = 20;

/**
 * Lets a service destroy so many due documents while it answers comparisons over HTTP, and sees that nothing of them
 * is left; then lets the time of everything else pass, and sees that nothing is left at all.
 *
 * @throws FacematchError `internal` when the run or a comparison fails
 */
export async function destroyWhileServing({
  records,
  place,
  progress,
  kept = 2000,
  idleSeconds = 20,
}: DestroyWhileServing): Promise<WhileServingReport> {
  await fill(place, { records, kept }, (done) => progress(done, 2 * records));
  const database = resolve(place.config.store.database);
  const databaseMegabytes = Math.round(statSync(database).size / 1e6);
  const served = await serveIn(place);
  try {
    const applicants = await applicantsOf(place, served.url, kept / 2);
    await applicants.compare((answered) => answered >= warmUp);
    const idle = await applicants.compare((_, elapsed) => elapsed >= 1000 * idleSeconds);
    const measured = await duringRun(place, served, applicants);
    await served.stop();
    const { due } = dueAndLeft(database);
    progress(2 * records, 2 * records);
    return {
      records,
      databaseMegabytes,
      runSeconds: measured.seconds,
      recordsPerSecond: Math.round((measured.run.destroyed['document'] ?? 0) / measured.seconds),
      destroyed: measured.run.destroyed,
      idle,
      during: measured.during,
      slowestHealthMs: rounded(measured.slowestHealth),
      memory: measured.memory,
      dueLeft: due,
      end: await destroyTheRest(place.config),
    };
  } finally {
    await served.stop();
  }
}

async function fill(
  place: Place,
  { records, kept }: { readonly records: number; readonly kept: number },
  progress: (done: number) => void,
): Promise<void> {
  const store = await openStore({ ...configuredStore(place.config, systemClock), cacheMegabytes });
  let held: ReturnType<typeof dueAndLeft>;
  try {
    held = dueAndLeft(resolve(place.config.store.database));
    const from = plus(plus(systemClock().toISOString().slice(0, 10), { years: -22 }), { days: -10 });
    await fillWithDue(store, records, from, progress, held.due);
  } finally {
    await store.close();
  }
  if (held.documents === held.due) await seedStore(place.config, kept, await embedderOf(place.config));
}

/** Starts the run as an operator does, and compares until it has ended. */
async function duringRun(place: Place, served: ServedProcess, applicants: Applicants) {
  const operator = operations(place, served.url);
  const before = served.figures()?.residentBytes;
  let most = before ?? 0;
  let ended = false;
  const health = await watchHealth(served.url);
  const started = performance.now();
  const untilItEnds = async () => {
    await operator.start();
    for (;;) {
      await sleep(1000);
      most = Math.max(most, served.figures()?.residentBytes ?? 0);
      const run = await operator.last();
      if (run?.outcome !== 'running') return { run, seconds: rounded((performance.now() - started) / 1000) };
    }
  };
  const running = untilItEnds().finally(() => {
    ended = true;
  });
  const [ending, comparing] = await Promise.allSettled([running, applicants.compare(() => ended)]);
  const { slowest } = await health.stop();
  if (ending.status === 'rejected') throw ending.reason;
  if (comparing.status === 'rejected') throw comparing.reason;
  const { run, seconds } = ending.value;
  if (run?.outcome !== 'done') {
    throw new FacematchError('internal', `The run ended with ${run?.outcome ?? 'nothing'}.`);
  }
  const megabytes = (bytes: number) => Math.round(bytes / 2 ** 20);
  const memory = before === undefined ? null : { before: megabytes(before), most: megabytes(most) };
  return { run, seconds, during: comparing.value, slowestHealth: slowest, memory };
}

/** Longer than a token lives: each call has one of its own. */
function operations(place: Place, url: string) {
  const call = async (method: 'GET' | 'POST', body?: object): Promise<unknown> => {
    const token = await localToken(place.config, {
      client: 'simulation',
      subject: 'simulation',
      role: 'operator',
      scopes: ['operations:write'],
      lifetimeSeconds: 300,
    });
    const response = await fetch(`${url}/v1/operations/retention-runs`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new FacematchError('internal', `The service answered ${response.status}.`);
    return response.json();
  };
  return {
    start: () => call('POST', { override: { reason: 'a simulation, all of whose records are invented' } }),
    last: async () => ((await call('GET')) as { runs: RunView[] }).runs[0],
  };
}
