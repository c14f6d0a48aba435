import type { ChildProcess } from 'node:child_process';
import { getPriority, setPriority } from 'node:os';
import { FacematchError } from '../../errors.js';
import { confinedFork, type IsolationSettings } from '../../isolation/confinedFork.js';
import type { FaceSettings } from '../settings.js';
import type { ModelId } from '../types.js';
import type { DoneMessage, ErrorReport, FromChild, Job, ToChild } from './messages.js';
import { type FaceProgramLimits, faceProgram } from './program.js';

export interface ChildLimits extends FaceProgramLimits {
  /** From spawn to ready. */
  readonly startDeadlineMs: number;
  /** For one photo: from dispatch, or from a sign of life, to the next sign of life or the answer. */
  readonly deadlineMs: number;
  readonly isolation: IsolationSettings;
}

export interface ChildListener {
  /** The networks are loaded and have run. */
  onReady(child: FaceChild, model: ModelId): void;
  /** Called once, when the child can do no more work; `startError` says why when it never became ready. */
  onEnd(child: FaceChild, startError: FacematchError | undefined): void;
}

/**
 * Behind the service itself, where all cores are busy: it answers, refuses and keeps the trail in moments, which must
 * not wait for somebody's photo.
 */
const niceness = 5;

/** From a polite end to SIGKILL. */
const retireGraceMs = 2_000;

interface Running {
  readonly resolve: (done: DoneMessage) => void;
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
    yieldTo(this.process.pid);
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
    this.process.on('message', (message: FromChild) => this.receive(message));
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
   * @throws {FacematchError} `deadline-exceeded` (the child is killed), `reading-failed` (it died)
   */
  run(jobs: readonly Job[]): Promise<DoneMessage> {
    this.state = 'busy';
    this.holdProcessOpen(true);
    return new Promise((resolve, reject) => {
      const { deadlineMs } = this.limits;
      const timer = setTimeout(() => this.kill(late('did not answer', deadlineMs)), deadlineMs).unref();
      // A bounded number: a child that does nothing but live is a hung one too.
      this.running = { resolve, reject, timer, signs: 2 * jobs.length };
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

  private receive(message: FromChild): void {
    if (this.state === 'ended') return;
    switch (message.type) {
      case 'ready':
        clearTimeout(this.startTimer);
        this.rest();
        this.listener.onReady(this, message.model);
        return;
      case 'alive':
        if (this.running !== undefined && this.running.signs-- > 0) this.running.timer.refresh();
        return;
      case 'failed':
        this.kill(fromReport(message.error));
        return;
      case 'done': {
        const { running } = this;
        this.running = undefined;
        clearTimeout(running?.timer);
        this.rest();
        running?.resolve(message);
      }
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

function yieldTo(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, Math.min(19, getPriority() + niceness));
  } catch {
    // It has ended already, which its exit says.
  }
}

export function fromReport({ code, message, facts }: ErrorReport): FacematchError {
  return new FacematchError(code, message, facts);
}

function late(what: string, deadlineMs: number): FacematchError {
  return new FacematchError('deadline-exceeded', `The process that reads photos ${what} in time.`, {
    deadlineMs,
  });
}

function died(exit: number | null, signal: NodeJS.Signals | null): FacematchError {
  const facts = { ...(exit === null ? {} : { exit }), ...(signal === null ? {} : { signal }) };
  return new FacematchError('reading-failed', 'The process that reads photos ended unexpectedly.', facts);
}
