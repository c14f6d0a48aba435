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
import { type FaceChild, fromReport } from './face-child.js';
import type { Job, JobResult } from './messages.js';
import { type FacePoolOptions, type PoolStats, poolDefaults, type ResolvedOptions } from './options.js';
import { inOwnMemory } from './own-memory.js';
import { PoolTask } from './pool-task.js';
import { TaskQueue } from './task-queue.js';

/** `FaceReader` in child processes, with a view on how it fares. */
export interface FacePool extends FaceReader {
  stats(): PoolStats;
  /** A child can take work, or could if it were not busy. */
  ready(): boolean;
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
      running: running.size,
      answered,
      failed,
      turnedAway,
    };
  }

  ready(): boolean {
    return this.closing === undefined && this.crew.counts.ready > 0;
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
    const task = new PoolTask(job, options.priority ?? 'normal');
    if (!this.queue.offer(task)) {
      this.turnedAway++;
      throw new FacematchError('busy', 'Too many photos are waiting to be read; try again in a moment.', {
        waiting: this.queue.length,
      });
    }
    this.dispatch();
    return task.wait(options.signal, () => this.queue.remove(task));
  }

  /** Hands waiting tasks to idle children, in shares that leave something for the others. */
  private dispatch(): void {
    for (;;) {
      const child = this.queue.length > 0 ? this.crew.idle() : undefined;
      if (child === undefined) break;
      const share = Math.ceil(this.queue.length / this.options.children);
      void this.run(child, this.queue.take(Math.min(this.options.maxBatch, share)));
    }
    if (this.queue.length === 0 && this.running.size === 0) this.onDrained?.();
  }

  /** Never rejects. */
  private async run(child: FaceChild, tasks: readonly PoolTask[]): Promise<void> {
    const dispatched = performance.now();
    for (const task of tasks) this.running.add(task);
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

function errorResult(error: FacematchError | undefined): JobResult {
  const { code, message, facts } = error ?? new FacematchError('internal', 'A photo got no answer.');
  return { kind: 'error', error: { code, message, facts } };
}

function failureOf(result: JobResult): FacematchError {
  return result.kind === 'error'
    ? fromReport(result.error)
    : new FacematchError('internal', 'A photo got the answer to another question.');
}

/** An error of its own for each caller, with the caller's stack. */
function again({ code, message, facts }: FacematchError): FacematchError {
  return new FacematchError(code, message, facts);
}

function stopping(): FacematchError {
  return new FacematchError('busy', 'The service is stopping and reads no more photos.');
}

function outcomeOf(result: JobResult) {
  if (result.kind === 'error') return result.error.code;
  const { outcome } = result;
  if (outcome.kind === 'refused') return outcome.code;
  return outcome.kind === 'failure-to-acquire' ? outcome.reason : outcome.kind;
}
