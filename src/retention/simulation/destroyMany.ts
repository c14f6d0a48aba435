import { statSync } from 'node:fs';
import { plus } from '../../records/retention.js';
import type { Store } from '../../store/store.js';
import { createRetention } from '../engine.js';
import { fillWithDue } from './dueDocuments.js';
import type { SimulatedTime } from './twentyYears.js';

export interface DestroyMany {
  readonly records: number;
  readonly databasePath: string;
  readonly progress: (done: number, total: number) => void;
}

export interface DestroyManyReport {
  readonly records: number;
  readonly seedSeconds: number;
  readonly databaseMegabytes: number;
  readonly runSeconds: number;
  readonly recordsPerSecond: number;
  /** What the event loop was longest kept from everybody else, milliseconds. */
  readonly longestStallMs: number;
  readonly left: object;
  readonly auditIntact: boolean;
}

/** Fills the store with documents of two years, moves the clock past the end of them all, and measures the run. */
export async function destroyMany(
  store: Store,
  time: SimulatedTime,
  { records, databasePath, progress }: DestroyMany,
): Promise<DestroyManyReport> {
  const from = time.now.toISOString().slice(0, 10);
  const seeding = performance.now();
  await fillWithDue(store, records, from, (done) => progress(done, 2 * records));
  const seedSeconds = secondsSince(seeding);
  await store.retention.checkpoint();
  const databaseMegabytes = Math.round(statSync(databasePath).size / 1e6);

  const retention = createRetention({
    store,
    clock: time.clock,
    monotonic: time.monotonic,
    limits: { share: 1, few: 0, maxGapDays: 36_600 },
  });
  time.now = new Date(`${plus(from, { years: 23 })}T00:00:00Z`);
  const stalls = watchStalls();
  const running = performance.now();
  await retention.run({
    by: { client: 'simulation', actor: 'simulation' },
    progress: (done) => progress(records + done, 2 * records),
  });
  const runSeconds = secondsSince(running);
  return {
    records,
    seedSeconds,
    databaseMegabytes,
    runSeconds,
    recordsPerSecond: Math.round(records / runSeconds),
    longestStallMs: stalls.stop(),
    left: { ...(await store.stats()), keys: (await store.keyring.state()).keys },
    auditIntact: (await store.audit.verify()).intact,
  };
}

function watchStalls(): { stop(): number } {
  const every = 5;
  let last = performance.now();
  let longest = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - every);
    last = now;
  }, every);
  return {
    stop() {
      clearInterval(timer);
      return Math.round(longest);
    },
  };
}

const secondsSince = (start: number): number => Math.round((performance.now() - start) / 100) / 10;
