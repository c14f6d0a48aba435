import assert from 'node:assert/strict';
import test from 'node:test';
import { Pace } from '../../src/face/pool/pace.js';

function paceAt() {
  let now = 0;
  const pace = new Pace(() => now);
  return { pace, pass: (milliseconds: number) => (now += milliseconds) };
}

test('learns from batches that ran, and not from those that failed', () => {
  const { pace, pass } = paceAt();
  assert.deepEqual([pace.photoMs, pace.expectedMs(5, 2)], [0, 0], 'nothing is known yet');
  assert.equal(pace.batchWithin(1), Number.POSITIVE_INFINITY);
  const first = pace.begin(4);
  pass(80);
  first(true);
  assert.equal(pace.photoMs, 20);
  const killed = pace.begin(1);
  pass(4000);
  killed(false);
  assert.equal(pace.photoMs, 20);
  const slower = pace.begin(1);
  pass(70);
  slower(true);
  assert.equal(pace.photoMs, 25, 'a tenth of the way');
});

test('expects what waits, what runs and the photo itself, shared by the children', () => {
  const { pace, pass } = paceAt();
  const warm = pace.begin(1);
  pass(20);
  warm(true);
  assert.equal(pace.expectedMs(3, 2), 40);
  pace.begin(2);
  pass(10);
  assert.equal(pace.expectedMs(3, 2), (4 * 20 + 30) / 2);
  pass(30);
  assert.equal(pace.expectedMs(3, 2), 40, 'as good as done');
  pass(1000);
  assert.equal(pace.expectedMs(3, 2), (4 * 20 + 1000) / 2, 'late as it is, it may take as long again');
  assert.deepEqual([pace.batchWithin(50), pace.batchWithin(5)], [2, 1]);
});
