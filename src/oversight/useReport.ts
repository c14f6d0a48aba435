import { z } from 'zod';
import { FacematchError } from '../errors.js';
import { exactInterval } from '../evaluation/statistics/binomial.js';
import { validated } from '../records/validation.js';
import type { TrialCount } from '../store/trialFigures.js';
import type { OpenReviews, UseFigures } from '../store/useFigures.js';
import { UseTally } from './useTally.js';

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
  verdicts: count.describe('Reviews that people finished'),
  differentPerson: count.describe('Of these, those that found another person'),
  hitRate: z.number().nullable().describe('Share of the finished reviews that found another person'),
  secondVerdicts: count.describe('Blind verdicts of a second person'),
  settlements: count.describe('Reviews that a supervisor settled: two people disagreed, or one escalated'),
  waitHours: z.number().nullable().describe('Hours that a step of a review waited for somebody, on average'),
  handlingMinutes: z.number().nullable().describe('Minutes from taking a step to its verdict, on average'),
  reviewHours: z.number().nullable().describe('Hours from the opening of a review to its end, on average'),
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
        verdict: z.string().nullable().describe('What its review came to; null without one, or until then'),
        decided: z.string().nullable().describe('null while nobody decided'),
        comparisons: count,
      }),
    )
    .describe(
      'What comparisons on trial came to, against what people made of them, and decided on the same applications',
    ),
  waiting: z.strictObject({
    reviews: count.describe('Reviews that are not done now'),
    first: count.describe('Of these, waiting for somebody'),
    second: count.describe('Waiting for the second person'),
    disputed: count.describe('Waiting for a supervisor'),
    taken: count.describe('With somebody'),
    oldest: z.iso.datetime().nullable().describe('When the oldest of them was opened'),
  }),
});
export type UseReport = z.output<typeof useReportSchema>;

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
  const length = { day: 10, month: 7, year: 4 }[by];
  const tally = new UseTally((day) => day.slice(0, length));
  for await (const rows of figures.actions(from, to)) tally.addActions(rows);
  for await (const rows of figures.groups(from, to)) tally.addGroups(rows);
  for await (const rows of figures.reviews(from, to)) tally.addReviews(rows);
  tally.addDestroyed(await figures.destroyed(from, to));
  const trial = await figures.trial(from, to);
  const open = await figures.openReviews();
  return {
    from,
    to,
    by,
    total: tally.total(),
    periods: tally.periods(),
    groups: [...groupRates(tally, 'ageBand'), ...groupRates(tally, 'sex')],
    trial: trial.map(trialLine),
    waiting: waitingOf(open),
  };
}

function waitingOf({ byStatus, oldest }: OpenReviews): UseReport['waiting'] {
  const { waiting = 0, disputed = 0, claimed = 0, settling = 0 } = byStatus;
  const { 'second-waiting': second = 0, 'second-claimed': secondTaken = 0 } = byStatus;
  const taken = claimed + secondTaken + settling;
  return {
    reviews: waiting + second + disputed + taken,
    ...{ first: waiting, second, disputed, taken, oldest: oldest ?? null },
  };
}

function groupRates({ groups }: UseTally, attribute: 'ageBand' | 'sex'): UseReport['groups'] {
  const sorted = [...groups[attribute]].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.flatMap(([value, { comparisons, review }]) => {
    if (comparisons < smallestGroup) return [];
    const [low, high] = exactInterval(review, comparisons);
    return [{ attribute, value, comparisons, review, reviewRate: review / comparisons, low, high }];
  });
}

const trialLine = ({ outcome, verdict, decision, n }: TrialCount): UseReport['trial'][number] => ({
  computed: outcome,
  verdict: verdict ?? null,
  decided: decision ?? null,
  comparisons: n,
});
