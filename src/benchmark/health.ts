import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

export interface HealthFigures {
  readonly answers: number;
  /** Milliseconds. */
  readonly slowest: number;
  readonly p99: number;
}

/**
 * Asks for `/health/live` again and again until stopped, on a thread of its own: the load client's own event loop would
 * add its delays. Resolves once the asking has begun.
 */
export async function watchHealth(url: string): Promise<{ stop(): Promise<HealthFigures> }> {
  const worker = new Worker(fileURLToPath(new URL('./healthWorker.js', import.meta.url)), {
    workerData: url,
  });
  await once(worker, 'message');
  const figures = once(worker, 'message') as Promise<[HealthFigures]>;
  // Met where the watch is stopped.
  figures.catch(() => {});
  return {
    async stop() {
      worker.postMessage('stop');
      try {
        return (await figures)[0];
      } finally {
        await worker.terminate();
      }
    },
  };
}
