import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { inquire, review } from '../../src/retention/simulation/casework.js';
import { openStore, type Store } from '../../src/store/store.js';
import { by, opened, retentionOf, rows, tables } from '../retention/support.js';
import { code, newComparison } from '../store/fixture.js';
import { directDatabase } from '../support/directDatabase.js';

const nothing = Object.fromEntries(tables.map((table) => [table, 0]));

async function reviewed(store: Store, time: { now: Date }, ends = '2046-03-15') {
  const comparison = newComparison(store, {
    outcome: 'review',
    reasons: ['does-not-match'],
    score: 0.2,
    createdAt: time.now.toISOString(),
    subjectKeys: [store.lookup.registerNumber('1')],
    retentionEnds: ends,
    reviewRetentionEnds: ends,
    probe: undefined,
  });
  const { reviewId } = await store.comparisons.create(comparison);
  await review(store, time.now, comparison.id);
  return { id: comparison.id, reviewId: reviewId! };
}

test('who gave a verdict and why goes five years after it; the verdict goes with its comparison', async (t) => {
  const { store, time, options } = await opened(t);
  const { id, reviewId } = await reviewed(store, time);
  const said = async () =>
    (await store.reviewQueue.get(reviewId, 'nobody')).events
      .filter(({ action }) => action === 'verdict')
      .map(({ verdict, person, reason }) => [verdict, person, reason]);
  assert.deepEqual(await said(), [
    ['different-person', 'analyst 1', 'The ears differ'],
    ['different-person', 'analyst 2', 'The ears differ'],
  ]);
  const words = keysIn(options.databasePath, 'review_words');
  const retention = retentionOf(store, time);
  time.set('2031-03-16T10:00:00Z');
  const { destroyed } = await retention.run({ by });
  assert.deepEqual(destroyed, { 'review-words': 2 });
  assert.deepEqual(await said(), [
    ['different-person', undefined, undefined],
    ['different-person', undefined, undefined],
  ]);
  time.set('2031-04-02T10:00:00Z');
  await retention.run({ by });
  const months = await store.keyring.months();
  assert.ok(!months.includes('2031-03' as never), 'with the month of their keys');
  for (const keyId of words)
    await assert.rejects(store.keyring.open(keyId, '2031-03' as never), code('not-found'));
  assert.equal((await store.reviewQueue.ofComparisons([id])).get(id)?.verdict, 'different-person');

  const [key] = keysIn(options.databasePath, 'reviews');
  time.set('2046-03-16T10:00:00Z');
  const last = await retention.run({ by });
  assert.deepEqual([last.destroyed['review'], last.destroyed['comparison']], [1, 1]);
  await assert.rejects(store.keyring.open(key!, '2046-03' as never), code('not-found'));
  assert.deepEqual(rows(options.databasePath), nothing);
});

test('a review is kept with a comparison under a hold, and goes with one that is destroyed early', async (t) => {
  const { store, time, options } = await opened(t);
  const held = await reviewed(store, time);
  const other = await reviewed(store, time);
  time.set('2046-01-01T00:00:00Z');
  await retentionOf(store, time).run({ by });
  await inquire(store, time.now, held.id);
  time.set('2046-03-20T10:00:00Z');
  await retentionOf(store, time).run({ by });
  assert.deepEqual([...(await store.reviewQueue.ofComparisons([held.id, other.id])).keys()], [held.id]);
  const order = { client: 'test', actor: 'operator-1', ground: 'decision' };
  const early = await reviewed(store, time, '2060-01-15');
  const [words, reviews] = [
    keysIn(options.databasePath, 'review_words'),
    keysIn(options.databasePath, 'reviews', early.reviewId),
  ];
  assert.ok(await store.destruction.destroyNow('comparison', early.id, order));
  assert.deepEqual(
    ['review_words', 'review_events', 'reviews'].map((table) => rows(options.databasePath)[table]),
    [0, rowsOf(options.databasePath, held.reviewId), 1],
  );
  for (const keyId of words)
    await assert.rejects(store.keyring.open(keyId, '2051-03' as never), code('not-found'));
  for (const keyId of reviews)
    await assert.rejects(store.keyring.open(keyId, '2060-01' as never), code('not-found'));
  // The inquiry of half a year is over: what it held goes.
  time.set('2046-08-01T10:00:00Z');
  const { destroyed } = await retentionOf(store, time).run({ by });
  assert.deepEqual([destroyed['review'], destroyed['comparison']], [1, 1]);
});

test('a member is a member, and a claim a claim, under a changed look-up key too', async (t) => {
  const { store, time, options } = await opened(t);
  const comparison = newComparison(store, {
    outcome: 'review',
    subjectKeys: [store.lookup.registerNumber('1')],
  });
  const { reviewId } = await store.comparisons.create(comparison);
  await inquire(store, time.now, comparison.id);
  const [inquiry] = await store.inquiries.list({ limit: 1 });
  const at = time.now.toISOString();
  const claim = { at, steps: ['first'] as const, endsAt: '2030-01-01T00:00:00.000Z' };
  const audit = { client: 'c', actor: 'a', action: 'review.claim', outcome: 'done' };
  await store.reviews.claim(reviewId!, { ...claim, person: 'analyst 1', audit });
  const next = randomBytes(32);
  await store.rotateLookup(next as never);
  await store.close();
  const again = await openStore({ ...options, lookupKey: Buffer.concat([options.lookupKey, next]) });
  t.after(() => again.close());
  assert.ok(await again.inquiries.admits(inquiry!.id, 'analyst 1', at));
  assert.ok(!(await again.inquiries.admits(inquiry!.id, 'analyst 2', at)));
  await again.reviews.claim(reviewId!, { ...claim, person: 'analyst 1', audit });
  await assert.rejects(
    again.reviews.claim(reviewId!, { ...claim, person: 'analyst 2', audit }),
    code('review-claimed'),
  );
  const found = await again.comparisonQuery.page({ keys: [again.lookup.registerNumber('1')] }, undefined, 10);
  assert.deepEqual(
    found.map(({ id }) => id),
    [comparison.id],
  );
});

function keysIn(path: string, table: string, id?: string): string[] {
  const db = directDatabase(path, { readonly: true });
  try {
    const where = id === undefined ? '' : 'where id = ?';
    const of = id === undefined ? [] : [id];
    return db
      .prepare(`select key_id from ${table} ${where}`)
      .pluck()
      .all(...of) as string[];
  } finally {
    db.close();
  }
}

function rowsOf(path: string, reviewId: string): number {
  const db = directDatabase(path, { readonly: true });
  try {
    return Number(db.prepare('select count(*) from review_events where review_id = ?').pluck().get(reviewId));
  } finally {
    db.close();
  }
}
