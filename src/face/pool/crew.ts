import { FacematchError } from '../../errors.js';
import type { FaceSettings } from '../settings.js';
import type { ModelId } from '../types.js';
import { type ChildLimits, FaceChild } from './face-child.js';

export interface CrewListener {
  /** A child can take work. */
  onFree(model: ModelId): void;
  /** No child is left and none can be started. */
  onHopeless(error: FacematchError): void;
}

/** After this many starts in a row that failed, another one would too: a missing or broken network, no memory. */
const maxFailedStarts = 2;

/** Keeps a number of children alive: whichever ends is replaced at once, until starting itself fails. */
export class Crew {
  private readonly members = new Set<FaceChild>();
  private readonly leaving = new Set<Promise<void>>();
  private failedStarts = 0;
  private spawned = 0;
  private closing = false;
  private startError: FacematchError | undefined;

  constructor(
    private readonly settings: FaceSettings,
    private readonly limits: ChildLimits,
    private readonly size: number,
    private readonly listener: CrewListener,
  ) {}

  /** Apart from the constructor, so that the listener is complete when the first child reports. */
  start(): void {
    for (let i = 0; i < this.size; i++) this.spawn();
  }

  get counts() {
    const members = [...this.members];
    return {
      children: members.length,
      ready: members.filter((child) => child.idle || child.busy).length,
      busy: members.filter((child) => child.busy).length,
      replaced: Math.max(0, this.spawned - this.size),
    };
  }

  /** Why there is no child and will be none. */
  get hopeless(): FacematchError | undefined {
    return this.members.size === 0 ? this.startError : undefined;
  }

  idle(): FaceChild | undefined {
    for (const child of this.members) if (child.idle) return child;
    return undefined;
  }

  get pids(): number[] {
    return [...this.members].flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }

  /** Resolves when every process is gone. Children that still run something are killed. */
  async close(): Promise<void> {
    this.closing = true;
    for (const child of [...this.members])
      if (child.busy)
        child.kill(
          new FacematchError('deadline-exceeded', 'The service stopped before this photo was read.'),
        );
      else child.retire();
    await Promise.all(this.leaving);
  }

  private spawn(): void {
    this.spawned++;
    const child = new FaceChild(this.settings, this.limits, {
      onReady: (_, model) => {
        this.failedStarts = 0;
        this.listener.onFree(model);
      },
      onEnd: (ended, startError) => this.lose(ended, startError),
    });
    this.members.add(child);
  }

  private lose(child: FaceChild, startError: FacematchError | undefined): void {
    this.members.delete(child);
    this.leaving.add(child.exited);
    void child.exited.then(() => this.leaving.delete(child.exited));
    if (this.closing) return;
    if (startError !== undefined && ++this.failedStarts >= maxFailedStarts) this.startError = startError;
    if (this.startError === undefined) this.spawn();
    else if (this.members.size === 0) this.listener.onHopeless(this.startError);
  }
}
