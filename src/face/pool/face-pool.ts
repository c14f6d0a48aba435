import { FacematchError } from '../../errors.js';
import type {
  FaceOutcome,
  FaceReader,
  ImageOutcome,
  ModelId,
  ReadOptions,
  ShowOutcome,
  TurnOptions,
  UntrustedImage,
} from '../types.js';
import { Admission } from './admission.js';
import { Crew } from './crew.js';
import type { FaceChild } from './face-child.js';
import type { Job, JobResult } from './messages.js';
import { type FacePoolOptions, type PoolStats, poolDefaults, type ResolvedOptions } from './options.js';
import { Pace } from './pace.js';
import { PoolTask } from './pool-task.js';
import { again, errorResult, failureOf, outcomeOf, stopping } from './results.js';
import { TaskQueue } from './task-queue.js';

/** `FaceReader` in child processes, with a view on how it fares. */
export interface FacePool extends FaceReader {
  stats(): PoolStats;
  /** A child can take work, or could if it were not busy. */
  ready(): boolean;
  /**
   * Keeps a place for a photo of this party until the function is called, which is when it has been received. Asked
   * before, as a photo that is turned away need not be received at all. A sender who takes long loses the place, not
   * the right to try.
   *
   * @throws {FacematchError} `busy` where the photo would be turned away now
   */
  promiseRoom(party: string): () => void;
  /** Process ids of the children, for operators and fault tests. */
  pids(): readonly number[];
}

/**
 * Starts the children and resolves when the first one is ready. A child that crashes, hangs or grows too large
 * is replaced, and costs the photos it was reading only.
 * @throws {FacematchError} why no child could start (`model-missing`, `model-corrupt`, `config-invalid`, …)
 */
export function createFacePool(options: FacePoolOptions): Promise<FacePool> {
  return new Promise((resolve, reject) => {
    const pool = new ChildFacePool({ ...poolDefaults, ...options }, resolve, reject);
    pool.start();
  });
}

class ChildFacePool implements FacePool {
  private readonly queue: TaskQueue<PoolTask>;
  private readonly crew: Crew;
  private readonly running = new Set<PoolTask>();
  private readonly pace = new Pace();
  private readonly admission: Admission;
  private knownModel: ModelId | undefined;
  private closing: Promise<void> | undefined;
  private onDrained: (() => void) | undefined;
  private answered = 0;
  private failed = 0;

  constructor(
    private readonly options: ResolvedOptions,
    onReady: (pool: FacePool) => void,
    onHopeless: (error: FacematchError) => void,
  ) {
    this.queue = new TaskQueue({ maxTasks: options.maxQueue, maxBytes: options.maxQueueBytes });
    this.admission = new Admission(this.queue, this.pace, () => this.crew.counts, options);
    this.crew = new Crew(options.settings, options, options.children, {
      onFree: (model) => {
        this.knownModel = model;
        onReady(this);
        this.dispatch();
      },
      onHopeless: (error) => {
        onHopeless(error);
        this.rejectWaiting(error);
      },
    });
  }

  start(): void {
    this.crew.start();
  }

  get model(): ModelId {
    if (this.knownModel === undefined) throw new Error('The pool is handed out only once a child is ready.');
    return this.knownModel;
  }

  async read(photo: UntrustedImage, options?: ReadOptions): Promise<FaceOutcome> {
    const ahead = options?.accepted !== undefined;
    const result = await this.submit({ kind: 'read', image: photo, ahead }, options);
    if (result.kind === 'read') return result.outcome;
    throw failureOf(result);
  }

  async accept(image: UntrustedImage, options?: TurnOptions): Promise<ImageOutcome> {
    const result = await this.submit({ kind: 'accept', image }, options);
    if (result.kind === 'accept') return result.outcome;
    throw failureOf(result);
  }

  async show(image: UntrustedImage, words: string, options?: TurnOptions): Promise<ShowOutcome> {
    const result = await this.submit({ kind: 'show', image, words }, options);
    if (result.kind === 'show') return result.outcome;
    throw failureOf(result);
  }

  stats(): PoolStats {
    const { queue, admission, running, answered, failed } = this;
    return {
      ...this.crew.counts,
      waiting: queue.length,
      waitingBytes: queue.bytes,
      expectedMs: admission.expectedMs(queue.ahead('normal')),
      running: running.size,
      answered,
      failed,
      turnedAway: admission.turnedAway,
    };
  }

  ready(): boolean {
    return this.closing === undefined && this.crew.counts.ready > 0;
  }

  promiseRoom(party: string): () => void {
    if (this.closing !== undefined) throw stopping();
    return this.admission.promise(party);
  }

  pids(): readonly number[] {
    return this.crew.pids;
  }

  /** Takes no more photos, lets those it has finish until the deadline, then ends the children. */
  close(): Promise<void> {
    this.closing ??= this.drain().then(() => {
      this.rejectWaiting(stopping());
      return this.crew.close();
    });
    return this.closing;
  }

  private async submit(job: Job, options: ReadOptions = {}): Promise<JobResult> {
    options.signal?.throwIfAborted();
    if (this.closing !== undefined) throw stopping();
    if (this.crew.hopeless !== undefined) throw again(this.crew.hopeless);
    const task = new PoolTask(job, options);
    this.admission.take(task);
    this.dispatch();
    return task.wait(() => this.queue.remove(task));
  }

  /** Hands waiting tasks to idle children, in shares that leave something for the others. */
  private dispatch(): void {
    for (;;) {
      const child = this.queue.length > 0 ? this.crew.idle() : undefined;
      if (child === undefined) break;
      const share = Math.ceil(this.queue.length / this.options.children);
      const together = Math.min(this.options.maxBatch, share, this.admission.mostTogether);
      void this.run(child, this.queue.take(together));
    }
    if (this.queue.length === 0 && this.running.size === 0) this.onDrained?.();
  }

  /** Never rejects. */
  private async run(child: FaceChild, tasks: readonly PoolTask[]): Promise<void> {
    const dispatched = performance.now();
    for (const task of tasks) this.running.add(task);
    const ended = this.pace.begin(tasks.length);
    let answers: readonly JobResult[] | undefined;
    let failure: FacematchError | undefined;
    try {
      const done = await child.run(
        tasks.map(({ job }) => job),
        (place, image) => tasks[place]?.accept(image),
      );
      answers = done.answers;
      if (done.rss > this.options.maxRssBytes) child.retire();
    } catch (error) {
      failure = error instanceof FacematchError ? error : undefined;
    }
    const runMs = performance.now() - dispatched;
    ended(failure === undefined);
    for (const [i, task] of tasks.entries()) {
      const result = answers?.[i] ?? errorResult(failure);
      this.running.delete(task);
      if (result.kind === 'error') this.failed++;
      else this.answered++;
      task.settle(result);
      this.options.onTask?.({
        waitMs: dispatched - task.since,
        runMs,
        batch: tasks.length,
        outcome: outcomeOf(result),
      });
    }
    this.dispatch();
  }

  private async drain(): Promise<void> {
    if (this.queue.length === 0 && this.running.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.options.closeDeadlineMs).unref();
      this.onDrained = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private rejectWaiting(error: FacematchError): void {
    for (const task of this.queue.take(Number.POSITIVE_INFINITY)) task.settle(errorResult(error));
    if (this.running.size === 0) this.onDrained?.();
  }
}
