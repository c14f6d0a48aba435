import assert from 'node:assert/strict';
import test from 'node:test';
import { runFairness, shareAnswered } from './fairness.js';
import { recoveredAfter, runOverload } from './overload.js';
import { eventsOf } from './overloadFindings.js';
import { randomOf } from './random.js';
import { countOf } from './sending.js';
import { slopeOf } from './watch.js';

// The short form of `npm run test:load`: what happens, not how long it takes, so that it holds on a busy machine.

/** A service that the smallest machine can ask too much of. */
const env = { FACEMATCH_WORKERS: '1' };

test('four times the capacity: the excess is refused, the rest answered, nothing acknowledged lost', async (t) => {
  const seconds = { warmUpSeconds: 2, quietSeconds: 2, capacitySeconds: 3, recoverySeconds: 3 };
  const figures = await runOverload({ times: 4, overloadSeconds: 6, seed: 1, env, ...seconds }, () => {});
  for (const { what, found, holds } of eventsOf(figures)) {
    t.diagnostic(`${what}: ${found}`);
    assert.ok(holds, `${what}: ${found}`);
  }
});

test('an office that floods is refused; a quiet one is answered', async (t) => {
  const figures = await runFairness({ perSecond: 200, seconds: 6, seed: 1, env }, () => {});
  const { beside, flood } = figures;
  t.diagnostic(
    `quiet: ${countOf(beside, 201)} of ${beside.answers.length}; flood: ${countOf(flood, 503)} refused`,
  );
  assert.ok(countOf(flood, 503) > 0);
  assert.ok(countOf(beside, 201) > 0);
  assert.equal(shareAnswered(figures), 1);
});

test('recovery is found where the rate is back, and growth where there is some', () => {
  const at = (moments: number[]) => moments.map((ms): [number, number, number] => [ms, 201, 0]);
  const every = (from: number, to: number, step: number) =>
    Array.from({ length: (to - from) / step }, (_, n) => from + n * step);
  const sent = (moments: number[]) => ({
    answers: at(moments),
    acknowledged: [],
    problems: {},
    withoutRetryAfter: 0,
    broken: 0,
    unsent: 0,
    elapsedMs: 6000,
  });
  assert.equal(recoveredAfter(sent(every(0, 6000, 20)), 48), 0);
  assert.equal(recoveredAfter(sent([...every(0, 3000, 100), ...every(3000, 6000, 20)]), 50), 3);
  assert.equal(recoveredAfter(sent(every(0, 6000, 100)), 48), undefined);
  assert.equal(
    slopeOf([
      [0, 1],
      [1, 3],
      [2, 5],
    ]),
    2,
  );
  assert.equal(slopeOf([[0, 1]]), 0);
  const random = randomOf(7);
  const [a, b] = [random(), random()];
  const again = randomOf(7);
  assert.deepEqual([again(), again()], [a, b]);
  assert.ok(a !== b && a >= 0 && b < 1);
});
