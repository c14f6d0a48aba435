import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Acquired } from '../../src/evaluation/embeddings.js';
import { bestThreshold, evaluateAt, type ScoredPair, scorePairs } from '../../src/evaluation/evaluate.js';
import { ScoreHistogram } from '../../src/evaluation/histogram.js';
import { crossTrials, fusedTrials } from '../../src/evaluation/trials.js';

const pair = (score: number | undefined, mated: boolean): ScoredPair => ({
  a: 'a',
  b: 'b',
  mated,
  score,
  failure: undefined,
});

test('the best threshold separates what can be separated, in the middle of the gap', () => {
  const pairs = [pair(0.9, true), pair(0.5, true), pair(0.3, false), pair(0.1, false)];
  assert.equal(bestThreshold(pairs), 0.4);
});

test('a missing score counts as a non-match: an error where the pair is mated', () => {
  const acquired = new Map<string, Acquired>([
    ['a', { kind: 'embedded', embedding: Float32Array.of(1, 0) }],
    ['b', { kind: 'failed', reason: 'no-face' }],
    ['c', { kind: 'embedded', embedding: Float32Array.of(0.6, 0.8) }],
  ]);
  const pairs = scorePairs(
    [
      { a: 'a', b: 'b', mated: true },
      { a: 'a', b: 'c', mated: true },
      { a: 'c', b: 'b', mated: false },
    ],
    acquired,
  );
  assert.equal(pairs[0]?.score, undefined);
  assert.equal(pairs[0]?.failure, 'b: no-face');
  assert.ok(Math.abs((pairs[1]?.score as number) - 0.6) < 1e-6);
  const result = evaluateAt(pairs, acquired, 0.5);
  assert.deepEqual(
    [result.photos, result.failuresToAcquire, result.falseMatches, result.falseNonMatches],
    [3, 1, 0, 1],
  );
  assert.ok(Math.abs(result.accuracy - 2 / 3) < 1e-12);
});

test('the tail of a histogram has rates that fall, and none from fewer scores than asked', () => {
  const histogram = new ScoreHistogram();
  for (let i = 0; i < 100_000; i++) histogram.add(i / 100_000);
  const points = histogram.tail(10);
  for (let i = 1; i < points.length; i++) {
    assert.ok(points[i]![0] > points[i - 1]![0] && points[i]![1] <= points[i - 1]![1]);
  }
  assert.ok(points[points.length - 1]![1] >= 10 / 100_000);
  for (const [score, rate] of points.slice(1))
    assert.ok(Math.abs(1 - score - rate) < 3e-4, `${score} ${rate}`);
  assert.ok(Math.abs(histogram.shareFrom(0.75) - 0.25) < 1e-3);
});

test('cross and fused trials count every pair once', () => {
  const unit = (angle: number) => Float32Array.of(Math.cos(angle), Math.sin(angle));
  const embedded = new Map([
    ['ann/1', unit(0)],
    ['ann/2', unit(0.2)],
    ['ann/3', unit(0.1)],
    ['bob/1', unit(1.5)],
    ['bob/2', unit(1.6)],
  ]);
  const cross = crossTrials(embedded);
  assert.equal(cross.mated.length, 4);
  assert.equal(cross.nonMated.count, 6);
  const fused = fusedTrials(embedded);
  assert.equal(fused.mated.length, 1);
  assert.ok(
    Math.abs((fused.mated[0] as number) - 1) < 1e-6,
    'the middle photo lies on the sum of the two others',
  );
  assert.equal(fused.nonMated.count, 2 + 3);
});
