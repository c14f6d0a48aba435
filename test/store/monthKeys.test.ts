import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { newMonthKey, type WrappingKey } from '../../src/store/crypto/keys.js';
import { MonthKeys, monthKeyLifeMs } from '../../src/store/keys/monthKeys.js';
import { wrapMonthKey } from '../../src/store/keyWrapping.js';
import type { Month } from '../../src/store/month.js';
import { code } from './fixture.js';

const march = '2046-03' as Month;
const april = '2046-04' as Month;
const master = () => new Uint8Array(randomBytes(32)) as WrappingKey;

test('an unwrapped month key leaves memory when its month does, when its time is over, and on closing', () => {
  let now = 1000;
  const wrapping = master();
  const months = new MonthKeys([wrapping], () => now);
  const key = newMonthKey();
  const wrapped = [march, april].map((month) => wrapMonthKey(wrapping, month, key));
  const opened = [months.unwrap(march, wrapped[0]!), months.unwrap(april, wrapped[1]!)];
  assert.deepEqual(opened, [key, key]);
  months.keepOnly(new Set([april]));
  assert.equal(months.size, 1);
  assert.deepEqual(opened[0], new Uint8Array(32), 'overwritten, not only forgotten');
  now += monthKeyLifeMs;
  months.keepOnly(new Set([april]));
  assert.equal(months.size, 1);
  now += 1;
  months.keepOnly(new Set([april]));
  assert.equal(months.size, 0);
  assert.deepEqual(months.unwrap(april, wrapped[1]!), key);
  months.clear();
  assert.equal(months.size, 0);
});

test('what is in memory serves the very bytes that were read, and no others', () => {
  const [old, fresh] = [master(), master()];
  const months = new MonthKeys([old, fresh]);
  const [first, second] = [newMonthKey(), newMonthKey()];
  assert.deepEqual(months.unwrap(march, wrapMonthKey(old, march, first)), first);
  assert.deepEqual(months.unwrap(march, wrapMonthKey(fresh, march, second)), second);
  assert.throws(() => months.unwrap(march, wrapMonthKey(master(), march, first)), code('keyring-invalid'));
  assert.throws(() => months.unwrap(april, wrapMonthKey(old, march, first)), code('keyring-invalid'));
});
