import { FacematchError } from '../errors.js';
import type { MonthCount } from '../store/retained.js';

/** What a run does not do unless somebody answers for it. */
export interface RetentionLimits {
  /** Most of what there is of one kind, from 0 to 1. */
  readonly share: number;
  /** Few enough to destroy whatever share they are. */
  readonly few: number;
  /** Days between two moments at which the clock is believed. */
  readonly maxGapDays: number;
}

/** @throws FacematchError `destruction-limit` naming the kind of which too much is due. */
export function requireWithinLimits(counts: readonly MonthCount[], limits: RetentionLimits): void {
  for (const kind of new Set(counts.map((count) => count.kind))) {
    const months = counts.filter((count) => count.kind === kind);
    const sum = (of: (count: MonthCount) => number) => months.reduce((total, count) => total + of(count), 0);
    const records = sum((count) => count.records);
    const due = sum((count) => count.due - count.held);
    if (due > limits.few && due > limits.share * records) {
      throw new FacematchError(
        'destruction-limit',
        'More is due than one run may destroy: nothing was destroyed.',
        { kind, due, records },
      );
    }
  }
}
