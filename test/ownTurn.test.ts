import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ownTurn } from '../src/ownTurn.js';

test('of what waits for a turn of its own each turn of the event loop does one, in order', async () => {
  const done: number[] = [];
  const pieces = Array.from({ length: 5 }, async (_, n) => {
    await ownTurn();
    done.push(n);
  });
  const seen: number[] = [];
  while (done.length < pieces.length) {
    await nextTurn();
    seen.push(done.length);
  }
  assert.deepEqual(done, [0, 1, 2, 3, 4]);
  for (const [n, count] of seen.entries()) assert.ok(count <= n + 2, `${count} after ${n + 1} turns`);
  await Promise.all(pieces);
});

test('nobody waits for a turn that nobody took', async () => {
  await nextTurn();
  await nextTurn();
  assert.equal(ownTurn(), undefined);
  assert.notEqual(ownTurn(), undefined);
});

test('what fails in its turn holds nobody up', async () => {
  const failing = Promise.all([
    (async () => {
      await ownTurn();
    })(),
    (async () => {
      await ownTurn();
      throw new Error('failed');
    })(),
  ]);
  const after = (async () => {
    await ownTurn();
    return 'done';
  })();
  await assert.rejects(failing, /failed/);
  assert.equal(await after, 'done');
});
