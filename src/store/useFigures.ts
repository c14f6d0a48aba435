import type { RecordReader } from './recordReader.js';

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

/** How often a comparison that decided nothing agrees with what people decided. */
export interface TrialCount {
  readonly outcome: string;
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

  /** Comparisons on trial against what people decided on the same applications. */
  trial(from: string, to: string): Promise<TrialCount[]> {
    return this.#database.read(async (db) => {
      const rows = await db
        .selectFrom('comparisons')
        .leftJoin('comparison_decisions', 'comparison_decisions.comparison_id', 'comparisons.id')
        .select(['outcome', 'decision', (count) => count.fn.countAll<number>().as('n')])
        .where('mode', '=', 'trial')
        .where('created_at', '>=', from)
        .where('created_at', '<', to)
        .groupBy(['outcome', 'decision'])
        .execute();
      return rows.map((row) => ({ ...row, decision: row.decision ?? undefined }));
    });
  }
}
