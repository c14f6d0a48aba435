import { FacematchError } from '../../errors.js';
import type {
  FaceOutcome,
  FaceReader,
  ImageOutcome,
  ModelId,
  ReadOptions,
  ShowOutcome,
  UntrustedImage,
} from '../types.js';
import { Crew } from './crew.js';
import type { FaceChild } from './face-child.js';
import type { Job, JobResult } from './messages.js';
import { type FacePoolOptions, type PoolStats, poolDefaults, type ResolvedOptions } from './options.js';
import { inOwnMemory } from './own-memory.js';
import { Pace } from './pace.js';
import { PoolTask } from './pool-task.js';
import { again, errorResult, failureOf, outcomeOf, stopping } from './results.js';
import { type Priority, TaskQueue } from './task-queue.js';

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

/** A photo is received within less, unless its sender is slow. */
const promisedMs = 250;

class ChildFacePool implements FacePool {
  private readonly queue: TaskQueue<PoolTask>;
  private readonly crew: Crew;
  private readonly running = new Set<PoolTask>();
  private readonly pace = new Pace();
  private knownModel: ModelId | undefined;
  private closing: Promise<void> | undefined;
  private onDrained: (() => void) | undefined;
  private answered = 0;
  private failed = 0;
  private turnedAway = 0;

  constructor(
    private readonly options: ResolvedOptions,
    onReady: (pool: FacePool) => void,
    onHopeless: (error: FacematchError) => void,
  ) {
    this.queue = new TaskQueue({ maxTasks: options.maxQueue, maxBytes: options.maxQueueBytes });
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
    const result = await this.submit({ kind: 'read', image: photo }, options);
    if (result.kind === 'read') return result.outcome;
    throw failureOf(result);
  }

  async accept(image: UntrustedImage, options?: ReadOptions): Promise<ImageOutcome> {
    const result = await this.submit({ kind: 'accept', image }, options);
    if (result.kind === 'accept') return result.outcome;
    throw failureOf(result);
  }

  async show(image: UntrustedImage, words: string, options?: ReadOptions): Promise<ShowOutcome> {
    const result = await this.submit({ kind: 'show', image, words }, options);
    if (result.kind === 'show') return result.outcome;
    throw failureOf(result);
  }

  stats(): PoolStats {
    const { queue, running, answered, failed, turnedAway } = this;
    return {
      ...this.crew.counts,
      waiting: queue.length,
      waitingBytes: queue.bytes,
      expectedMs: this.expectedMs(queue.ahead('normal')),
      running: running.size,
      answered,
      failed,
      turnedAway,
    };
  }

  ready(): boolean {
    return this.closing === undefined && this.crew.counts.ready > 0;
  }

  promiseRoom(party: string): () => void {
    if (this.closing !== undefined) throw stopping();
    const full = this.queue.ahead('normal', party) >= this.options.maxQueue;
    if (full || !this.isSoon('normal', party)) throw this.turnAway();
    const release = this.queue.promise(party);
    const timer = setTimeout(release, promisedMs).unref();
    return () => {
      clearTimeout(timer);
      release();
    };
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
    const { priority = 'normal', party } = options;
    const task = new PoolTask(job, priority, party);
    if (!this.isSoon(priority, party) || !this.queue.offer(task)) throw this.turnAway();
    this.dispatch();
    return task.wait(options.signal, () => this.queue.remove(task));
  }

  /** Whether a photo would be read within the time that a caller may be let wait. */
  private isSoon(priority: Priority, party: string | undefined): boolean {
    if (priority === 'low') return true;
    const { children, maxWaitMs } = this.options;
    const ahead = this.queue.ahead('normal', party);
    // However slow the photos: no child has to stand idle, and no party is kept out by another one.
    const atLeast = this.queue.placesOf('normal', party) === 0 ? children + 1 : children;
    return ahead < atLeast || this.expectedMs(ahead) <= maxWaitMs;
  }

  private expectedMs(ahead: number): number {
    const { ready, busy } = this.crew.counts;
    return ahead === 0 && busy < ready ? this.pace.photoMs : this.pace.expectedMs(ahead, ready);
  }

  private turnAway(): FacematchError {
    this.turnedAway++;
    return new FacematchError('busy', 'Too many photos are waiting to be read; try again in a moment.', {
      waiting: this.queue.length,
    });
  }

  /** Hands waiting tasks to idle children, in shares that leave something for the others. */
  private dispatch(): void {
    for (;;) {
      const child = this.queue.length > 0 ? this.crew.idle() : undefined;
      if (child === undefined) break;
      const { children, maxBatch, maxWaitMs } = this.options;
      const share = Math.ceil(this.queue.length / children);
      // Whoever comes next waits for a whole batch: two of them must fit into their wait.
      const quick = this.pace.batchWithin(maxWaitMs / 2);
      void this.run(child, this.queue.take(Math.min(maxBatch, share, quick)));
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
      const done = await child.run(tasks.map(({ job }) => job));
      answers = done.results;
      if (done.rss > this.options.maxRssBytes) child.retire();
    } catch (error) {
      failure = error instanceof FacematchError ? error : undefined;
    }
    const runMs = performance.now() - dispatched;
    ended(failure === undefined);
    for (const [i, task] of tasks.entries()) {
      const answer = answers?.[i];
      const result = answer === undefined ? errorResult(failure) : inOwnMemory(answer);
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
