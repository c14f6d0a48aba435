import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparisonScore, fuse } from '../../src/comparison/scores.js';

test('the score is the cosine of unit vectors', () => {
  const a = Float32Array.of(1, 0);
  assert.equal(comparisonScore(a, Float32Array.of(1, 0)), 1);
  assert.equal(comparisonScore(a, Float32Array.of(0, 1)), 0);
  assert.equal(comparisonScore(a, Float32Array.of(-1, 0)), -1);
  assert.ok(Math.abs(comparisonScore(a, Float32Array.of(0.6, 0.8)) - 0.6) < 1e-7);
});

test('a score that is no number, or of unequal lengths, fails closed', () => {
  assert.throws(() => comparisonScore(Float32Array.of(Number.NaN), Float32Array.of(1)), { code: 'internal' });
  assert.throws(() => comparisonScore(Float32Array.of(1), Float32Array.of(1, 0)), { code: 'internal' });
  assert.throws(() => comparisonScore(new Float32Array(0), new Float32Array(0)), { code: 'internal' });
});

test('two references fuse into the direction between them, of length 1', () => {
  const fused = fuse(Float32Array.of(1, 0), Float32Array.of(0, 1));
  assert.ok(Math.abs((fused[0] as number) - Math.SQRT1_2) < 1e-6);
  assert.ok(Math.abs((fused[1] as number) - Math.SQRT1_2) < 1e-6);
  assert.throws(() => fuse(Float32Array.of(1, 0), Float32Array.of(-1, 0)), { code: 'internal' });
});
