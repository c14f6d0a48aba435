import { z } from 'zod';
import { FacematchError } from '../errors.js';
import { exactInterval } from '../evaluation/statistics/binomial.js';
import { validated } from '../records/validation.js';
import type { ActionCount, GroupCount, TrialCount, UseFigures } from '../store/useFigures.js';

export const reportQuerySchema = z.strictObject({
  from: z.iso.date().describe('First day'),
  to: z.iso.date().describe('Day after the last'),
  by: z.enum(['day', 'month', 'year']).optional().describe('Length of a period; month unless given'),
});
export type ReportQuery = z.output<typeof reportQuerySchema>;

const count = z.int().nonnegative();
const measuresSchema = z.strictObject({
  comparisons: count.describe('All that were recorded, those on trial included'),
  consistent: count,
  review: count,
  notComparable: count,
  trial: count.describe('Of the comparisons, those that decided nothing'),
  reviewRate: z.number().nullable().describe('Share of comparisons that ask for a review'),
  verdicts: count.describe('Verdicts given in reviews'),
  differentPerson: count.describe('Of the verdicts, those that found another person'),
  hitRate: z.number().nullable().describe('Share of verdicts that found another person'),
  decisions: count.describe('Decisions of people on applications'),
  searches: count.describe('One face against the store'),
  transfers: count.describe('Documents taken in'),
  rectifications: count,
  filesGiven: count.describe('Files given to holders'),
  borderLookups: count,
  refusals: count.describe('Requests refused for lack of a right, a token or a record'),
  destroyed: count.describe('Records destroyed'),
});
export type Measures = z.output<typeof measuresSchema>;
export const measureNames = Object.keys(measuresSchema.shape) as (keyof Measures)[];

const groupSchema = z.strictObject({
  attribute: z.enum(['ageBand', 'sex']),
  value: z.string(),
  comparisons: count,
  review: count,
  reviewRate: z.number(),
  low: z.number().describe('95% interval of the rate (Clopper and Pearson, 1934)'),
  high: z.number(),
});

export const useReportSchema = z.strictObject({
  from: z.iso.date(),
  to: z.iso.date(),
  by: z.enum(['day', 'month', 'year']),
  total: measuresSchema,
  periods: z.array(measuresSchema.extend({ period: z.string() })),
  groups: z
    .array(groupSchema)
    .describe('Groups of fewer than ten comparisons are left out: they could name somebody'),
  trial: z
    .array(
      z.strictObject({
        computed: z.string(),
        decided: z.string().nullable().describe('null while nobody decided'),
        comparisons: count,
      }),
    )
    .describe('What comparisons on trial came to, against what people decided on the same applications'),
  waiting: z.strictObject({
    reviews: count.describe('Comparisons that ask for a review, less the verdicts given'),
  }),
});
export type UseReport = z.output<typeof useReportSchema>;

/** Outcomes of the trail that are refusals, not failures of the service. */
const refusals: ReadonlySet<string> = new Set([
  'invalid-token',
  'forbidden',
  'not-found',
  'suspended',
  'second-person-required',
  'person-required',
  'request-closed',
  'forbidden-field',
  'retention-over',
]);
/** A group smaller than this could be one known person. */
const smallestGroup = 10;

/** @throws FacematchError `validation` */
export function parseReportQuery(query: unknown): ReportQuery {
  const asked = validated(reportQuerySchema, query, 'query');
  if (asked.from >= asked.to) {
    throw new FacematchError('validation', 'The report begins after its end.', {
      pointers: ['/to'],
      codes: ['before-from'],
    });
  }
  return asked;
}

/** The figures of a time, from counts that name nobody. */
export async function reportOnUse(figures: UseFigures, query: ReportQuery): Promise<UseReport> {
  const { from, to, by = 'month' } = query;
  const [actions, groups, trial, destroyed] = await Promise.all([
    figures.actions(from, to),
    figures.groups(from, to),
    figures.trial(from, to),
    figures.destroyed(from, to),
  ]);
  const length = { day: 10, month: 7, year: 4 }[by];
  const periodOf = (day: string) => day.slice(0, length);
  const known = [...actions, ...groups, ...destroyed].map(({ day }) => periodOf(day));
  const inPeriod = <T extends { readonly day: string }>(rows: readonly T[], period: string) =>
    rows.filter(({ day }) => periodOf(day) === period);
  const total = measure(actions, groups, destroyed);
  return {
    from,
    to,
    by,
    total,
    periods: [...new Set(known)].sort().map((period) => ({
      period,
      ...measure(inPeriod(actions, period), inPeriod(groups, period), inPeriod(destroyed, period)),
    })),
    groups: [...groupRates(groups, 'ageBand'), ...groupRates(groups, 'sex')],
    trial: trial.map(trialLine),
    waiting: { reviews: Math.max(0, total.review - total.verdicts) },
  };
}

function measure(
  actions: readonly ActionCount[],
  groups: readonly GroupCount[],
  destroyed: readonly { readonly n: number }[],
): Measures {
  const sum = (rows: readonly { readonly n: number }[]) => rows.reduce((total, { n }) => total + n, 0);
  const done = (action: string, ...outcomes: string[]) =>
    sum(
      actions.filter(
        (row) => row.action === action && (outcomes.length === 0 || outcomes.includes(row.outcome)),
      ),
    );
  const outcome = (name: string) => sum(groups.filter((row) => row.outcome === name));
  const comparisons = sum(groups);
  const verdicts = done('review.verdict');
  const differentPerson = done('review.verdict', 'different-person');
  return {
    comparisons,
    consistent: outcome('consistent'),
    review: outcome('review'),
    notComparable: outcome('not-comparable'),
    trial: sum(groups.filter(({ mode }) => mode === 'trial')),
    reviewRate: rate(outcome('review'), comparisons),
    verdicts,
    differentPerson,
    hitRate: rate(differentPerson, verdicts),
    decisions: done('comparison.decide'),
    searches: done('search.run'),
    transfers: done('document.transfer', 'created'),
    rectifications: done('document.rectify'),
    filesGiven: done('holder.file'),
    borderLookups: done('border.lookup', 'done', 'not-found'),
    refusals: sum(actions.filter((row) => refusals.has(row.outcome))),
    destroyed: sum(destroyed),
  };
}

function groupRates(rows: readonly GroupCount[], attribute: 'ageBand' | 'sex'): UseReport['groups'] {
  return [...new Set(rows.map((row) => row[attribute]))].sort().flatMap((value) => {
    const here = rows.filter((row) => row[attribute] === value);
    const comparisons = here.reduce((total, { n }) => total + n, 0);
    if (comparisons < smallestGroup) return [];
    const review = here.filter(({ outcome }) => outcome === 'review').reduce((total, { n }) => total + n, 0);
    const [low, high] = exactInterval(review, comparisons);
    return [{ attribute, value, comparisons, review, reviewRate: review / comparisons, low, high }];
  });
}

const trialLine = ({ outcome, decision, n }: TrialCount): UseReport['trial'][number] => ({
  computed: outcome,
  decided: decision ?? null,
  comparisons: n,
});

const rate = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
