import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../clock.js';
import { FacematchError, isFacematchError } from '../errors.js';
import { overBefore, plus, type RetentionRules, statutoryRetention } from '../records/retention.js';
import { type Exclusive, ExclusiveInProcess, type Held } from '../store/database/exclusive.js';
import { monthOf } from '../store/month.js';
import type { MonthCount } from '../store/retained.js';
import type { AuditEntry, Destroyed, DestructionOrder, RetentionRun, Store } from '../store/store.js';
import { ClockGuard, type Monotonic, systemMonotonic } from './clockGuard.js';
import { type RetentionLimits, requireWithinLimits } from './limits.js';

export interface RunOrder {
  readonly by: Pick<AuditEntry, 'client' | 'actor' | 'role'>;
  /** Destroys although the clock or the share speaks against it; the reason is kept. */
  readonly override?: { readonly reason: string } | undefined;
  /** Stops after the batch at hand. */
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((destroyed: number, due: number) => void) | undefined;
}

export interface RunReport {
  readonly destroyed: Destroyed;
  /** Months whose keys were destroyed. */
  readonly months: number;
  /** Keys of records under a hold that moved out of those months. */
  readonly held: number;
  /** False while a reader kept deleted content in the write-ahead log; the next checkpoint cuts it. */
  readonly checkpointed: boolean;
  /** Months of the keyring in which a copy is damaged. */
  readonly damagedMonths: number;
}

export interface RetentionParts {
  readonly store: Store;
  /** Keeps other processes on the same records from a run of their own; in one process there is none. */
  readonly exclusive?: Exclusive | undefined;
  readonly clock: Clock;
  readonly monotonic?: Monotonic | undefined;
  readonly limits: RetentionLimits;
  readonly rules?: RetentionRules | undefined;
  /** Records destroyed in one step: what others may have to wait for. */
  readonly batchSize?: number | undefined;
}

/** A run that was admitted and is at work. */
export interface StartedRun {
  readonly id: string;
  readonly finished: Promise<RunReport>;
}

export interface Retention {
  /**
   * Checks the clock and the share, and starts a run: what it meets later, `finished` tells.
   *
   * @throws FacematchError `clock-implausible`, `destruction-limit`, `busy`, `store-unavailable`, `storage-full`.
   */
  start(order: RunOrder): Promise<StartedRun>;
  /**
   * Destroys everything that is due, step by step. One run at a time.
   *
   * @throws FacematchError `clock-implausible`, `destruction-limit` (nothing is destroyed then, and the trail says so),
   * `busy` when a run is at work, `store-unavailable`, `storage-full`.
   */
  run(order: RunOrder): Promise<RunReport>;
  /** Notes that the clock was right until now; false when it cannot be believed. */
  trustClock(): Promise<boolean>;
  /** The latest runs, newest first. */
  runs(limit?: number): Promise<readonly RetentionRun[]>;
  running(): boolean;
}

/** What a run found when it was admitted. */
interface Admitted {
  readonly now: Date;
  readonly counts: readonly MonthCount[];
}

interface Begun {
  readonly id: string;
  readonly admitted: Admitted;
  readonly destroyed: Destroyed;
}

const ground = 'retention over';
const defaultBatch = 250;

/** The one way in which records are destroyed because their time is over, for the command and the daily run alike. */
export function createRetention(parts: RetentionParts): Retention {
  const { store, clock, limits, rules = statutoryRetention, batchSize = defaultBatch } = parts;
  const exclusive = parts.exclusive ?? new ExclusiveInProcess();
  const guard = new ClockGuard({
    clock,
    monotonic: parts.monotonic ?? systemMonotonic,
    maxGapDays: limits.maxGapDays,
  });
  let running = false;

  const admit = async (order: RunOrder): Promise<Admitted> => {
    if (order.override !== undefined) {
      const now = guard.accept();
      return { now, counts: await store.retention.counts(dayOf(now)) };
    }
    const now = guard.believe(await store.retention.trustedAt());
    const counts = await store.retention.counts(dayOf(now));
    requireWithinLimits(counts, limits);
    return { now, counts };
  };

  const destroy = async (
    { now, counts }: Admitted,
    order: DestructionOrder,
    run: RunOrder,
    destroyed: Destroyed,
  ) => {
    const day = dayOf(now);
    const due = counts.reduce((sum, count) => sum + count.due - count.held, 0);
    let done = 0;
    for (const { kind, month } of counts.filter((count) => count.due > count.held)) {
      for (let gone = batchSize; gone === batchSize; ) {
        run.signal?.throwIfAborted();
        gone = await store.destruction.destroyDue({ kind, month, day, limit: batchSize }, order);
        destroyed[kind] = (destroyed[kind] ?? 0) + gone;
        done += gone;
        run.progress?.(done, due);
        await nextTurn();
      }
    }
  };

  const endMonths = async (now: Date, order: DestructionOrder, run: RunOrder) => {
    const over = await store.retention.monthsOver(monthOf(dayOf(now)));
    let held = 0;
    for (const month of over) {
      run.signal?.throwIfAborted();
      held += await store.destruction.endMonth(month, order);
      await nextTurn();
    }
    return { months: over.length, held };
  };

  const work = async (admitted: Admitted, run: RunOrder, destroyed: Destroyed): Promise<RunReport> => {
    const { now } = admitted;
    const order = { ...run.by, ground };
    await store.retention.trust(now);
    await destroy(admitted, order, run, destroyed);
    const ended = await endMonths(now, order, run);
    await store.retention.forgetAnswers(now);
    await store.ledger.prune(new Date(overBefore(now, rules.ledger)));
    const checkpointed = await store.retention.checkpoint();
    const { damaged } = await store.keyring.verify();
    return { destroyed, ...ended, checkpointed, damagedMonths: damaged.length };
  };

  const audit = (order: RunOrder, outcome: string, facts: AuditEntry['facts']) =>
    store.audit.append({ ...order.by, ground, action: 'retention.run', outcome, facts });

  const begin = async (order: RunOrder): Promise<Begun> => {
    const started = clock();
    const override = order.override && {
      reason: order.override.reason,
      retentionEnds: plus(dayOf(started), rules.reason.period),
    };
    const id = await store.retention.begin(started, override);
    const destroyed: Destroyed = {};
    const admitted = await admit(order).catch((error: unknown) => failed(order, id, destroyed, error));
    if (override !== undefined) await audit(order, 'override', { run: id });
    return { id, admitted, destroyed };
  };

  const carryOut = async (order: RunOrder, { id, admitted, destroyed }: Begun) => {
    try {
      const report = await work(admitted, order, destroyed);
      await store.retention.end(id, clock(), 'done', destroyed);
      await audit(order, 'done', { run: id, ...destroyed, months: report.months, held: report.held });
      return report;
    } catch (error) {
      return failed(order, id, destroyed, error);
    }
  };

  const failed = async (
    order: RunOrder,
    id: string,
    destroyed: Destroyed,
    error: unknown,
  ): Promise<never> => {
    const code = isFacematchError(error) ? error.code : order.signal?.aborted ? 'stopped' : 'internal';
    await store.retention.end(id, clock(), code, destroyed);
    await audit(order, code, { run: id, ...destroyed });
    throw error;
  };

  const start = async (order: RunOrder): Promise<StartedRun> => {
    if (running) throw atWork();
    running = true;
    let held: Held | undefined;
    const over = async () => {
      running = false;
      await held?.release();
    };
    try {
      held = await exclusive.hold('retention');
      if (held === undefined) throw atWork();
      const signal = order.signal === undefined ? held.lost : AbortSignal.any([order.signal, held.lost]);
      const begun = await begin({ ...order, signal });
      return { id: begun.id, finished: carryOut({ ...order, signal }, begun).finally(over) };
    } catch (error) {
      await over();
      throw error;
    }
  };

  return {
    start,
    run: async (order) => (await start(order)).finished,
    async trustClock() {
      try {
        await store.retention.trust(guard.believe(await store.retention.trustedAt()));
        return true;
      } catch (error) {
        if (isFacematchError(error, 'clock-implausible')) return false;
        throw error;
      }
    },
    runs: (limit = 30) => store.retention.runs(limit),
    running: () => running,
  };
}

const atWork = () => new FacematchError('busy', 'A retention run is at work already.');

function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}
