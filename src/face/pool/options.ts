import type { ErrorCode } from '../../errors.js';
import { bestEffort, type IsolationSettings } from '../../isolation/confinedFork.js';
import type { FaceSettings } from '../settings.js';
import type { FailureToAcquireReason, ImageRefusal } from '../types.js';

export interface FacePoolOptions {
  readonly settings: FaceSettings;
  /** Child processes. Each takes about 300 MB and, with one thread, keeps one core busy. */
  readonly children?: number;
  /** Photos in one batch. Larger batches use the networks a little better, and share one fate. */
  readonly maxBatch?: number;
  /** Photos that may go before one that comes; one with more before it gets `busy` at once. */
  readonly maxQueue?: number;
  /**
   * Milliseconds within which a photo can be expected to be read, by what photos took before; one that would take
   * longer gets `busy` at once. As many photos as there are children (at least two) may wait in any case, and one more of
   * a party that gets less than others. Photos of low priority have a patience of their own.
   */
  readonly maxWaitMs?: number;
  /** Bytes of the photos that may wait. */
  readonly maxQueueBytes?: number;
  /** For one photo; a child that takes longer is killed and replaced, and its whole batch with it. */
  readonly deadlineMs?: number;
  /** From spawn to ready. */
  readonly startDeadlineMs?: number;
  /** For `close`: how long running and waiting photos may still take. */
  readonly closeDeadlineMs?: number;
  /** A child whose resident memory passes this is replaced once it has answered. */
  readonly maxRssBytes?: number;
  /** Limit of a child's JavaScript heap. */
  readonly heapMiB?: number;
  /** How far behind the service its children stand where all cores are busy: 19 is last of all. */
  readonly niceness?: number;
  /** What children are kept from; by default as much as the machine offers. */
  readonly isolation?: IsolationSettings;
  /** Called once for every photo that was dispatched; must not throw. */
  readonly onTask?: (report: TaskReport) => void;
}

/** Milliseconds. */
export interface TaskReport {
  readonly waitMs: number;
  readonly runMs: number;
  /** Photos that ran together. */
  readonly batch: number;
  readonly outcome: 'embedded' | 'accepted' | 'shown' | FailureToAcquireReason | ImageRefusal | ErrorCode;
}

export interface PoolStats {
  readonly children: number;
  readonly ready: number;
  readonly busy: number;
  readonly waiting: number;
  readonly waitingBytes: number;
  /** Milliseconds until a photo that came now would be read; 0 before any was. */
  readonly expectedMs: number;
  /** Dispatched and not yet answered. */
  readonly running: number;
  /** Since the start. */
  readonly answered: number;
  readonly failed: number;
  /** Refused because too much was before them. */
  readonly turnedAway: number;
  /** Children that took another one's place. */
  readonly replaced: number;
}

export type ResolvedOptions = Required<Omit<FacePoolOptions, 'onTask'>> & Pick<FacePoolOptions, 'onTask'>;

export const poolDefaults = {
  children: 2,
  maxBatch: 8,
  maxQueue: 256,
  maxWaitMs: Number.POSITIVE_INFINITY,
  maxQueueBytes: 256 * 1024 * 1024,
  deadlineMs: 4_000,
  startDeadlineMs: 60_000,
  closeDeadlineMs: 10_000,
  maxRssBytes: 1024 * 1024 * 1024,
  heapMiB: 512,
  // Behind the service itself: it answers, refuses and keeps the trail in moments, which must not wait for a photo.
  niceness: 5,
  isolation: bestEffort,
} as const;
