import type { Job } from './messages.js';

export type Priority = 'normal' | 'low';

export interface Queued {
  readonly job: Job;
  readonly priority: Priority;
  /** On whose behalf; tasks without one are one party's too. */
  readonly party?: string | undefined;
}

export interface QueueLimits {
  /** Most tasks that may go before one that comes. */
  readonly maxTasks: number;
  /** Of the images that wait, together. */
  readonly maxBytes: number;
}

type Lane<T> = Map<string, Set<T>>;

/**
 * Low waits for every normal task. Within a priority the parties take turns, each first in, first out, so that one
 * with many tasks delays another by one task a turn. For the same reason a task is turned away for what would go
 * before it rather than for what waits: who floods the queue is the only one to find it full.
 */
export class TaskQueue<T extends Queued> {
  private readonly waiting: Readonly<Record<Priority, Lane<T>>> = { normal: new Map(), low: new Map() };
  /** Places of normal tasks that are still being received, by party. */
  private readonly promised = new Map<string, number>();
  private held = 0;
  private count = 0;

  constructor(private readonly limits: QueueLimits) {}

  get length(): number {
    return this.count;
  }

  get bytes(): number {
    return this.held;
  }

  /** How many of those that wait, or have a place promised, would at most be taken before a task that came now. */
  ahead(priority: Priority, party = ''): number {
    const own = this.placesOf(priority, party);
    let tasks = own;
    for (const other of this.parties(priority))
      if (other !== party) tasks += Math.min(this.placesOf(priority, other), own + 1);
    if (priority === 'low')
      for (const other of this.parties('normal')) tasks += this.placesOf('normal', other);
    return tasks;
  }

  /** Counts a normal task as waiting that is still on its way, until the function is called. */
  promise(party: string): () => void {
    this.promised.set(party, (this.promised.get(party) ?? 0) + 1);
    let kept = true;
    return () => {
      if (!kept) return;
      kept = false;
      const left = (this.promised.get(party) ?? 1) - 1;
      if (left > 0) this.promised.set(party, left);
      else this.promised.delete(party);
    };
  }

  /**
   * False: full, not taken. An empty queue takes any single task; otherwise a party may fill half of the bytes that
   * the others leave, so that there is always some left for the next one.
   */
  offer(task: T): boolean {
    const { priority, party = '' } = task;
    const size = sizeOf(task);
    if (this.ahead(priority, party) >= this.limits.maxTasks) return false;
    if (this.count > 0 && this.bytesOf(party) + size > this.limits.maxBytes - this.held) return false;
    const own = this.waiting[priority].get(party);
    if (own === undefined) this.waiting[priority].set(party, new Set([task]));
    else own.add(task);
    this.held += size;
    this.count++;
    return true;
  }

  /** The next `count` tasks, or as many as wait. */
  take(count: number): T[] {
    const taken: T[] = [];
    for (const lane of [this.waiting.normal, this.waiting.low])
      while (taken.length < count) {
        const next = nextOf(lane);
        if (next === undefined) break;
        this.remove(next);
        taken.push(next);
      }
    return taken;
  }

  remove(task: T): void {
    const { priority, party = '' } = task;
    const lane = this.waiting[priority];
    const own = lane.get(party);
    if (!own?.delete(task)) return;
    // Whoever had a turn stands last, also where the task went without one.
    lane.delete(party);
    if (own.size > 0) lane.set(party, own);
    this.held -= sizeOf(task);
    this.count--;
  }

  /** Tasks of a party that wait or have a place promised. */
  placesOf(priority: Priority, party = ''): number {
    const waiting = this.waiting[priority].get(party)?.size ?? 0;
    return priority === 'normal' ? waiting + (this.promised.get(party) ?? 0) : waiting;
  }

  private parties(priority: Priority): Iterable<string> {
    const waiting = this.waiting[priority].keys();
    return priority === 'normal' ? new Set([...waiting, ...this.promised.keys()]) : waiting;
  }

  private bytesOf(party: string): number {
    let bytes = 0;
    for (const lane of Object.values(this.waiting))
      for (const task of lane.get(party) ?? []) bytes += sizeOf(task);
    return bytes;
  }
}

function nextOf<T>(lane: Lane<T>): T | undefined {
  for (const tasks of lane.values()) for (const task of tasks) return task;
  return undefined;
}

const sizeOf = ({ job }: Queued): number => job.image.bytes.length;
