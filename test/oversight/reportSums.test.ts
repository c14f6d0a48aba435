import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { reportOnUse, type UseReport } from '../../src/oversight/useReport.js';
import { insertRows } from '../../src/store/copy/rows.js';
import { openDatabase } from '../../src/store/database/open.js';
import type { RecordDatabase } from '../../src/store/database.js';
import { dayAfter } from '../../src/store/days.js';
import { UseFigures } from '../../src/store/useFigures.js';
import { databaseUrlFor } from '../support/postgres.js';

const actions = ['comparison.decide', 'search.run', 'document.transfer', 'document.rectify', 'holder.file'];
const actionOutcomes = ['created', 'done', 'forbidden', 'not-found', 'store-unavailable'];
const outcomes = ['consistent', 'not-comparable', 'review'];
const bands = ['18-29', '30-44', '75+', 'unknown'];
const steps = ['final', 'first', 'second', 'settlement'];
const verdicts = ['different-person', 'same-person'];

/** A number from 0 to 6 that is the same for the same place. */
const little = (...place: number[]) =>
  place.reduce((mixed, part) => (mixed * 31 + part * 17 + 7) % 1009, 1) % 7;

interface Action {
  readonly day: string;
  readonly action: string;
  readonly outcome: string;
  readonly n: number;
}
interface Group {
  readonly day: string;
  readonly mode: string;
  readonly outcome: string;
  readonly age_band: string;
  readonly sex: string;
  readonly n: number;
}
interface Review {
  readonly day: string;
  readonly mode: string;
  readonly step: string;
  readonly verdict: string;
  readonly n: number;
  readonly waited_seconds: number;
  readonly handling_seconds: number;
}

const days: string[] = [];
for (let day = '2023-11-20'; day < '2025-02-10'; day = dayAfter(day)) days.push(day);
const at = <T>(list: readonly T[], make: (value: T, index: number) => number) =>
  list.map((value, index) => [value, make(value, index)] as const);
/** Some days have nothing of a kind, and most kinds fill more than a page. */
const rowsOfActions: Action[] = days.flatMap((day, d) =>
  [...actions, 'border.lookup', 'comparison.create'].flatMap((action, a) =>
    at(actionOutcomes, (_, o) => little(d, a, o)).flatMap(([outcome, n]) =>
      n < 3 ? [] : [{ day, action, outcome, n }],
    ),
  ),
);
const rowsOfGroups: Group[] = days.flatMap((day, d) =>
  ['active', 'trial'].flatMap((mode, m) =>
    outcomes.flatMap((outcome, o) =>
      bands.flatMap((age_band, b) =>
        at(['F', 'M'], (_, s) => little(d, m, o, b, s)).flatMap(([sex, n]) =>
          n < 4 ? [] : [{ day, mode, outcome, age_band, sex, n }],
        ),
      ),
    ),
  ),
);
const rowsOfReviews: Review[] = days.flatMap((day, d) =>
  steps.flatMap((step, s) =>
    at(verdicts, (_, v) => little(d, s, v)).flatMap(([verdict, n]) =>
      n < 3
        ? []
        : [{ day, mode: 'active', step, verdict, n, waited_seconds: n * 977, handling_seconds: n * 61 }],
    ),
  ),
);
const rowsOfRuns = days
  .filter((_, d) => little(d) > 2)
  .map((day, d) => ({
    id: `run-${d}`,
    started_at: `${day}T03:00:00.000Z`,
    destroyed: { document: d, probe: 1 },
  }));

let path: string;
let database: RecordDatabase;
before(async () => {
  path = mkdtempSync(join(tmpdir(), 'facematch-sums-'));
  const place = { databasePath: join(path, 'records.db'), databaseUrl: databaseUrlFor(path) };
  database = await openDatabase(place, () => new Date());
  const add = async (name: string, rows: readonly object[]) => {
    for (let from = 0; from < rows.length; from += 500) {
      const page = rows.slice(from, from + 500) as Record<string, string | number>[];
      const columns = Object.keys(page[0]!);
      await database.write((trx) => insertRows(trx, { name, columns }, page));
    }
  };
  assert.ok(rowsOfActions.length > 4_000 && rowsOfGroups.length > 4_000 && rowsOfReviews.length > 2_000);
  await add('use_counts', rowsOfActions);
  await add('comparison_counts', rowsOfGroups);
  await add('review_counts', rowsOfReviews);
  await add(
    'retention_runs',
    rowsOfRuns.map(({ destroyed, ...run }) => ({
      ...run,
      outcome: 'done',
      destroyed: JSON.stringify(destroyed),
    })),
  );
});
after(async () => {
  await database.close();
  rmSync(path, { recursive: true, force: true });
});

const refused = new Set(['forbidden', 'not-found']);
const sum = (rows: readonly { readonly n: number }[]) => rows.reduce((total, { n }) => total + n, 0);
const ratio = (part: number, whole: number) => (whole === 0 ? null : part / whole);

/** The measures of the days that a condition picks, each looked for anew among all rows. */
function directly(picked: (day: string) => boolean): UseReport['total'] {
  const of = <T extends { readonly day: string }>(rows: readonly T[]) =>
    rows.filter(({ day }) => picked(day));
  const [done, groups, reviews] = [of(rowsOfActions), of(rowsOfGroups), of(rowsOfReviews)];
  const finals = reviews.filter(({ step }) => step === 'final');
  const taken = reviews.filter(({ step }) => step !== 'final');
  const action = (name: string, ...only: string[]) =>
    sum(done.filter((row) => row.action === name && (only.length === 0 || only.includes(row.outcome))));
  const outcome = (name: string) => sum(groups.filter((row) => row.outcome === name));
  const seconds = (rows: readonly Review[], of: 'waited_seconds' | 'handling_seconds') =>
    rows.reduce((total, row) => total + row[of], 0);
  const different = sum(finals.filter(({ verdict }) => verdict === 'different-person'));
  return {
    comparisons: sum(groups),
    consistent: outcome('consistent'),
    review: outcome('review'),
    notComparable: outcome('not-comparable'),
    trial: sum(groups.filter(({ mode }) => mode === 'trial')),
    reviewRate: ratio(outcome('review'), sum(groups)),
    verdicts: sum(finals),
    differentPerson: different,
    hitRate: ratio(different, sum(finals)),
    secondVerdicts: sum(reviews.filter(({ step }) => step === 'second')),
    settlements: sum(reviews.filter(({ step }) => step === 'settlement')),
    waitHours: ratio(seconds(taken, 'waited_seconds'), sum(taken) * 3600),
    handlingMinutes: ratio(seconds(taken, 'handling_seconds'), sum(taken) * 60),
    reviewHours: ratio(seconds(finals, 'waited_seconds'), sum(finals) * 3600),
    decisions: action('comparison.decide'),
    searches: action('search.run'),
    transfers: action('document.transfer', 'created'),
    rectifications: action('document.rectify'),
    filesGiven: action('holder.file'),
    borderLookups: action('border.lookup', 'done', 'not-found'),
    refusals: sum(done.filter((row) => refused.has(row.outcome))),
    destroyed: rowsOfRuns
      .filter(({ started_at }) => picked(started_at.slice(0, 10)))
      .reduce((total, run) => total + run.destroyed.document + run.destroyed.probe, 0),
  };
}

function groupsDirectly(from: string, to: string): [string, string, number, number][] {
  const rows = rowsOfGroups.filter(({ day }) => day >= from && day < to);
  return (['age_band', 'sex'] as const).flatMap((attribute) =>
    [...new Set(rows.map((row) => row[attribute]))].sort().flatMap((value) => {
      const here = rows.filter((row) => row[attribute] === value);
      const review = sum(here.filter((row) => row.outcome === 'review'));
      const name = attribute === 'sex' ? 'sex' : 'ageBand';
      return sum(here) < 10 ? [] : [[name, value, sum(here), review] as [string, string, number, number]];
    }),
  );
}

const anyDay = fc.nat(days.length - 1).map((n) => days[n]!);
const length = { day: 10, month: 7, year: 4 } as const;

test('every measure of every period is what looking for its rows one by one comes to', async () => {
  const figures = new UseFigures(database);
  const property = fc.asyncProperty(
    ...([anyDay, anyDay, fc.constantFrom('day', 'month', 'year')] as const),
    async (one, other, by: 'day' | 'month' | 'year') => {
      const [from, to] = [one < other ? one : other, dayAfter(one < other ? other : one)];
      const report = await reportOnUse(figures, { from, to, by });
      const inside = (day: string) => day >= from && day < to;
      assert.deepEqual(report.total, directly(inside));
      const all = [rowsOfActions, rowsOfGroups, rowsOfReviews].flat().map(({ day }) => day);
      const known = [...all, ...rowsOfRuns.map(({ started_at }) => started_at.slice(0, 10))].filter(inside);
      const periods = [...new Set(known.map((day) => day.slice(0, length[by])))].sort();
      assert.deepEqual(
        report.periods.map(({ period }) => period),
        periods,
      );
      // A few of many: each is looked for among all rows.
      for (const { period, ...measures } of report.periods.filter((_, n) => n % 20 === 0)) {
        assert.deepEqual(
          measures,
          directly((day) => inside(day) && day.startsWith(period)),
          period,
        );
      }
      assert.deepEqual(
        report.groups.map(({ attribute, value, comparisons, review }) => [
          attribute,
          value,
          comparisons,
          review,
        ]),
        groupsDirectly(from, to),
      );
    },
  );
  await fc.assert(property, {
    numRuns: 20,
    seed: 20,
    endOnFailure: true,
    examples: [
      [days[0]!, days.at(-1)!, 'month'],
      [days[9]!, days[9]!, 'day'],
    ],
  });
});

test('between two pages others have their turn', async () => {
  let turns = 0;
  let reading = true;
  const count = () => {
    turns += 1;
    if (reading) setImmediate(count);
  };
  setImmediate(count);
  let pages = 0;
  for await (const rows of new UseFigures(database).groups(days[0]!, '2026-01-01')) {
    assert.ok(rows.length <= 2_000);
    pages += 1;
    assert.ok(turns >= pages - 1, `page ${pages} after ${turns} turns of others`);
  }
  reading = false;
  assert.equal(pages, Math.ceil(rowsOfGroups.length / 2_000));
});
