import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import { newId } from '../ids.js';
import { raiseGeneration } from './identity.js';
import { prepared, type Statement } from './prepared.js';
import type { Schema } from './schema.js';
import type { Vault } from './vault.js';

export const verdicts = ['same-person', 'different-person', 'photo-unusable', 'escalate'] as const;
export type Verdict = (typeof verdicts)[number];

export const reviewStatuses = [
  'waiting',
  'claimed',
  'second-waiting',
  'second-claimed',
  'disputed',
  'settling',
  'done',
] as const;
export type ReviewStatus = (typeof reviewStatuses)[number];

export type ReviewStep = 'first' | 'second' | 'settlement';

/** Each step, before and after somebody takes it. */
export const steps: Readonly<
  Record<ReviewStep, { readonly waiting: ReviewStatus; readonly taken: ReviewStatus }>
> = {
  first: { waiting: 'waiting', taken: 'claimed' },
  second: { waiting: 'second-waiting', taken: 'second-claimed' },
  settlement: { waiting: 'disputed', taken: 'settling' },
};

/** The step a review is at; undefined once it is done. */
export function stepOf(status: ReviewStatus): ReviewStep | undefined {
  return (Object.keys(steps) as ReviewStep[]).find(
    (step) => steps[step].waiting === status || steps[step].taken === status,
  );
}

export type ReviewRow = Selectable<Schema['reviews']>;

export interface NewReview {
  readonly comparisonId: string;
  readonly office: string;
  readonly openedAt: string;
  /** `YYYY-MM-DD` */
  readonly retentionEnds: string;
}

/** A review to be opened, once, in the transaction of what calls for it. */
export interface PreparedReview {
  readonly id: string;
  opening(mode: string): readonly Statement[];
  /** Of the keyring, to be remembered in the same transaction. */
  readonly generation: number;
}

/** Reserves what a review needs. */
export async function prepareReview(vault: Vault, review: NewReview): Promise<PreparedReview> {
  const id = newId();
  const key = await vault.reserve(review.retentionEnds);
  const { openedAt } = review;
  return {
    id,
    generation: key.generation,
    opening: (mode) => [
      insertReview.with({
        id,
        comparison_id: review.comparisonId,
        office: review.office,
        mode,
        status: 'waiting',
        opened_at: openedAt,
        ready_at: openedAt,
        claimed_at: null,
        claim_ends_at: null,
        claimed_by: null,
        claimed_name: null,
        done_at: null,
        verdict: null,
        key_id: key.id,
        retention_ends: review.retentionEnds,
      }),
      insertEventRow.with(eventRow({ review_id: id, at: openedAt, action: 'opened', step: 'first' })),
    ],
  };
}

/** Opens it, and remembers its key's generation. */
export function openReview(review: PreparedReview, mode: string): readonly Statement[] {
  return [...review.opening(mode), raiseGeneration.with({ generation: review.generation })];
}

type NewEvent = Pick<Selectable<Schema['review_events']>, 'review_id' | 'at' | 'action' | 'step'> &
  Partial<Selectable<Schema['review_events']>>;

const noFigures = { verdict: null, waited_seconds: null, handling_seconds: null, spent_seconds: null };
const eventRow = (event: NewEvent) => ({ ...noFigures, ...event, id: event.id ?? newId() });

/** @returns the event's id. */
export async function insertEvent(trx: Transaction<Schema>, event: NewEvent): Promise<string> {
  const row = eventRow(event);
  await insertEventRow(trx, row);
  return row.id;
}

const insertReview = prepared((db, row: ReviewRow) => db.insertInto('reviews').values(row));

const insertEventRow = prepared((db, row: Selectable<Schema['review_events']>) =>
  db.insertInto('review_events').values(row),
);

/** Closes a review that nobody has to decide any more; one that somebody works on stays open. */
export async function withdrawReviewOf(
  trx: Transaction<Schema>,
  comparisonId: string,
  at: string,
): Promise<void> {
  const row = await trx
    .selectFrom('reviews')
    .select('id')
    .where('comparison_id', '=', comparisonId)
    .where('status', '=', 'waiting')
    .executeTakeFirst();
  if (row === undefined) return;
  await trx.updateTable('reviews').set({ status: 'done', done_at: at }).where('id', '=', row.id).execute();
  await insertEvent(trx, { review_id: row.id, at, action: 'withdrawn', step: 'first' });
}

/** Whether a review of the comparison is not done yet. */
export async function hasOpenReview(db: Kysely<Schema>, comparisonId: string): Promise<boolean> {
  const row = await db
    .selectFrom('reviews')
    .select('id')
    .where('comparison_id', '=', comparisonId)
    .where('status', '<>', 'done')
    .executeTakeFirst();
  return row !== undefined;
}

/** Adds a verdict, or what a review came to, to the figures. */
export async function countVerdict(
  trx: Transaction<Schema>,
  count: Omit<Selectable<Schema['review_counts']>, 'n'>,
): Promise<void> {
  await trx
    .insertInto('review_counts')
    .values({ ...count, n: 1 })
    .onConflict((conflict) =>
      conflict.columns(['day', 'mode', 'step', 'verdict']).doUpdateSet({
        n: sql<number>`review_counts.n + 1`,
        waited_seconds: sql<number>`review_counts.waited_seconds + excluded.waited_seconds`,
        handling_seconds: sql<number>`review_counts.handling_seconds + excluded.handling_seconds`,
      }),
    )
    .execute();
}
