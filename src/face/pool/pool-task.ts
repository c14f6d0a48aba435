import type { AcceptedImage, ReadOptions } from '../types.js';
import type { Job, JobResult } from './messages.js';
import type { Priority, Queued } from './task-queue.js';

/** One photo and whoever waits for its result. */
export class PoolTask implements Queued {
  /** When it came, on the monotonic clock. */
  readonly since = performance.now();
  readonly priority: Priority;
  readonly party: string | undefined;
  private readonly signal: AbortSignal | undefined;
  private onAccepted: ((image: AcceptedImage) => void) | undefined;
  private readonly result: Promise<JobResult>;
  private resolve: (result: JobResult) => void = () => {};
  private reject: (reason: unknown) => void = () => {};

  constructor(
    readonly job: Job,
    { priority = 'normal', party, signal, accepted }: ReadOptions,
  ) {
    this.priority = priority;
    this.party = party;
    this.signal = signal;
    this.onAccepted = accepted;
    this.result = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  /** Tells who waits that the photo is accepted, unless they wait no more. Never throws. */
  accept(image: AcceptedImage): void {
    try {
      this.onAccepted?.(image);
    } catch (error) {
      this.fail(error);
    }
  }

  settle(result: JobResult): void {
    this.onAccepted = undefined;
    this.resolve(result);
  }

  private fail(reason: unknown): void {
    this.onAccepted = undefined;
    this.reject(reason);
  }

  /**
   * The result, or the signal's reason as soon as it aborts, whatever a child is doing then.
   * @param onAbort takes the task out of the queue, if it still waits
   */
  wait(onAbort: () => void): Promise<JobResult> {
    const { signal } = this;
    if (signal === undefined) return this.result;
    const abort = () => {
      onAbort();
      this.fail(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    return this.result.finally(() => signal.removeEventListener('abort', abort));
  }
}
