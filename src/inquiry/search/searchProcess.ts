import type { ChildProcess } from 'node:child_process';
import { FacematchError } from '../../errors.js';
import { bestEffort, confinedFork, type IsolationSettings } from '../../isolation/confinedFork.js';
import type { SealedEmbedding } from '../../store/sealedEmbedding.js';
import type { FromChild, NearestAnswer, PairsAnswer, SweepMessage, SweepPlace, ToChild } from './messages.js';
import { searchProgram } from './program.js';

/** Blocks that may be on their way: the child works on one while the next arrives, and no queue grows. */
const blocksAhead = 2;
/** Without any sign of life. */
const silenceMs = 10 * 60 * 1000;

interface Waiting {
  readonly type: 'taken' | 'nearest' | 'pairs';
  readonly resolve: (message: FromChild) => void;
  readonly reject: (error: unknown) => void;
}

/** Told how far a sweep has come. */
export interface SweepWatcher {
  /** Pairs compared so far. */
  progress?(compared: number): void;
  checkpoint?(place: SweepPlace): void;
}

/** One process for one approved search: it is given the embeddings, asked, and ended. */
export class SearchProcess {
  /** Settles when the process is gone; never rejects. */
  readonly exited: Promise<void>;
  readonly #child: ChildProcess;
  readonly #waiting: Waiting[] = [];
  #gone: FacematchError | undefined;
  #watcher: SweepWatcher = {};
  #silence: NodeJS.Timeout | undefined;

  /** @param signal ends the process when it is aborted */
  constructor(signal?: AbortSignal, isolation: IsolationSettings = bestEffort) {
    this.#child = confinedFork(searchProgram, isolation);
    this.exited = new Promise((resolve) => {
      this.#child.once('exit', (code, killedBy) => {
        this.#fail(ended(code, killedBy));
        resolve();
      });
      this.#child.once('error', () => {
        this.#fail(ended(null, null));
        if (this.#child.pid === undefined) resolve();
      });
    });
    this.#child.on('message', (message: FromChild) => this.#receive(message));
    const abort = () => this.#kill(new FacematchError('search-stopped', 'The search was stopped.'));
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    void this.exited.then(() => signal?.removeEventListener('abort', abort));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /**
   * Gives it what it is to search.
   *
   * @param onProgress embeddings it holds by now
   * @returns how many it holds at the end.
   * @throws FacematchError `search-failed` when it died, and what reading the blocks throws
   */
  async load(
    model: string,
    blocks: AsyncIterable<readonly SealedEmbedding[]>,
    onProgress: (held: number) => void = () => {},
  ): Promise<number> {
    let held = 0;
    const onTheirWay: Promise<void>[] = [];
    for await (const embeddings of blocks) {
      const taken = this.#ask({ type: 'block', model, embeddings }, 'taken').then((message) => {
        held = message.type === 'taken' ? message.held : held;
        onProgress(held);
      });
      // Awaited below; until then a failure must not count as one that nobody sees.
      taken.catch(() => {});
      onTheirWay.push(taken);
      if (onTheirWay.length >= blocksAhead) await onTheirWay.shift();
    }
    await Promise.all(onTheirWay);
    return held;
  }

  /** @param probe of length 1 @throws FacematchError `search-failed` */
  nearest(probe: Float32Array, most: number): Promise<NearestAnswer> {
    return this.#ask({ type: 'nearest', probe, most }, 'nearest') as Promise<NearestAnswer>;
  }

  /** @throws FacematchError `search-failed` */
  sweep(asked: Omit<SweepMessage, 'type'>, watcher: SweepWatcher = {}): Promise<PairsAnswer> {
    this.#watcher = watcher;
    return this.#ask({ ...asked, type: 'sweep' }, 'pairs') as Promise<PairsAnswer>;
  }

  /** Ends the process, whatever it does, and waits until it is gone. */
  async end(): Promise<void> {
    this.#kill(new FacematchError('search-stopped', 'The search was stopped.'));
    await this.exited;
  }

  #ask(message: ToChild, type: Waiting['type']): Promise<FromChild> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ type, resolve, reject });
      this.#listenOn();
      // A failed send means that the channel is gone; the exit that follows says so.
      this.#child.send(message, () => {});
    });
  }

  #receive(message: FromChild): void {
    if (this.#gone !== undefined) return;
    this.#listenOn();
    if (message.type === 'progress') {
      this.#watcher.progress?.(message.compared);
      return;
    }
    if (message.type === 'checkpoint') {
      const { upTo, compared, pairs } = message;
      this.#watcher.checkpoint?.({ upTo, compared, pairs });
      return;
    }
    if (message.type === 'failed') {
      this.#kill(new FacematchError(message.code, 'The process of a search failed.', message.facts));
      return;
    }
    this.#waiting.shift()?.resolve(message);
    if (this.#waiting.length === 0) clearTimeout(this.#silence);
  }

  #listenOn(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#kill(failed('did not answer')), silenceMs).unref();
  }

  #kill(reason: FacematchError): void {
    this.#child.kill('SIGKILL');
    this.#fail(reason);
  }

  #fail(reason: FacematchError): void {
    clearTimeout(this.#silence);
    this.#gone ??= reason;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#gone);
  }
}

function failed(what: string, facts: { exit?: number; signal?: string } = {}): FacematchError {
  return new FacematchError('search-failed', `The process of a search ${what}.`, facts);
}

function ended(code: number | null, killedBy: NodeJS.Signals | null): FacematchError {
  return failed('ended unexpectedly', {
    ...(code === null ? {} : { exit: code }),
    ...(killedBy === null ? {} : { signal: killedBy }),
  });
}
