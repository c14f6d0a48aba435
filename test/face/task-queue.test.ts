import assert from 'node:assert/strict';
import test from 'node:test';
import { type Priority, TaskQueue } from '../../src/face/pool/task-queue.js';

interface Named {
  readonly name: string;
  readonly priority: Priority;
  readonly job: { readonly kind: 'read'; readonly image: { readonly bytes: Uint8Array } };
  readonly party?: string;
}
const task = (name: string, { priority = 'normal' as Priority, size = 1, party = '' } = {}): Named => ({
  name,
  priority,
  party,
  job: { kind: 'read', image: { bytes: new Uint8Array(size) } },
});
const low = { priority: 'low' } as const;
const names = (tasks: { name: string }[]) => tasks.map(({ name }) => name).join('');
const queueOf = (maxTasks: number, maxBytes: number) => new TaskQueue<Named>({ maxTasks, maxBytes });

test('first come, first served; low waits for normal', () => {
  const queue = queueOf(10, 100);
  for (const one of [task('a', low), task('b'), task('c', low), task('d')]) assert.ok(queue.offer(one));
  assert.equal(names(queue.take(3)), 'bda');
  assert.equal(names(queue.take(3)), 'c');
  assert.deepEqual([queue.length, queue.bytes], [0, 0]);
});

test('parties take turns, each in its own order, within a priority', () => {
  const queue = queueOf(10, 100);
  for (const name of ['a', 'b', 'c', 'd']) queue.offer(task(name, { party: 'flood' }));
  for (const name of ['x', 'y']) queue.offer(task(name, { party: 'quiet' }));
  queue.offer(task('z', { party: 'quiet', ...low }));
  assert.equal(names(queue.take(3)), 'axb');
  queue.offer(task('e', { party: 'flood' }));
  queue.offer(task('p', { party: 'third' }));
  assert.equal(names(queue.take(9)), 'ycpdez', 'a turn taken before counts');
});

test('full by what would go before: the party that floods finds it full, another one does not', () => {
  const queue = queueOf(3, 1000);
  for (const name of ['a', 'b', 'c']) assert.ok(queue.offer(task(name, { party: 'flood' })));
  assert.equal(queue.ahead('normal', 'flood'), 3);
  assert.equal(queue.offer(task('d', { party: 'flood' })), false);
  assert.equal(queue.ahead('normal', 'quiet'), 1);
  assert.ok(queue.offer(task('x', { party: 'quiet' })));
  assert.equal(queue.ahead('normal', 'quiet'), 3);
  assert.equal(queue.offer(task('y', { party: 'quiet' })), false, 'two of the flood and its own go before');
  assert.equal(queue.ahead('low', 'third'), 4, 'low waits for all normal ones');
  assert.equal(queue.offer(task('z', { party: 'third', ...low })), false);
  assert.ok(queue.offer(task('p', { party: 'third' })));
});

test('a place that is promised counts like a task that waits, once and until it is given back', () => {
  const queue = queueOf(2, 100);
  const [first, second] = [queue.promise('a'), queue.promise('a')];
  assert.deepEqual([queue.ahead('normal', 'a'), queue.ahead('normal', 'b'), queue.ahead('low')], [2, 1, 2]);
  assert.equal(queue.length, 0);
  assert.equal(queue.offer(task('x', { party: 'a' })), false);
  first();
  first();
  assert.equal(queue.ahead('normal', 'a'), 1);
  assert.ok(queue.offer(task('x', { party: 'a' })));
  second();
  assert.equal(names(queue.take(9)), 'x');
  assert.equal(queue.ahead('low'), 0);
});

test('full by bytes, and room again when one leaves', () => {
  const queue = queueOf(10, 10);
  const first = task('a', { size: 50 });
  assert.ok(queue.offer(first), 'one is always let in');
  assert.equal(queue.offer(task('b')), false);
  queue.remove(first);
  queue.remove(first);
  assert.deepEqual([queue.length, queue.bytes], [0, 0]);
  assert.ok(queue.offer(task('c', { size: 4, ...low })));
  assert.ok(queue.offer(task('d', { size: 1 })));
  assert.equal(queue.offer(task('e', { size: 1 })), false, 'as much as it leaves to others');
  assert.ok(queue.offer(task('x', { size: 2, party: 'quiet' })), 'which they can have');
  assert.equal(queue.bytes, 7);
});
