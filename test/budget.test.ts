import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Budget } from '../src/budget.js';

test('parties that wait take turns, each in its own order', async () => {
  const budget = new Budget(2);
  const order: string[] = [];
  const first = await budget.take(2);
  const take = (name: string, party?: string) =>
    budget.take(2, undefined, party).then((release) => {
      order.push(name);
      release();
    });
  const all = ['a', 'b', 'c', 'd'].map((name) => take(name, 'flood'));
  all.push(take('x', 'quiet'), take('y', 'quiet'), take('p'));
  first();
  await Promise.all(all);
  assert.equal(order.join(''), 'axpbycd');
  assert.equal(budget.free, 2);
});

test('who gives up leaves its place, and what it blocked goes on', async () => {
  const budget = new Budget(3);
  const held = await budget.take(2);
  const givesUp = new AbortController();
  const large = budget.take(3, givesUp.signal, 'large');
  const small = budget.take(1, undefined, 'small');
  const refused = assert.rejects(large, { name: 'AbortError' });
  givesUp.abort();
  await refused;
  const release = await small;
  assert.equal(budget.free, 0);
  await assert.rejects(budget.take(1, AbortSignal.abort(), 'late'), { name: 'AbortError' });
  release();
  held(1);
  assert.equal(budget.free, 2);
  held();
  assert.equal(budget.free, 3);
});
