import assert from 'node:assert/strict';
import test from 'node:test';
import { type Priority, TaskQueue } from '../../src/face/pool/task-queue.js';

const task = (name: string, priority: Priority = 'normal', size = 1) => ({
  name,
  priority,
  job: { kind: 'read' as const, image: { bytes: new Uint8Array(size) } },
});
const names = (tasks: { name: string }[]) => tasks.map(({ name }) => name).join('');

test('first come, first served; low waits for normal', () => {
  const queue = new TaskQueue<ReturnType<typeof task>>({ maxTasks: 10, maxBytes: 100 });
  for (const [name, priority] of [
    ['a', 'low'],
    ['b', 'normal'],
    ['c', 'low'],
    ['d', 'normal'],
  ] as const)
    assert.ok(queue.offer(task(name, priority)));
  assert.equal(names(queue.take(3)), 'bda');
  assert.equal(names(queue.take(3)), 'c');
  assert.deepEqual([queue.length, queue.bytes], [0, 0]);
});

test('full by number, full by bytes, and room again when one leaves', () => {
  const queue = new TaskQueue<ReturnType<typeof task>>({ maxTasks: 2, maxBytes: 10 });
  const first = task('a', 'normal', 50);
  assert.ok(queue.offer(first), 'one is always let in');
  assert.equal(queue.offer(task('b')), false, 'bytes');
  queue.remove(first);
  queue.remove(first);
  assert.equal(queue.bytes, 0);
  assert.ok(queue.offer(task('c', 'low', 4)));
  assert.ok(queue.offer(task('d', 'normal', 4)));
  assert.equal(queue.offer(task('e', 'normal', 0)), false, 'number');
});
