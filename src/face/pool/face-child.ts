import type { ChildProcess } from 'node:child_process';
import { getPriority, setPriority } from 'node:os';
import type { FacematchError } from '../../errors.js';
import { confinedFork, type IsolationSettings } from '../../isolation/confinedFork.js';
import type { FaceSettings } from '../settings.js';
import type { ModelId } from '../types.js';
import { Batch, type OnAccepted } from './batch.js';
import { died, fromReport, late, malformed } from './child-failures.js';
import { type FromChild, isReport, type Job, type JobResult, type ToChild } from './messages.js';
import { type FaceProgramLimits, faceProgram } from './program.js';

export interface ChildLimits extends FaceProgramLimits {
  /** From spawn to ready. */
  readonly startDeadlineMs: number;
  /** For one photo: from dispatch, or from a sign of life, to the next sign of life or the answer. */
  readonly deadlineMs: number;
  /** Added to that of this process. */
  readonly niceness: number;
  readonly isolation: IsolationSettings;
}

export interface ChildListener {
  /** The networks are loaded and have run. */
  onReady(child: FaceChild, model: ModelId): void;
  /** Called once, when the child can do no more work; `startError` says why when it never became ready. */
  onEnd(child: FaceChild, startError: FacematchError | undefined): void;
}

/** From a polite end to SIGKILL. */
const retireGraceMs = 2_000;

export interface Answered {
  /** In the order of the jobs. */
  readonly answers: readonly JobResult[];
  /** Resident set size of the child, in bytes. */
  readonly rss: number;
}

interface Running {
  readonly batch: Batch;
  readonly resolve: (answered: Answered) => void;
  readonly reject: (error: FacematchError) => void;
  readonly timer: NodeJS.Timeout;
  /** Signs of life that still put the deadline off. */
  signs: number;
}

/** One child process: starts, runs one batch at a time, ends once. */
export class FaceChild {
  /** Settles when the process is gone; never rejects. */
  readonly exited: Promise<void>;
  private readonly process: ChildProcess;
  private readonly startTimer: NodeJS.Timeout;
  private state: 'starting' | 'idle' | 'busy' | 'ended' = 'starting';
  private running: Running | undefined;

  constructor(
    settings: FaceSettings,
    private readonly limits: ChildLimits,
    private readonly listener: ChildListener,
  ) {
    this.process = confinedFork(faceProgram(settings, limits), limits.isolation);
    yieldTo(this.process.pid, limits.niceness);
    this.exited = new Promise((resolve) => {
      this.process.once('exit', (code, signal) => {
        this.finish(died(code, signal));
        resolve();
      });
      this.process.once('error', () => {
        this.finish(died(null, null));
        if (this.process.pid === undefined) resolve();
      });
    });
    this.startTimer = setTimeout(
      () => this.kill(late('did not get ready', limits.startDeadlineMs)),
      limits.startDeadlineMs,
    ).unref();
    this.process.on('message', (message: FromChild | null) => this.receive(message));
    this.send({ type: 'start', settings });
  }

  get idle(): boolean {
    return this.state === 'idle';
  }

  get busy(): boolean {
    return this.state === 'busy';
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  /**
   * @param onAccepted called before the answers, for each job that asked for its image ahead; must not throw
   * @throws {FacematchError} `deadline-exceeded` (the child is killed), `reading-failed` (it died, or was killed for a
   *   malformed message)
   */
  run(jobs: readonly Job[], onAccepted: OnAccepted): Promise<Answered> {
    this.state = 'busy';
    this.holdProcessOpen(true);
    return new Promise((resolve, reject) => {
      const { deadlineMs } = this.limits;
      const timer = setTimeout(() => this.kill(late('did not answer', deadlineMs)), deadlineMs).unref();
      const batch = new Batch(jobs, onAccepted);
      // A bounded number: a child that does nothing but live is a hung one too.
      this.running = { batch, resolve, reject, timer, signs: 2 * jobs.length };
      this.send({ type: 'work', jobs });
    });
  }

  /** Lets the child end by itself; whatever it runs is lost. */
  retire(): void {
    this.holdProcessOpen(true);
    this.finish(died(null, null));
    if (this.process.connected) this.process.disconnect();
    const timer = setTimeout(() => this.process.kill('SIGKILL'), retireGraceMs).unref();
    this.process.once('exit', () => clearTimeout(timer));
  }

  kill(reason: FacematchError): void {
    this.holdProcessOpen(true);
    this.process.kill('SIGKILL');
    this.finish(reason);
  }

  private receive(message: FromChild | null): void {
    if (this.state === 'ended') return;
    if (!this.take(message)) this.kill(malformed());
  }

  /** False: nothing that a child says, or not now. */
  private take(message: FromChild | null): boolean {
    const { running } = this;
    switch (message?.type) {
      case 'ready':
        if (this.state !== 'starting') return false;
        clearTimeout(this.startTimer);
        this.rest();
        this.listener.onReady(this, message.model);
        return true;
      case 'alive':
        if (running !== undefined && running.signs-- > 0) running.timer.refresh();
        return true;
      case 'failed':
        if (isReport(message.error)) this.kill(fromReport(message.error));
        return isReport(message.error);
      case 'accepted':
        return running?.batch.accept(message) ?? false;
      case 'done': {
        const answers = running?.batch.answers(message);
        if (running === undefined || answers === undefined) return false;
        this.running = undefined;
        clearTimeout(running.timer);
        this.rest();
        running.resolve({ answers, rss: message.rss });
        return true;
      }
      default:
        return false;
    }
  }

  private rest(): void {
    this.state = 'idle';
    this.holdProcessOpen(false);
  }

  private finish(reason: FacematchError): void {
    if (this.state === 'ended') return;
    const startError = this.state === 'starting' ? reason : undefined;
    this.state = 'ended';
    clearTimeout(this.startTimer);
    clearTimeout(this.running?.timer);
    this.running?.reject(reason);
    this.running = undefined;
    this.listener.onEnd(this, startError);
  }

  /** A child at rest must not keep a program alive that has nothing else to do. */
  private holdProcessOpen(hold: boolean): void {
    if (hold) {
      this.process.ref();
      this.process.channel?.ref();
    } else {
      this.process.unref();
      this.process.channel?.unref();
    }
  }

  private send(message: ToChild): void {
    // A failed send means that the channel is gone; the exit that follows says so once.
    if (this.process.connected) this.process.send(message, () => {});
  }
}

function yieldTo(pid: number | undefined, niceness: number): void {
  try {
    if (pid !== undefined) setPriority(pid, Math.min(19, getPriority() + niceness));
  } catch {
    // It has ended already, which its exit says.
  }
}
