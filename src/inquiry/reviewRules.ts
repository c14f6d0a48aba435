import type { ReviewStatus, ReviewStep, Verdict } from '../store/reviewRows.js';

export interface Given {
  readonly step: ReviewStep;
  readonly verdict: Verdict;
  /** Of the first step, when this is the second. */
  readonly first: Verdict | undefined;
  /** Whether this review was drawn for a second look although its verdict does not ask for one. */
  readonly drawn: boolean;
}

export type Next =
  | { readonly status: Extract<ReviewStatus, 'second-waiting' | 'disputed'> }
  | { readonly status: 'done'; readonly verdict: Verdict };

/**
 * What follows a verdict. That somebody is another person is never one person's word; what is escalated, and what two
 * people see differently, is settled by a supervisor, whose word ends it.
 */
export function afterVerdict({ step, verdict, first, drawn }: Given): Next {
  if (step === 'settlement') return { status: 'done', verdict };
  if (verdict === 'escalate') return { status: 'disputed' };
  if (step === 'second') return verdict === first ? { status: 'done', verdict } : { status: 'disputed' };
  return verdict === 'different-person' || drawn ? { status: 'second-waiting' } : { status: 'done', verdict };
}
