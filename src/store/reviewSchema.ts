import type { ReviewStatus, ReviewStep, Verdict } from './reviewRows.js';

/** The tables of reviews, as {@link Schema} has those of the records. */
export interface ReviewSchema {
  reviews: {
    id: string;
    comparison_id: string;
    office: string;
    mode: string;
    status: ReviewStatus;
    opened_at: string;
    /** Since when the step at hand could be taken. */
    ready_at: string;
    claimed_at: string | null;
    claim_ends_at: string | null;
    claimed_by: Uint8Array | null;
    claimed_name: Uint8Array | null;
    done_at: string | null;
    verdict: Verdict | null;
    key_id: string;
    retention_ends: string;
  };
  review_events: {
    id: string;
    review_id: string;
    at: string;
    action: 'opened' | 'claimed' | 'released' | 'expired' | 'verdict' | 'withdrawn';
    step: ReviewStep;
    verdict: Verdict | null;
    waited_seconds: number | null;
    handling_seconds: number | null;
    /** As the person's screen measured it. */
    spent_seconds: number | null;
  };
  /** Who, and why: under a key of their own, which goes before the verdict does. */
  review_words: {
    id: string;
    review_id: string;
    comparison_id: string;
    person_key: Uint8Array;
    key_id: string;
    retention_ends: string;
    detail: Uint8Array;
  };
  /** Figures that name nobody and outlive what they count. */
  review_counts: {
    day: string;
    mode: string;
    /** The verdict of one step, or `final`: what the review came to, and how long it took from its opening. */
    step: ReviewStep | 'final';
    verdict: string;
    n: number;
    waited_seconds: number;
    handling_seconds: number;
  };
  comparison_reasons: { reason: string; created_at: string; comparison_id: string };
}
