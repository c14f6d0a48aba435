import type { RecordReader } from './recordReader.js';
import type { ReviewStatus } from './reviewRows.js';
import type { Schema } from './schema.js';

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

/** Reviews that are not done now. */
export interface OpenReviews {
  readonly byStatus: Readonly<Partial<Record<ReviewStatus, number>>>;
  /** When the one that waits longest was opened. */
  readonly oldest: string | undefined;
}

/** How often a comparison that decided nothing agrees with what people made of it and decided. */
export interface TrialCount {
  readonly outcome: string;
  /** What its review came to; undefined without one, or while it is not done. */
  readonly verdict: string | undefined;
  /** Undefined while nothing was decided. */
  readonly decision: string | undefined;
  readonly n: number;
}

/** Figures on use: they name nobody, and outlive what they count. Days are from the first until before the second. */
export class UseFigures {
  readonly #database: RecordReader;

  constructor(database: RecordReader) {
    this.#database = database;
  }

  actions(from: string, to: string): Promise<ActionCount[]> {
    return this.#database.read((db) =>
      db
        .selectFrom('use_counts')
        .selectAll()
        .where('day', '>=', from)
        .where('day', '<', to)
        .orderBy('day')
        .execute(),
    );
  }

  groups(from: string, to: string): Promise<GroupCount[]> {
    return this.#database.read(async (db) => {
      const rows = await db
        .selectFrom('comparison_counts')
        .selectAll()
        .where('day', '>=', from)
        .where('day', '<', to)
        .orderBy('day')
        .execute();
      return rows.map(({ age_band, ...row }) => ({ ...row, ageBand: age_band }));
    });
  }

  /** Records destroyed, by the day their run began. */
  destroyed(from: string, to: string): Promise<{ readonly day: string; readonly n: number }[]> {
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

  reviews(from: string, to: string): Promise<ReviewCount[]> {
    return this.#database.read(async (db) => {
      const rows = await db
        .selectFrom('review_counts')
        .selectAll()
        .where('day', '>=', from)
        .where('day', '<', to)
        .orderBy('day')
        .execute();
      return rows.map(({ waited_seconds, handling_seconds, ...row }) => ({
        ...row,
        waitedSeconds: waited_seconds,
        handlingSeconds: handling_seconds,
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
        .where('status', '<>', 'done')
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
    return this.#database.read(async (db) => {
      const rows = await db
        .selectFrom('comparisons')
        .leftJoin('comparison_decisions', 'comparison_decisions.comparison_id', 'comparisons.id')
        .select(['outcome', 'verdict', 'decision', (count) => count.fn.countAll<number>().as('n')])
        .where('mode', '=', 'trial')
        .where('created_at', '>=', from)
        .where('created_at', '<', to)
        .groupBy(['outcome', 'verdict', 'decision'])
        .orderBy('outcome')
        .execute();
      return rows.map((row) => ({
        ...row,
        verdict: row.verdict ?? undefined,
        decision: row.decision ?? undefined,
      }));
    });
  }
}
