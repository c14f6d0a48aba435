import type { Job, JobResult } from './messages.js';
import type { Priority, Queued } from './task-queue.js';

/** One photo and whoever waits for its result. */
export class PoolTask implements Queued {
  /** When it came, on the monotonic clock. */
  readonly since = performance.now();
  private readonly result: Promise<JobResult>;
  private resolve: (result: JobResult) => void = () => {};

  constructor(
    readonly job: Job,
    readonly priority: Priority,
    readonly party: string | undefined,
  ) {
    this.result = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  settle(result: JobResult): void {
    this.resolve(result);
  }

  /**
   * The result, or the signal's reason as soon as it aborts, whatever a child is doing then.
   * @param onAbort takes the task out of the queue, if it still waits
   */
  wait(signal: AbortSignal | undefined, onAbort: () => void): Promise<JobResult> {
    if (signal === undefined) return this.result;
    return new Promise((resolve, reject) => {
      const abort = () => {
        onAbort();
        reject(signal.reason);
      };
      signal.addEventListener('abort', abort, { once: true });
      void this.result.then((result) => {
        signal.removeEventListener('abort', abort);
        resolve(result);
      });
    });
  }
}
