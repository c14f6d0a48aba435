import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, quantile, spread } from '../../src/benchmark/statistics.js';
import { valuesOf, withoutClient } from '../../src/benchmark/trials/http.js';
import { added } from '../../src/benchmark/trials/overhead.js';

test('quantiles, worked out by hand', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  // Place 0.95 × 4 = 3.8 in 10, 20, 30, 40, 50: 40 + 0.8 × 10.
  assert.equal(quantile([50, 10, 40, 20, 30], 0.95), 48);
  assert.equal(quantile([7], 0.99), 7);
  assert.equal(quantile([1, 2], 1), 2);
  assert.ok(Number.isNaN(quantile([], 0.5)));
  assert.deepEqual(spread([1, 2, 3, 4, 1234.5]), { median: 3, p95: 988 });
});

test('the load client is taken off the cores it used', () => {
  // Half a core of two: the service did 60 a second on one and a half, so 80 on two.
  assert.equal(withoutClient(60, 0.5, 2), 80);
  assert.equal(withoutClient(60, 0, 2), 60);
  // A client that used more than half the machine says nothing certain: the rate at most doubles.
  assert.equal(withoutClient(60, 1.9, 2), 120);
});

test('rates, processor time and memory of a load', () => {
  const at = (cpuMs: number, childrenCpuMs: number) => ({
    cpuMs,
    childrenCpuMs,
    residentBytes: 100 * 2 ** 20,
    childrenResidentBytes: 250 * 2 ** 20,
  });
  const load = { latencies: [10, 20, 30, 40], elapsedMs: 2000 };
  const values = valuesOf(load, at(1000, 5000), at(1012, 5048), 0);
  assert.equal(values['p50 ms'], 25);
  assert.equal(values['per second'], 2);
  assert.equal(values['client taken off'], 2);
  assert.equal(values['CPU ms: service'], 3);
  assert.equal(values['CPU ms: children'], 12);
  assert.equal(values['MB'], 350);
  assert.equal(valuesOf(load, undefined, undefined, 8)['CPU ms: service'], null);
  assert.equal(valuesOf(load, undefined, undefined, 8)['CPU ms: client'], 2);
  assert.deepEqual(added([12, 15], [10, 11]), [2, 4]);
});
