import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolStats } from '../../src/face/pool/options.js';
import { counterFirst } from '../../src/reembedding/counterFirst.js';

/** A pool as far as its figures go. */
function poolOf(figures: Partial<PoolStats>) {
  const now = { running: 0, waiting: 0, answered: 0, failed: 0, ...figures };
  let asked = 0;
  const stats = (): PoolStats => {
    asked++;
    const rest = { children: 1, ready: 1, busy: 0, waitingBytes: 0, expectedMs: 0, turnedAway: 0 };
    return { ...rest, replaced: 0, ...now };
  };
  return { now, stats, asked: () => asked };
}

test('while nobody waits for a photo there is nothing to wait for', async () => {
  const pool = poolOf({ answered: 7 });
  const turn = counterFirst(pool);
  for (let n = 1; n <= 3; n++) {
    await turn();
    assert.equal(pool.asked(), n, 'it looks once');
  }
});

test('while photos are read it waits for them, but not for ever', async () => {
  const pool = poolOf({ running: 1 });
  const turn = counterFirst(pool);
  let turns = 0;
  const waiting = turn().then(() => {
    turns++;
  });
  await sleep(0);
  assert.equal(turns, 0);
  await waiting;
  assert.ok(pool.asked() > 1, 'it looked again and again');
  // What was read in between counts, though nothing is read now.
  pool.now.running = 0;
  pool.now.answered = 5;
  const before = pool.asked();
  await turn();
  assert.ok(pool.asked() > before + 1);
});
