import { text } from '../messages/text.js';
import type { Language } from '../oversight/caller.js';
import type { ReviewOf } from '../store/reviewQueue.js';
import type { ComparisonAnswer, Evidence, NoticeCode, Outcome, ReasonCode } from './answer.js';
import { adviceOn } from './quality.js';

/** A comparison as it is kept: codes, no words of any language. */
export interface ComparisonRecord {
  readonly comparisonId: string;
  readonly applicationId: string;
  readonly office: string;
  readonly requestedBy: string;
  readonly outcome: Outcome;
  readonly reasons: readonly ReasonCode[];
  readonly notices: readonly NoticeCode[];
  readonly referencesAsOf: string;
  /** Whether the application gave a register number: namesakes share a name, not a number. */
  readonly registerNumberGiven: boolean;
  readonly comparedAt: string;
  readonly evidence: Evidence;
}

/** What a comparison comes to after one of its references was corrected. */
export interface Reevaluation {
  readonly at: string;
  /** Undefined where the probe was already destroyed. */
  readonly outcome: Outcome | undefined;
  readonly reasons: readonly ReasonCode[];
}

/** What became of a record after it was made, and in which mode that was. */
export interface RecordState {
  readonly mode: 'active' | 'trial';
  readonly reevaluations: readonly Reevaluation[];
  /** The latest review, where there is one. */
  readonly review: Pick<ReviewOf, 'id' | 'status' | 'verdict'> | undefined;
}

/**
 * The record in a caller's words. Offices get the outcome and what to do, not the scores: scores invite trying
 * photos until one passes. What was compared on trial decides nothing, so nobody is told how it came out, with or
 * without scores; the report on use counts it.
 */
export function render(
  record: ComparisonRecord,
  language: Language,
  withEvidence: boolean,
  { mode, reevaluations, review }: RecordState,
): ComparisonAnswer {
  const trial = mode === 'trial';
  const reasonsOf = (codes: readonly ReasonCode[]) =>
    trial ? [] : codes.map((code) => ({ code, text: text(language, `reason.${code}`) }));
  return {
    comparisonId: record.comparisonId,
    applicationId: record.applicationId,
    outcome: trial ? null : record.outcome,
    mode,
    text: text(language, trial ? 'outcome.trial' : `outcome.${record.outcome}`),
    reasons: reasonsOf(record.reasons),
    notices: trial ? [] : record.notices.map((code) => ({ code, text: text(language, `notice.${code}`) })),
    quality: record.evidence.quality === undefined ? [] : adviceOn(record.evidence.quality, language),
    referencesAsOf: record.referencesAsOf,
    comparedAt: record.comparedAt,
    ...(review === undefined || (trial && !withEvidence) ? {} : { review: reviewOf(review) }),
    ...(reevaluations.length === 0
      ? {}
      : {
          reevaluations: reevaluations.map(({ at, outcome, reasons }) => ({
            at,
            outcome: trial ? null : (outcome ?? null),
            reasons: reasonsOf(reasons),
          })),
        }),
    ...(withEvidence && !trial ? { evidence: record.evidence } : {}),
  };
}

/** Whether it waits, and for whom, is for those who work on it. */
function reviewOf({
  id,
  status,
  verdict,
}: NonNullable<RecordState['review']>): NonNullable<ComparisonAnswer['review']> {
  return { reviewId: id, status: status === 'done' ? 'done' : 'open', verdict: verdict ?? null };
}
