import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { dayAfter } from '../../src/store/days.js';
import { openStore, type Store } from '../../src/store/store.js';
import type { TrialCount } from '../../src/store/trialFigures.js';
import { newComparison, now, storeOptions } from '../store/fixture.js';
import { directDatabase } from '../support/directDatabase.js';

const audit = { client: 'office', actor: 'clerk-1', outcome: 'done' };
const later = new Date(now.getTime() + 60 * 60 * 1000).toISOString();
const times = { requestedAt: now.toISOString(), expiresAt: later, retentionEnds: '2046-01-01' };
const order = { client: 'test', actor: 'test', ground: 'asked' };
const inDays = (days: number) => new Date(now.getTime() + days * 24 * 60 * 60 * 1000);
const never = new AbortController().signal;

let store: Store;
let path: string;
before(async () => {
  path = mkdtempSync(join(tmpdir(), 'facematch-trial-'));
  store = await openStore(storeOptions(path));
  await changeTo('trial');
});
after(async () => {
  await store.close();
  rmSync(path, { recursive: true, force: true });
});

async function changeTo(mode: 'trial' | 'active'): Promise<void> {
  const reasons = { mode, reason: 'Pilot', ground: 'Decision 12', person: 'supervisor-1' };
  const endsAt = mode === 'trial' ? '2090-01-01T00:00:00.000Z' : undefined;
  const request = { ...reasons, ...times, endsAt, audit: { ...audit, action: 'mode.request' } };
  const id = await store.modes.request(request);
  await store.modes.approve(id, 'supervisor-2', now.toISOString(), { ...audit, action: 'mode.approve' });
}

/** A comparison as whoever counts them by hand would remember it. */
interface Made {
  readonly id: string;
  readonly reviewId: string | undefined;
  readonly day: string;
  readonly outcome: string;
  verdict: string | undefined;
  decision: string | undefined;
  destroyed: boolean;
}

async function compared(day: string, outcome: string): Promise<Made> {
  const comparison = newComparison(store, { outcome, createdAt: `${day}T23:59:59.999Z`, probe: undefined });
  const { id, reviewId } = await store.comparisons.create(comparison);
  return { id, reviewId, day, outcome, verdict: undefined, decision: undefined, destroyed: false };
}

async function decide(made: Made, decision: string): Promise<void> {
  if (made.destroyed) return;
  const noted = { ...audit, action: 'comparison.decide' };
  await store.outcomes.decide(made.id, decision, now.toISOString(), noted);
  made.decision = decision;
}

async function review(made: Made, verdict: 'same-person' | 'different-person'): Promise<void> {
  if (made.destroyed || made.reviewId === undefined || made.verdict !== undefined) return;
  const at = now.toISOString();
  const person = 'analyst-1';
  const claim = { person, steps: ['first'] as const, at, endsAt: later };
  await store.reviews.claim(made.reviewId, { ...claim, audit: { ...audit, action: 'review.claim' } });
  await store.reviews.decide(made.reviewId, {
    ...{ person, verdict, reason: 'alike', spentSeconds: 4, at, wordsEnd: '2030-01-01' },
    next: () => ({ status: 'done', verdict }),
    audit: { ...audit, action: 'review.verdict' },
  });
  made.verdict = verdict;
}

async function destroy(made: Made): Promise<void> {
  await store.destruction.destroyNow('comparison', made.id, order);
  made.destroyed = true;
}

/** Each line as text, in one order. */
const lines = (counts: readonly TrialCount[]) =>
  counts
    .map(({ outcome, verdict, decision, n }) => `${outcome} ${verdict ?? '-'} ${decision ?? '-'} ${n}`)
    .sort();

function byHand(all: readonly Made[], from: string, to: string): string[] {
  const sums = new Map<string, TrialCount>();
  for (const { day, outcome, verdict, decision } of all) {
    if (day < from || day >= to) continue;
    const key = `${outcome} ${verdict} ${decision}`;
    sums.set(key, { outcome, verdict, decision, n: 1 + (sums.get(key)?.n ?? 0) });
  }
  return lines([...sums.values()]);
}

/** Days of their own for every round. */
let firstDay = '2020-01-01';
function someDays(count: number): string[] {
  const days: string[] = [];
  for (let n = 0; n < count; n++) {
    days.push(firstDay);
    firstDay = dayAfter(firstDay);
  }
  firstDay = dayAfter(firstDay);
  return days;
}

const which = fc.nat(30);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constant('compare' as const), which) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('decide' as const), which) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('review' as const), which) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('destroy' as const), which) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('keep' as const), which) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('report' as const), which) },
);

test('whatever is kept, and whatever happens afterwards, the report is what counting by hand comes to', async () => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
    const days = someDays(5);
    const all: Made[] = [];
    const reportIsRight = async (a: number, b: number) => {
      const [from, to] = [days[Math.min(a, b)]!, dayAfter(days[Math.max(a, b)]!)];
      assert.deepEqual(lines(await store.figures.trial(from, to)), byHand(all, from, to));
    };
    for (const [what, n] of steps) {
      const one = all[n % Math.max(1, all.length)];
      if (what === 'compare') {
        // What comes late comes on a day that is not kept: the last is not finished to the job.
        all.push(await compared(days[n % 5]!, ['consistent', 'review', 'not-comparable'][n % 3]!));
        const db = directDatabase(storeOptions(path).databasePath);
        db.exec(`delete from trial_days where day = '${days[n % 5]}'`);
        db.close();
      } else if (what === 'decide' && one) await decide(one, n % 2 === 0 ? 'issued' : 'refused');
      else if (what === 'review' && one) await review(one, n % 2 === 0 ? 'same-person' : 'different-person');
      else if (what === 'destroy' && one) await destroy(one);
      else if (what === 'keep') await store.trialDays.keep(n % 7 === 0 ? inDays(8) : now, never);
      else if (what === 'report') await reportIsRight(n % 5, (n >> 2) % 5);
    }
    await reportIsRight(0, 4);
  });
  await fc.assert(property, { numRuns: 25, seed: 8, endOnFailure: true });
});

const keptDays = () => {
  const db = directDatabase(storeOptions(path).databasePath);
  const rows = db.prepare<{ day: string; kept_at: string }>(
    'select day, kept_at from trial_days order by day',
  );
  const kept = new Map(rows.all().map(({ day, kept_at }) => [day, kept_at]));
  db.close();
  return kept;
};

test('only finished days are kept, each once; cut off, it goes on where it was', async () => {
  await store.trialDays.keep(now, never);
  const days = someDays(4);
  for (const day of days) await compared(day, 'consistent');
  const yesterday = inDays(-1).toISOString().slice(0, 10);
  await compared(yesterday, 'consistent');
  let looks = 0;
  const cutOff = {
    get aborted() {
      looks += 1;
      return looks > 2;
    },
  } as AbortSignal;
  const first = new Date(now.getTime() + 1_000);
  assert.equal(await store.trialDays.keep(first, cutOff), 2);
  const second = new Date(now.getTime() + 2_000);
  assert.equal(await store.trialDays.keep(second, never), 2);
  assert.equal(await store.trialDays.keep(second, never), 0);
  const kept = keptDays();
  const [a, b] = [first.toISOString(), second.toISOString()];
  assert.deepEqual(
    days.map((day) => kept.get(day)),
    [a, a, b, b],
  );
  assert.ok(!kept.has(yesterday));
});

test('what another version changed, which knows of no kept days, is found within a week', async () => {
  const [day = ''] = someDays(1);
  const made = await compared(day, 'consistent');
  await store.trialDays.keep(now, never);
  const db = directDatabase(storeOptions(path).databasePath);
  db.exec(`insert into comparison_decisions values ('${made.id}', 'refused', '${now.toISOString()}')`);
  db.close();
  await store.trialDays.keep(inDays(6), never);
  assert.deepEqual(lines(await store.figures.trial(day, dayAfter(day))), ['consistent - - 1']);
  await store.trialDays.keep(inDays(8), never);
  assert.deepEqual(lines(await store.figures.trial(day, dayAfter(day))), ['consistent - refused 1']);
});

test('a decision while its day is being kept is never missed', async () => {
  for (let round = 0; round < 10; round++) {
    const days = someDays(2);
    const all = await Promise.all([...days, ...days].map((day) => compared(day, 'review')));
    await Promise.all([
      store.trialDays.keep(now, never),
      ...all.map((made, n) => (n % 2 === 0 ? decide(made, 'issued') : review(made, 'different-person'))),
      store.trialDays.keep(now, never),
    ]);
    const end = dayAfter(days[1]!);
    assert.deepEqual(lines(await store.figures.trial(days[0]!, end)), byHand(all, days[0]!, end));
  }
});

test('comparisons that decided something are not among those on trial', async () => {
  await changeTo('active');
  const [day = ''] = someDays(1);
  const made = await compared(day, 'consistent');
  await decide(made, 'issued');
  await store.trialDays.keep(now, never);
  await destroy(made);
  assert.deepEqual(await store.figures.trial(day, dayAfter(day)), []);
  assert.ok(!keptDays().has(day));
});
