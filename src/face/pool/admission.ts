import { FacematchError } from '../../errors.js';
import type { ResolvedOptions } from './options.js';
import type { Pace } from './pace.js';
import type { PoolTask } from './pool-task.js';
import { Shares } from './shares.js';
import type { Priority, TaskQueue } from './task-queue.js';

/** A photo is received within less, unless its sender is slow. */
const promisedMs = 250;

/** Lets photos into the queue as long as they would be read in time, and turns the others away at once. */
export class Admission {
  private away = 0;
  private readonly shares = new Shares();

  constructor(
    private readonly queue: TaskQueue<PoolTask>,
    private readonly pace: Pace,
    private readonly children: () => { readonly ready: number; readonly busy: number },
    private readonly options: Pick<ResolvedOptions, 'children' | 'maxQueue' | 'maxWaitMs'>,
  ) {}

  /** Photos turned away since the start. */
  get turnedAway(): number {
    return this.away;
  }

  /** @throws FacematchError `busy` */
  take(task: PoolTask): void {
    const { priority, party } = task;
    if (!this.isSoon(priority, party) || !this.queue.offer(task)) throw this.turnAway();
    if (priority === 'normal') this.shares.note(party);
  }

  /**
   * Keeps a place until the function is called, or the sender proves slow.
   *
   * @throws FacematchError `busy`
   */
  promise(party: string): () => void {
    const full = this.queue.ahead('normal', party) >= this.options.maxQueue;
    if (full || !this.isSoon('normal', party)) throw this.turnAway();
    const release = this.queue.promise(party);
    const timer = setTimeout(release, promisedMs).unref();
    return () => {
      clearTimeout(timer);
      release();
    };
  }

  /** Milliseconds until a photo is read that has so many before it. */
  expectedMs(ahead: number): number {
    const { ready, busy } = this.children();
    return ahead === 0 && busy < ready ? this.pace.photoMs : this.pace.expectedMs(ahead, ready);
  }

  /** Photos that a batch may hold: whoever comes next waits for a whole one, and two must fit into their wait. */
  get mostTogether(): number {
    return this.pace.batchWithin(this.options.maxWaitMs / 2);
  }

  private isSoon(priority: Priority, party: string | undefined): boolean {
    if (priority === 'low') return true;
    const { children, maxWaitMs } = this.options;
    const ahead = this.queue.ahead('normal', party);
    // However slow the photos: no child has to stand idle, and no party is kept out by others.
    const always = Math.max(2, children) + (this.isBehind(party) ? 1 : 0);
    return ahead < always || this.expectedMs(ahead) <= maxWaitMs;
  }

  private isBehind(party: string | undefined): boolean {
    if (this.queue.placesOf('normal', party) > 0) return false;
    return this.shares.isBehind(party, this.pace.photoMs / this.options.children);
  }

  private turnAway(): FacematchError {
    this.away++;
    return new FacematchError('busy', 'Too many photos are waiting to be read; try again in a moment.', {
      waiting: this.queue.length,
    });
  }
}
