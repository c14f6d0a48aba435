import type { DocumentType, StatutoryRecord } from './statutoryRecord.js';

/** Calendar periods; a day that the last month lacks becomes that month's last. */
export type Period = { readonly years: number } | { readonly months: number } | { readonly days: number };

export interface RetentionRule {
  readonly period: Period;
  /** Where the period comes from. */
  readonly basis: string;
}

export interface RetentionRules {
  readonly documents: Readonly<Record<Exclude<DocumentType, 'eu-emergency-travel-document'>, RetentionRule>>;
  readonly emergency: Readonly<Record<NonNullable<StatutoryRecord['document']['role']>, RetentionRule>>;
  /** The result of a comparison, from the day it was made. */
  readonly comparison: RetentionRule;
  /** The applicant's photo, from the day of its comparison. */
  readonly probe: RetentionRule;
  /** What the review of a comparison came to, from its opening; never longer than the comparison. */
  readonly review: RetentionRule;
  /**
   * Reasons people write in their own words (holds, corrections, changes of mode, verdicts with who gave them), from the
   * end of what they explain.
   */
  readonly reason: RetentionRule;
  /** An inquiry with its members and reasons, from the day it was opened. */
  readonly inquiry: RetentionRule;
  /** A search of the store with what it found, from the day it was asked for. */
  readonly search: RetentionRule;
  /** An entry of the audit trail, from the day it was written. Nothing applies it yet: the chain is kept whole. */
  readonly audit: RetentionRule;
  /** Who the actors of the audit trail are, from the end of the month of their entries. */
  readonly staff: RetentionRule;
  /** A batch of the destruction ledger, from the day of the destruction. */
  readonly ledger: RetentionRule;
}

/** What the law of 2015 says nothing about is the operator's to set, above the least another rule asks for. */
const operators = (why: string) => `No period in the Belgian law of 10 February 2015; the operator's: ${why}`;

const twentyYears: RetentionRule = {
  period: { years: 20 },
  basis:
    'Belgian law of 10 February 2015 on passport data, processing against fraud: twenty years, twice a validity',
};

/** The periods of the law; an operator may shorten them. */
export const statutoryRetention: RetentionRules = {
  documents: {
    passport: twentyYears,
    'travel-document-foreigner': twentyYears,
    'travel-document-refugee': twentyYears,
    'travel-document-stateless': twentyYears,
  },
  emergency: {
    'assisting-state': {
      period: { days: 180 },
      basis: 'Directive (EU) 2019/997, article 15: at most 180 days for the assisting state',
    },
    'state-of-nationality': {
      period: { years: 2 },
      basis: 'Directive (EU) 2019/997, article 15: at most two years for the state of nationality',
    },
  },
  comparison: {
    period: { years: 20 },
    basis:
      'Belgian law of 10 February 2015 on passport data: a result is data of the processing against fraud',
  },
  probe: {
    period: { months: 3 },
    basis: 'Belgian law of 10 February 2015 on passport data: production keeps an application three months',
  },
  review: {
    period: { years: 20 },
    basis:
      'Belgian law of 10 February 2015 on passport data: a verdict is data of the processing against fraud, kept as its comparison is; who gave it and why goes before, by the rule for reasons',
  },
  reason: {
    period: { years: 5 },
    basis: operators('long enough to answer for the reason, short as it may name people'),
  },
  inquiry: {
    period: { years: 10 },
    basis: operators(
      'an inquiry lasts five years at most, and its reasons are answered for five more; what it was about is in its records, which keep their own periods',
    ),
  },
  search: {
    period: { years: 1 },
    basis: operators(
      'at least six months by Regulation (EU) 2024/1689, article 26(6); what an inquiry goes on with it takes in as records, and who else looked alike is not to outlive its use',
    ),
  },
  audit: {
    period: { years: 30 },
    basis: operators(
      'ten years longer than the records it speaks of; at least six months by Regulation (EU) 2024/1689, article 26(6). Not in force: the chain of entries is kept, as each is proof of those before it; entries hold no personal data in clear, and names go with the key of their month',
    ),
  },
  staff: {
    period: { years: 10 },
    basis: operators('long enough to prosecute misuse; the entries stay, without saying who'),
  },
  ledger: {
    period: { years: 10 },
    basis: operators(
      'longer than any backup of the database may be kept, as it says what a restored one must destroy again',
    ),
  },
};

/** Every rule by name, as a table of them shows it. */
export function namedRules(
  rules: RetentionRules = statutoryRetention,
): readonly { readonly name: string; readonly rule: RetentionRule }[] {
  const { documents, emergency, ...others } = rules;
  const emergencyType = 'eu-emergency-travel-document';
  return [
    ...Object.entries(documents).map(([type, rule]) => ({ name: type, rule })),
    ...Object.entries(emergency).map(([role, rule]) => ({ name: `${emergencyType} (${role})`, rule })),
    ...Object.entries(others).map(([name, rule]) => ({ name, rule })),
  ];
}

/** A period in words, for people. */
export function periodText(period: Period): string {
  const [[unit, count] = ['days', 0]] = Object.entries(period) as [string, number][];
  return `${count} ${count === 1 ? unit.slice(0, -1) : unit}`;
}

/** The day (`YYYY-MM-DD`) before which what falls under this rule is over now. */
export function overBefore(now: Date, { period }: RetentionRule): string {
  const back = Object.fromEntries(Object.entries(period).map(([unit, count]) => [unit, -count])) as Period;
  return plus(now.toISOString().slice(0, 10), back);
}

/** The day (`YYYY-MM-DD`) on which the record is to be destroyed, counted from its issue. */
export function retentionEnds(record: StatutoryRecord, rules: RetentionRules = statutoryRetention): string {
  return plus(record.document.issuedOn, ruleFor(record, rules).period);
}

/** The rule a record falls under, with its basis. */
export function ruleFor(record: StatutoryRecord, rules: RetentionRules = statutoryRetention): RetentionRule {
  const { type, role } = record.document;
  if (type !== 'eu-emergency-travel-document') return rules.documents[type];
  // The schema requires the role; the shorter period is the safe one.
  return rules.emergency[role ?? 'assisting-state'];
}

/** The days on which a comparison's result and its probe are to be destroyed. */
export function retentionOfComparison(
  createdAt: Date,
  rules: RetentionRules = statutoryRetention,
): { readonly comparison: string; readonly probe: string } {
  const created = createdAt.toISOString().slice(0, 10);
  return { comparison: plus(created, rules.comparison.period), probe: plus(created, rules.probe.period) };
}

/**
 * The day on which a review is to be destroyed.
 *
 * @param openedAt ISO 8601 date-time.
 * @param comparisonEnds the day its comparison is destroyed, and everything about it.
 */
export function retentionOfReview(
  openedAt: string,
  comparisonEnds: string,
  rules: RetentionRules = statutoryRetention,
): string {
  const ends = plus(openedAt.slice(0, 10), rules.review.period);
  return ends < comparisonEnds ? ends : comparisonEnds;
}

/** @param from `YYYY-MM-DD` */
export function plus(from: string, period: Period): string {
  const [year = 0, month = 1, date = 1] = from.split('-').map(Number);
  if ('days' in period) return isoDay(Date.UTC(year, month - 1, date + period.days));
  const months = 'years' in period ? period.years * 12 : period.months;
  const lastOfMonth = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return isoDay(Date.UTC(year, month - 1 + months, Math.min(date, lastOfMonth)));
}

function isoDay(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
