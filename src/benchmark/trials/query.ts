import { statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ComparisonFilter } from '../../store/comparisonQuery.js';
import { placeOfComparison } from '../../store/comparisonQuery.js';
import type { Store } from '../../store/store.js';
import { benchModel, numberOf, offices, registerOf, seedComparisons } from '../query/seedComparisons.js';
import { median, rounded } from '../statistics.js';
import type { Row, Trial, TrialResult } from '../trial.js';

const pageSize = 50;
/** Pages that are turned before the one that counts as deep. */
const deep = 20;

/** What analysts ask, and what would be slow without its index. */
function questions(
  store: Store,
  count: number,
): readonly (readonly [name: string, filter: ComparisonFilter])[] {
  const middle = Math.floor(count / 2);
  const year = new Date().getUTCFullYear();
  const [frequent = ''] = offices;
  const rare = offices.at(-1) ?? '';
  return [
    ['everything', {}],
    ['in review', { outcome: 'review' }],
    ['one month, two years ago', { from: `${year - 2}-03-01`, until: `${year - 2}-04-01` }],
    ['a frequent office', { office: frequent }],
    ['a rare office, in review', { office: rare, outcome: 'review' }],
    ['a frequent reason', { reason: 'identity-conflict' }],
    ['a rare reason, a rare office', { reason: 'does-not-match', office: rare }],
    ['scores from 0.30 to 0.31', { score: { min: 0.3, max: 0.31 } }],
    ['scores under 0.1 of a rare office', { score: { max: 0.1 }, office: rare }],
    ['found to be another person', { verdict: 'different-person' }],
    ['a register number', { keys: [store.lookup.registerNumber(registerOf(middle))] }],
    ['a document number', { keys: [store.lookup.documentNumber(numberOf(middle))] }],
    ['a model no longer in use', { model: 'other@1' }],
    [
      'all by this model, in review, a year',
      { model: benchModel, outcome: 'review', from: `${year - 1}-01-01` },
    ],
  ];
}

/** Queries of comparisons and of the queue of reviews, in a store as large as the one they are made for. */
export const queryTrial: Trial = {
  name: 'query',
  what: 'comparisons by condition: milliseconds, median',
  slow: true,
  run: ({ quick }, progress) =>
    measureQueries({ comparisons: quick ? 20_000 : 1_000_000, rounds: quick ? 3 : 21 }, progress),
};

export async function measureQueries(
  { comparisons, rounds }: { readonly comparisons: number; readonly rounds: number },
  progress: (done: number, total: number) => void,
): Promise<TrialResult> {
  const folder = await mkdtemp(join(tmpdir(), 'facematch-query-'));
  try {
    const store = await seedComparisons(folder, comparisons, (done) => progress(done, comparisons));
    try {
      const rows: Row[] = [];
      for (const [name, filter] of questions(store, comparisons)) {
        rows.push(await measureOne(store, name, filter, rounds));
      }
      const queue = await timed(rounds, () =>
        store.reviewQueue.list({ status: 'waiting', limit: pageSize }, 'x'),
      );
      const counts = await timed(rounds, () => store.reviewQueue.counts());
      const queueValues = { 'first page': queue, 'a later page': null, count: counts, found: null };
      rows.push({ name: 'the queue of reviews', values: queueValues });
      const megabytes = Math.round(statSync(join(folder, 'bench.db')).size / 1e6);
      return {
        rows,
        notes: [
          `${comparisons} comparisons over five years, ${megabytes} MB; pages of ${pageSize}, the later one the ${deep + 1}st. Without HTTP and the entry of the trail.`,
        ],
      };
    } finally {
      await store.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureOne(
  store: Store,
  name: string,
  filter: ComparisonFilter,
  rounds: number,
): Promise<Row> {
  const page = (after?: Parameters<Store['comparisonQuery']['page']>[1]) =>
    store.comparisonQuery.page(filter, after, pageSize);
  const first = await timed(rounds, () => page());
  let last = (await page()).at(-1);
  for (let turned = 1; turned < deep && last !== undefined; turned++) {
    last = (await page(placeOfComparison(filter, last))).at(-1);
  }
  const place = last && placeOfComparison(filter, last);
  const later = place === undefined ? null : await timed(rounds, () => page(place));
  const count = await timed(Math.min(rounds, 5), () => store.comparisonQuery.count(filter));
  const found = await store.comparisonQuery.count(filter);
  return { name, values: { 'first page': first, 'a later page': later, count, found } };
}

async function timed(rounds: number, work: () => Promise<unknown>): Promise<number> {
  const samples: number[] = [];
  for (let round = -1; round < rounds; round++) {
    const started = performance.now();
    await work();
    if (round >= 0) samples.push(performance.now() - started);
  }
  return rounded(median(samples));
}
