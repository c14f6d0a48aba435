import type { RecordDatabase } from './database.js';
import { stretchesBeside } from './days.js';
import { countDay, daysOnTrial, outcomesThatAre, type TrialCount } from './trialFigures.js';

/**
 * How long a day is believed as it was counted. Whatever changes one forgets it in the same transaction; a version of
 * the program that did not know of it does not, nor does a clock that went back and made a comparison of the past.
 */
const believedMs = 7 * 24 * 60 * 60 * 1000;

/** Counts what the comparisons on trial of finished days came to, and keeps it, so that a report reads it. */
export class TrialDays {
  readonly #database: RecordDatabase;

  constructor(database: RecordDatabase) {
    this.#database = database;
  }

  /**
   * Keeps every day that is not kept, and those that were counted long ago, day by day, each durable for itself: cut
   * off, it goes on where it was. A day is finished when the next one is over too: what was asked for at its end is
   * recorded by then, also where clocks differ.
   *
   * @returns how many days were counted.
   */
  async keep(now: Date, signal: AbortSignal): Promise<number> {
    const at = now.toISOString();
    const end = new Date(now.getTime() - 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
    const least = new Date(now.getTime() - believedMs).toISOString();
    const known = await this.#database.read((db) =>
      db.selectFrom('trial_days').select(['day', 'kept_at']).orderBy('day').execute(),
    );
    const believed = new Set(
      known.filter(({ kept_at }) => kept_at >= least && kept_at <= at).map(({ day }) => day),
    );
    let kept = 0;
    const keepDay = async (day: string) => {
      await this.#keepDay(day, at);
      kept += 1;
    };
    for (const { day } of known) {
      if (believed.has(day)) continue;
      if (signal.aborted) return kept;
      await keepDay(day);
    }
    const outcomes = await this.#database.read(outcomesThatAre);
    const days = known.map(({ day }) => day);
    for (const [from, to] of stretchesBeside(days, '0000-01-01', end)) {
      for await (const day of daysOnTrial(this.#database, outcomes, from, to)) {
        if (signal.aborted) return kept;
        await keepDay(day);
      }
    }
    return kept;
  }

  /** While nobody else writes: what changes the day afterwards finds it kept, and forgets it. */
  #keepDay(day: string, at: string): Promise<void> {
    return this.#database.write(async (trx) => {
      const counts = JSON.stringify(
        (await countDay(trx, await outcomesThatAre(trx), day)) satisfies TrialCount[],
      );
      await trx
        .insertInto('trial_days')
        .values({ day, kept_at: at, counts })
        .onConflict((conflict) => conflict.column('day').doUpdateSet({ kept_at: at, counts }))
        .execute();
    });
  }
}
