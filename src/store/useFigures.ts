import { setImmediate as nextTurn } from 'node:timers/promises';
import { sql } from 'kysely';
import type { RecordReader } from './recordReader.js';
import { type ReviewStatus, reviewStatuses } from './reviewRows.js';
import type { Schema } from './schema.js';
import { type TrialCount, trialBetween } from './trialFigures.js';

export interface ActionCount {
  /** `YYYY-MM-DD` */
  readonly day: string;
  readonly action: string;
  readonly outcome: string;
  readonly n: number;
}

export interface GroupCount {
  /** `YYYY-MM-DD` */
  readonly day: string;
  readonly mode: string;
  readonly outcome: string;
  readonly ageBand: string;
  readonly sex: string;
  readonly n: number;
}

/** Verdicts of one step, or what reviews came to (`final`), with the seconds they took together. */
export interface ReviewCount {
  /** `YYYY-MM-DD` */
  readonly day: string;
  readonly mode: string;
  readonly step: Schema['review_counts']['step'];
  readonly verdict: string;
  readonly n: number;
  /** Until somebody took them; of `final` from the opening to the end. */
  readonly waitedSeconds: number;
  readonly handlingSeconds: number;
}

export interface DestroyedCount {
  /** `YYYY-MM-DD` */
  readonly day: string;
  readonly n: number;
}

/** Reviews that are not done now. */
export interface OpenReviews {
  readonly byStatus: Readonly<Partial<Record<ReviewStatus, number>>>;
  /** When the one that waits longest was opened. */
  readonly oldest: string | undefined;
}

/** Rows read at a time: what a file is asked takes the one thread for some milliseconds. */
const pageRows = 2_000;

/**
 * Figures on use: they name nobody, and outlive what they count. Days are from the first until before the second. What
 * is counted as it happens is read page by page, in the order of the days, so that others have their turn.
 */
export class UseFigures {
  readonly #database: RecordReader;

  constructor(database: RecordReader) {
    this.#database = database;
  }

  actions(from: string, to: string): AsyncGenerator<readonly ActionCount[]> {
    return pages({ day: from, action: '', outcome: '', n: 0 }, ({ day, action, outcome }) =>
      this.#database.read((db) =>
        db
          .selectFrom('use_counts')
          .selectAll()
          .where(sql<boolean>`(day, action, outcome) > (${day}, ${action}, ${outcome})`)
          .where('day', '<', to)
          .orderBy('day')
          .orderBy('action')
          .orderBy('outcome')
          .limit(pageRows)
          .execute(),
      ),
    );
  }

  groups(from: string, to: string): AsyncGenerator<readonly GroupCount[]> {
    const before = { day: from, mode: '', outcome: '', ageBand: '', sex: '', n: 0 };
    return pages(before, ({ day, mode, outcome, ageBand, sex }) =>
      this.#database.read((db) =>
        db
          .selectFrom('comparison_counts')
          .select(['day', 'mode', 'outcome', 'age_band as ageBand', 'sex', 'n'])
          .where(
            sql<boolean>`(day, mode, outcome, age_band, sex) > (${day}, ${mode}, ${outcome}, ${ageBand}, ${sex})`,
          )
          .where('day', '<', to)
          .orderBy('day')
          .orderBy('mode')
          .orderBy('outcome')
          .orderBy('age_band')
          .orderBy('sex')
          .limit(pageRows)
          .execute(),
      ),
    );
  }

  reviews(from: string, to: string): AsyncGenerator<readonly ReviewCount[]> {
    const first = { day: from, mode: '', step: 'final', verdict: '', n: 0 } as const;
    return pages<ReviewCount>(
      { ...first, waitedSeconds: 0, handlingSeconds: 0 },
      ({ day, mode, step, verdict }) =>
        this.#database.read((db) =>
          db
            .selectFrom('review_counts')
            .select(['day', 'mode', 'step', 'verdict', 'n'])
            .select(['waited_seconds as waitedSeconds', 'handling_seconds as handlingSeconds'])
            .where(sql<boolean>`(day, mode, step, verdict) > (${day}, ${mode}, ${step}, ${verdict})`)
            .where('day', '<', to)
            .orderBy('day')
            .orderBy('mode')
            .orderBy('step')
            .orderBy('verdict')
            .limit(pageRows)
            .execute(),
        ),
    );
  }

  /** Records destroyed, by the day their run began: a row a run. */
  destroyed(from: string, to: string): Promise<DestroyedCount[]> {
    return this.#database.read(async (db) => {
      const runs = await db
        .selectFrom('retention_runs')
        .select(['started_at', 'destroyed'])
        .where('started_at', '>=', from)
        .where('started_at', '<', to)
        .execute();
      return runs.map((run) => ({
        day: run.started_at.slice(0, 10),
        n: Object.values(JSON.parse(run.destroyed) as Record<string, number>).reduce((sum, n) => sum + n, 0),
      }));
    });
  }

  openReviews(): Promise<OpenReviews> {
    return this.#database.read(async (db) => {
      const rows = await db
        .selectFrom('reviews')
        .select([
          'status',
          ({ fn }) => fn.countAll<number>().as('n'),
          ({ fn }) => fn.min('opened_at').as('oldest'),
        ])
        // Each by its place in the index: those that are done, nearly all, are not read.
        .where('status', 'in', notDone)
        .groupBy('status')
        .execute();
      return {
        byStatus: Object.fromEntries(rows.map(({ status, n }) => [status, n])),
        oldest: rows.map(({ oldest }) => oldest).sort()[0],
      };
    });
  }

  /** Comparisons on trial against what people made of them, and decided on the same applications. */
  trial(from: string, to: string): Promise<TrialCount[]> {
    return trialBetween(this.#database, from, to);
  }
}

const notDone = reviewStatuses.filter((status) => status !== 'done');

/** @param before what the first row comes after. */
async function* pages<R>(before: R, after: (last: R) => Promise<R[]>): AsyncGenerator<readonly R[]> {
  for (let last = before; ; ) {
    const rows = await after(last);
    const end = rows.at(-1);
    if (end !== undefined) yield rows;
    if (end === undefined || rows.length < pageRows) return;
    last = end;
    // What a file is asked is answered without anybody else having had a turn.
    await nextTurn();
  }
}
