import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Kysely, sql, type Transaction } from 'kysely';
import { dayAfter, stretchesBeside } from './days.js';
import { prepared } from './prepared.js';
import type { RecordReader } from './recordReader.js';
import type { Schema } from './schema.js';

/** How often a comparison that decided nothing agrees with what people made of it and decided. */
export interface TrialCount {
  readonly outcome: string;
  /** What its review came to; undefined without one, or while it is not done. */
  readonly verdict: string | undefined;
  /** Undefined while nothing was decided. */
  readonly decision: string | undefined;
  readonly n: number;
}

/**
 * Comparisons on trial against what people made of them, and decided on the same applications, by the day they were
 * made. Days that are kept are read as they are; the others are counted, a day at a time, so that nobody waits long.
 * The answer is the same whatever is kept.
 *
 * @param from `YYYY-MM-DD` @param to the day after the last
 */
export async function trialBetween(reader: RecordReader, from: string, to: string): Promise<TrialCount[]> {
  const sums = new Map<string, TrialCount>();
  const add = (counts: readonly TrialCount[]) => {
    for (const { outcome, verdict, decision, n } of counts) {
      const key = JSON.stringify([outcome, verdict ?? null, decision ?? null]);
      sums.set(key, { outcome, verdict, decision, n: n + (sums.get(key)?.n ?? 0) });
    }
  };
  // First of all: a day that is kept after this is counted here.
  const kept = await keptDays(reader, from, to);
  const counted = new Set<string>();
  for (const { day, counts } of kept) {
    counted.add(day);
    add(JSON.parse(counts) as TrialCount[]);
  }
  const outcomes = await reader.read(outcomesThatAre);
  for (const [begin, end] of stretchesBeside([...counted], from, to)) {
    for await (const day of daysOnTrial(reader, outcomes, begin, end)) {
      add(await reader.read((db) => countDay(db, outcomes, day)));
      counted.add(day);
      await nextTurn();
    }
  }
  // Last of all: of what is destroyed after it was counted here.
  for (const { day, ...gone } of await reader.read((db) => goneBetween(db, from, to))) {
    if (!counted.has(day)) add([countOf(gone)]);
  }
  return [...sums.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, count]) => count);
}

function keptDays(
  reader: RecordReader,
  from: string,
  to: string,
): Promise<{ readonly day: string; readonly counts: string }[]> {
  return reader.read((db) =>
    db
      .selectFrom('trial_days')
      .select(['day', 'counts'])
      .where('day', '>=', from)
      .where('day', '<', to)
      .orderBy('day')
      .execute(),
  );
}

/** What comparisons came to at all: few values, each found by the index without reading the rows of the one before. */
export async function outcomesThatAre(db: Kysely<Schema>): Promise<string[]> {
  const found: string[] = [];
  for (;;) {
    const row = await db
      .selectFrom('comparisons')
      .select(({ fn }) => fn.min('outcome').as('next'))
      .where('outcome', '>', found.at(-1) ?? '')
      .executeTakeFirst();
    if (row?.next == null) return found;
    found.push(row.next);
  }
}

/** The days of a stretch on which comparisons on trial were made, oldest first. */
export async function* daysOnTrial(
  reader: RecordReader,
  outcomes: readonly string[],
  from: string,
  to: string,
): AsyncGenerator<string> {
  for (let after = from; after < to; ) {
    const times = await reader.read(async (db) => {
      const rows = [];
      for (const outcome of outcomes) rows.push(...(await firstOnTrial(db, { outcome, from: after, to })));
      return rows.map((row) => row.created_at).sort();
    });
    const day = times[0]?.slice(0, 10);
    if (day === undefined) return;
    yield day;
    after = dayAfter(day);
  }
}

/** What the comparisons on trial of a day came to: those that are there, and those that were destroyed. */
export async function countDay(
  db: Kysely<Schema>,
  outcomes: readonly string[],
  day: string,
): Promise<TrialCount[]> {
  // One statement, so that what is destroyed meanwhile counts once.
  const rows = await db
    .selectFrom('comparisons')
    .leftJoin('comparison_decisions', 'comparison_decisions.comparison_id', 'comparisons.id')
    .select([
      'outcome',
      sql<string>`coalesce(verdict, '')`.as('verdict'),
      sql<string>`coalesce(decision, '')`.as('decision'),
      ({ fn }) => fn.countAll<number>().as('n'),
    ])
    .where('outcome', 'in', [...outcomes])
    .where('mode', '=', 'trial')
    .where('created_at', '>=', day)
    .where('created_at', '<', dayAfter(day))
    .groupBy(['outcome', 'verdict', 'decision'])
    .unionAll(
      db.selectFrom('trial_gone').select(['outcome', 'verdict', 'decision', 'n']).where('day', '=', day),
    )
    .execute();
  return rows.map(countOf);
}

/** Counts those of these comparisons that were on trial, before they are deleted in the same transaction. */
export async function countGone(trx: Transaction<Schema>, ids: readonly string[]): Promise<void> {
  const day = sql<string>`substr(created_at, 1, 10)`;
  const verdict = sql<string>`coalesce(verdict, '')`;
  const decision = sql<string>`coalesce(decision, '')`;
  const rows = await trx
    .selectFrom('comparisons')
    .leftJoin('comparison_decisions', 'comparison_decisions.comparison_id', 'comparisons.id')
    .select([day.as('day'), 'outcome', verdict.as('verdict'), decision.as('decision')])
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .where('comparisons.id', 'in', [...ids])
    .where('mode', '=', 'trial')
    .groupBy([day, 'outcome', verdict, decision])
    .execute();
  if (rows.length === 0) return;
  await trx
    .insertInto('trial_gone')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(['day', 'outcome', 'verdict', 'decision'])
        .doUpdateSet({ n: sql<number>`trial_gone.n + excluded.n` }),
    )
    .execute();
  await trx
    .deleteFrom('trial_days')
    .where(
      'day',
      'in',
      rows.map((row) => row.day),
    )
    .execute();
}

/** In the transaction of a verdict or a decision: what was kept of the day its comparison was made is no longer so. */
export const forgetTrialDay = prepared((db, { comparisonId }: { comparisonId: string }) =>
  db
    .deleteFrom('trial_days')
    .where('day', 'in', (sub) =>
      sub
        .selectFrom('comparisons')
        .select(sql<string>`substr(created_at, 1, 10)`.as('day'))
        .where('id', '=', comparisonId)
        .where('mode', '=', 'trial'),
    ),
);

const firstOnTrial = prepared((db, { outcome, from, to }: { outcome: string; from: string; to: string }) =>
  db
    .selectFrom('comparisons')
    .select('created_at')
    .where('outcome', '=', outcome)
    .where('mode', '=', 'trial')
    .where('created_at', '>=', from)
    .where('created_at', '<', to)
    .orderBy('created_at')
    .limit(1),
);

function goneBetween(db: Kysely<Schema>, from: string, to: string) {
  return db
    .selectFrom('trial_gone')
    .selectAll()
    .where('day', '>=', from)
    .where('day', '<', to)
    .orderBy('day')
    .execute();
}

const countOf = (row: { outcome: string; verdict: string; decision: string; n: number }): TrialCount => ({
  outcome: row.outcome,
  verdict: row.verdict === '' ? undefined : row.verdict,
  decision: row.decision === '' ? undefined : row.decision,
  n: row.n,
});
