import type { Transaction } from 'kysely';
import { countVerdict, insertEvent, type ReviewRow, type ReviewStep, type Verdict } from './reviewRows.js';
import type { Schema } from './schema.js';
import { forgetTrialDay } from './trialFigures.js';
import type { KeyReference } from './vault.js';

/** What a review is after a verdict. */
export type NextStatus =
  | { readonly status: 'second-waiting' | 'disputed' }
  | { readonly status: 'done'; readonly verdict: Verdict };

export interface RecordedVerdict {
  readonly eventId: string;
  readonly step: ReviewStep;
  readonly verdict: Verdict;
  readonly next: NextStatus;
  readonly at: string;
  readonly spentSeconds: number | undefined;
  readonly personKey: Uint8Array;
  /** Who and why, sealed, with the key they are under. */
  readonly words: KeyReference & { readonly detail: Uint8Array };
}

/** Keeps a verdict with its times, adds it to the figures, and says on the comparison what its review came to. */
export async function recordVerdict(
  trx: Transaction<Schema>,
  row: ReviewRow,
  { eventId, step, verdict, next, at, spentSeconds, personKey, words }: RecordedVerdict,
): Promise<void> {
  const waited = secondsBetween(row.ready_at, row.claimed_at ?? at);
  const handling = secondsBetween(row.claimed_at ?? at, at);
  await insertEvent(trx, {
    ...{ id: eventId, review_id: row.id, at, action: 'verdict', step, verdict },
    ...{ waited_seconds: waited, handling_seconds: handling, spent_seconds: spentSeconds ?? null },
  });
  await trx
    .insertInto('review_words')
    .values({
      ...{ id: eventId, review_id: row.id, comparison_id: row.comparison_id, person_key: personKey },
      ...words,
    })
    .execute();
  const figures = { day: at.slice(0, 10), mode: row.mode };
  const times = { waited_seconds: waited, handling_seconds: handling };
  await countVerdict(trx, { ...figures, ...times, step, verdict });
  if (next.status !== 'done') return;
  const total = { waited_seconds: secondsBetween(row.opened_at, at), handling_seconds: 0 };
  await countVerdict(trx, { ...figures, ...total, step: 'final', verdict: next.verdict });
  await trx
    .updateTable('comparisons')
    .set({ verdict: next.verdict })
    .where('id', '=', row.comparison_id)
    .execute();
  await forgetTrialDay(trx, { comparisonId: row.comparison_id });
}

export async function firstVerdict(trx: Transaction<Schema>, id: string): Promise<Verdict | undefined> {
  const row = await trx
    .selectFrom('review_events')
    .select('verdict')
    .where('review_id', '=', id)
    .where('action', '=', 'verdict')
    .where('step', '=', 'first')
    .executeTakeFirst();
  return row?.verdict ?? undefined;
}

const secondsBetween = (from: string, to: string): number =>
  Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
