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
}

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
};

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
