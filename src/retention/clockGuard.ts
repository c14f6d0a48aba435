import type { Clock } from '../clock.js';
import { FacematchError } from '../errors.js';

/** Milliseconds that only ever grow, whatever happens to the clock. */
export type Monotonic = () => number;

export const systemMonotonic: Monotonic = () => performance.now();

/** By how much the clock may be set back, or run ahead of the monotonic one, before it is no longer believed. */
const toleranceMs = 60 * 60 * 1000;
const dayMs = 24 * 60 * 60 * 1000;

/**
 * Says whether the clock can be believed: within this process it must keep pace with the monotonic clock, and from
 * one process to the next it must not stand before the last moment it was believed, nor further after it than a
 * service is ever away.
 */
export class ClockGuard {
  readonly #clock: Clock;
  readonly #monotonic: Monotonic;
  readonly #maxGapDays: number;
  #since: { readonly wall: number; readonly monotonic: number };

  constructor(parts: { clock: Clock; monotonic: Monotonic; maxGapDays: number }) {
    this.#clock = parts.clock;
    this.#monotonic = parts.monotonic;
    this.#maxGapDays = parts.maxGapDays;
    this.#since = this.#now();
  }

  /**
   * The present moment, when it can be believed.
   *
   * @param trustedAt the last moment that was.
   * @throws FacematchError `clock-implausible`
   */
  believe(trustedAt: Date): Date {
    const { wall, monotonic } = this.#now();
    const passed = wall - this.#since.wall;
    const ahead = passed - (monotonic - this.#since.monotonic);
    const gap = wall - trustedAt.getTime();
    const problem =
      Math.abs(ahead) > toleranceMs
        ? 'jumped'
        : gap < -toleranceMs
          ? 'before'
          : gap > this.#maxGapDays * dayMs
            ? 'after'
            : undefined;
    if (problem !== undefined) {
      throw new FacematchError(
        'clock-implausible',
        'The clock moved implausibly against the last time it was believed: nothing was destroyed.',
        { problem, trustedAt: trustedAt.toISOString(), hours: Math.round(gap / 3_600_000) },
      );
    }
    return new Date(wall);
  }

  /** Somebody vouches for the clock as it is now. */
  accept(): Date {
    this.#since = this.#now();
    return new Date(this.#since.wall);
  }

  #now() {
    return { wall: this.#clock().getTime(), monotonic: this.#monotonic() };
  }
}
