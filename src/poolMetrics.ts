import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { FacePool } from './face/pool/face-pool.js';
import type { PoolStats, TaskReport } from './face/pool/options.js';

export interface PoolMetrics {
  readonly onTask: (report: TaskReport) => void;
  /** From when on the pool's state is shown. */
  watch(pool: Pick<FacePool, 'stats'>): void;
}

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const gauges: readonly [name: string, help: string, of: (stats: PoolStats) => number][] = [
  ['facematch_children', 'Child processes that read photos', ({ children }) => children],
  ['facematch_children_ready', 'Children that have loaded their networks', ({ ready }) => ready],
  ['facematch_children_busy', 'Children at work', ({ busy }) => busy],
  ['facematch_photos_waiting', 'Photos that wait for a child', ({ waiting }) => waiting],
  ['facematch_photos_waiting_bytes', 'Bytes of the photos that wait', ({ waitingBytes }) => waitingBytes],
  ['facematch_photos_running', 'Photos being read', ({ running }) => running],
];

const counters: readonly [name: string, help: string, of: (stats: PoolStats) => number][] = [
  ['facematch_photos_turned_away_total', 'Photos refused because the queue was full', (s) => s.turnedAway],
  ['facematch_children_replaced_total', "Children that took another one's place", (s) => s.replaced],
];

/** How the child processes fare: waiting and reading apart, so that too few children and slow ones look different. */
export function createPoolMetrics(registry: Registry): PoolMetrics {
  const registers = [registry];
  const wait = new Histogram({
    name: 'facematch_queue_wait_seconds',
    help: 'Time a photo waited for a child',
    buckets: seconds,
    registers,
  });
  const run = new Histogram({
    name: 'facematch_run_seconds',
    help: 'Time from handing a batch to a child to its answer, for each photo in it',
    buckets: seconds,
    registers,
  });
  const size = new Histogram({
    name: 'facematch_batch_photos',
    help: 'Photos that shared a batch, for each of them',
    buckets: [1, 2, 4, 8, 16, 32, 64],
    registers,
  });
  const read = new Counter({
    name: 'facematch_photos_total',
    help: 'Photos by what became of them',
    labelNames: ['outcome'],
    registers,
  });
  return {
    onTask({ waitMs, runMs, batch, outcome }) {
      wait.observe(waitMs / 1000);
      run.observe(runMs / 1000);
      size.observe(batch);
      read.inc({ outcome });
    },
    watch(pool) {
      for (const [name, help, of] of gauges)
        new Gauge({
          name,
          help,
          registers,
          collect() {
            this.set(of(pool.stats()));
          },
        });
      for (const [name, help, of] of counters)
        new Counter({
          name,
          help,
          registers,
          collect() {
            this.reset();
            this.inc(of(pool.stats()));
          },
        });
    },
  };
}
