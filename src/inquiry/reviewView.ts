import { z } from 'zod';
import { outcomes, type ReasonCode, reasonCodes } from '../comparison/answer.js';
import { pageQuerySchema, pageSchema } from '../records/page.js';
import { text } from '../records/text.js';
import type { QueuedReview, ReviewEvent, ReviewOf } from '../store/reviewQueue.js';
import { type ReviewStatus, reviewStatuses, verdicts } from '../store/reviewRows.js';

export const verdictRequestSchema = z.strictObject({
  verdict: z.enum(verdicts),
  reason: text(1000).describe('What was seen; kept encrypted, and not as long as the verdict'),
  timeSpentSeconds: z.int().min(0).max(86_400).optional().describe('As the screen measured it'),
});

export const reviewQuerySchema = pageQuerySchema.extend({
  status: z.enum(reviewStatuses).optional().describe('All that are not done unless given'),
  office: text(100).optional(),
  mine: z.enum(['true', 'false']).optional().describe('true: only those that the caller has'),
});

export const reviewSummarySchema = z.strictObject({
  reviewId: z.string(),
  status: z.enum(reviewStatuses),
  openedAt: z.iso.datetime(),
  verdict: z.enum(verdicts).nullable().describe('null until it is done, and where it was withdrawn'),
});
export type ReviewSummary = z.output<typeof reviewSummarySchema>;

const itemSchema = reviewSummarySchema.extend({
  comparisonId: z.string(),
  office: z.string(),
  reasons: z.array(z.enum(reasonCodes)).describe('Empty on trial'),
  outcome: z.enum(outcomes).nullable().describe('null on trial'),
  mode: z.enum(['active', 'trial']),
  score: z.number().nullable(),
  strength: z.number().nullable(),
  ageSeconds: z.int(),
  claimedBy: z.string().nullable(),
  claimable: z.boolean().describe('Whether the caller may take it now'),
  holdsYou: z.boolean().describe('Whether the caller has it'),
});
export type ReviewItem = z.output<typeof itemSchema>;

const counted = z.int().nonnegative();
export const reviewPageSchema = pageSchema(itemSchema).extend({
  counts: z.strictObject({
    waiting: counted,
    claimed: counted.describe('In whichever step'),
    second: counted.describe('Waiting for the second person'),
    disputed: counted,
    done: counted,
  }),
});

export const reviewSchema = reviewSummarySchema.extend({
  comparisonId: z.string(),
  mode: z.enum(['active', 'trial']),
  claimable: z.boolean(),
  holdsYou: z.boolean(),
  history: z.array(
    z.strictObject({
      at: z.iso.datetime(),
      action: z.enum(['opened', 'claimed', 'released', 'expired', 'verdict', 'withdrawn']),
      step: z.enum(['first', 'second', 'settlement']),
      person: z.string().nullable().describe('Of a verdict: hidden until it is done, but for one’s own'),
      verdict: z.enum(verdicts).optional().describe('Hidden as the person is, but for who settles'),
      reason: z.string().optional(),
    }),
  ),
  yours: z
    .strictObject({ verdict: z.enum(verdicts), reason: z.string() })
    .nullable()
    .describe('What the caller said in this review'),
});
export type ReviewView = z.output<typeof reviewSchema>;

/** Who looks at a review, and what they may do in one. */
export interface Viewer {
  readonly person: string;
  readonly works: boolean;
  readonly settles: boolean;
}

export function summary({ id, status, openedAt, verdict }: ReviewOf | QueuedReview): ReviewSummary {
  return { reviewId: id, status, openedAt, verdict: verdict ?? null };
}

export function reviewItem(review: QueuedReview, viewer: Viewer, now: Date): ReviewItem {
  const { comparisonId, office, mode } = review;
  const trial = mode === 'trial';
  return {
    ...summary(review),
    ...{ comparisonId, office, mode },
    reasons: trial ? [] : (review.reasons as ReasonCode[]),
    outcome: trial ? null : (review.outcome as ReviewItem['outcome']),
    score: trial ? null : (review.score ?? null),
    strength: trial ? null : (review.strength ?? null),
    ageSeconds: Math.max(0, Math.round((now.getTime() - Date.parse(review.openedAt)) / 1000)),
    claimedBy: review.claimedBy ?? null,
    ...standing(review, viewer),
  };
}

/** Nobody judges blind who has seen the other's answer: it shows once the review is done, or to who settles it. */
export function reviewView(review: QueuedReview, events: readonly ReviewEvent[], viewer: Viewer): ReviewView {
  const done = review.status === 'done';
  const settling = viewer.settles && !viewer.works && isDisputed(review.status);
  const own = (event: ReviewEvent) => event.person === viewer.person;
  const yours = events.find((event) => event.action === 'verdict' && own(event));
  return {
    ...summary(review),
    ...{ comparisonId: review.comparisonId, mode: review.mode },
    ...standing(review, viewer),
    history: events.map((event) => {
      const { at, action, step, verdict, person, reason } = event;
      return {
        ...{ at, action, step },
        person: done || own(event) ? (person ?? null) : null,
        ...((done || settling || own(event)) && verdict !== undefined
          ? { verdict, ...(reason === undefined ? {} : { reason }) }
          : {}),
      };
    }),
    yours: yours?.verdict === undefined ? null : { verdict: yours.verdict, reason: yours.reason ?? '' },
  };
}

const isDisputed = (status: ReviewStatus): boolean => status === 'disputed' || status === 'settling';

function standing({ status, claimedBy, gaveVerdict }: QueuedReview, { person, works, settles }: Viewer) {
  const step =
    status === 'disputed' ? settles : (status === 'waiting' || status === 'second-waiting') && works;
  return { claimable: step && !gaveVerdict, holdsYou: claimedBy === person };
}
