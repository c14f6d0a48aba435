import { text } from '../messages/text.js';
import type { Language } from '../oversight/caller.js';
import type { ComparisonAnswer, Evidence, NoticeCode, Outcome, ReasonCode } from './answer.js';

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
  readonly comparedAt: string;
  readonly evidence: Evidence;
}

/**
 * The record in a caller's words. Offices get the outcome and what to do, not the scores: scores invite trying
 * photos until one passes.
 */
export function render(
  record: ComparisonRecord,
  language: Language,
  withEvidence: boolean,
): ComparisonAnswer {
  return {
    comparisonId: record.comparisonId,
    applicationId: record.applicationId,
    outcome: record.outcome,
    text: text(language, `outcome.${record.outcome}`),
    reasons: record.reasons.map((code) => ({ code, text: text(language, `reason.${code}`) })),
    notices: record.notices.map((code) => ({ code, text: text(language, `notice.${code}`) })),
    referencesAsOf: record.referencesAsOf,
    comparedAt: record.comparedAt,
    ...(withEvidence ? { evidence: record.evidence } : {}),
  };
}
