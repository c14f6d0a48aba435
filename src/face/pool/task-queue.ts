import type { Job } from './messages.js';

export type Priority = 'normal' | 'low';

export interface Queued {
  readonly job: Job;
  readonly priority: Priority;
}

export interface QueueLimits {
  readonly maxTasks: number;
  /** Of the images that wait, together. */
  readonly maxBytes: number;
}

/** First in, first out within a priority; low waits for every normal one. Bounded in number and in bytes. */
export class TaskQueue<T extends Queued> {
  private readonly waiting: Readonly<Record<Priority, Set<T>>> = { normal: new Set(), low: new Set() };
  private held = 0;

  constructor(private readonly limits: QueueLimits) {}

  get length(): number {
    return this.waiting.normal.size + this.waiting.low.size;
  }

  get bytes(): number {
    return this.held;
  }

  /** False: full, not taken. An empty queue takes any single task. */
  offer(task: T): boolean {
    const size = task.job.image.bytes.length;
    if (this.length >= this.limits.maxTasks) return false;
    if (this.length > 0 && this.held + size > this.limits.maxBytes) return false;
    this.waiting[task.priority].add(task);
    this.held += size;
    return true;
  }

  /** The next `count` tasks, or as many as wait. */
  take(count: number): T[] {
    const taken: T[] = [];
    for (const lane of [this.waiting.normal, this.waiting.low])
      for (const task of lane) {
        if (taken.length >= count) return taken;
        this.remove(task);
        taken.push(task);
      }
    return taken;
  }

  remove(task: T): void {
    if (this.waiting[task.priority].delete(task)) this.held -= task.job.image.bytes.length;
  }
}
