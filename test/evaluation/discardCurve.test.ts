import assert from 'node:assert/strict';
import test from 'node:test';
import { isFacematchError } from '../../src/errors.js';
import { discardCurves, type GradedPhoto } from '../../src/evaluation/quality/discardCurve.js';
import { seededRandom } from '../../src/evaluation/statistics/random.js';
import { madeUpPeople } from './faces.js';

const plan = { falseMatchRates: [1e-2], shares: [0, 0.1, 0.2, 0.5] };
const clustering = () => ({ replicates: 200, random: seededRandom(7) });

/** Two photos of each of 150 people, the second of every fifth of them spoilt: it resembles nobody. */
function people(grade: (spoilt: boolean, random: () => number) => number): Map<string, GradedPhoto> {
  const random = seededRandom(3);
  const good = madeUpPeople(150, () => 2, { noise: 0.5 });
  const noise = madeUpPeople(150, () => 2, { noise: 0.5, seed: 99 });
  return new Map(
    [...good].map(([photo, embedding]): [string, GradedPhoto] => {
      const spoilt = /p\d\d[05]\/1/.test(photo);
      const shown = spoilt ? noise.get(photo) : embedding;
      return [photo, { embedding: shown!, quality: grade(spoilt, random) }];
    }),
  );
}

test('a score that knows the spoilt photos takes their misses away, and no more', () => {
  const [curve] = discardCurves(
    people((spoilt, random) => (spoilt ? 10 : 60) + 20 * random()),
    plan,
    clustering(),
  );
  const [all, tenth, fifth, half] = curve!.points;
  assert.equal(all!.kept, 150);
  // 30 spoilt of 150: nearly all are missed, and no other is.
  assert.ok(all!.misses >= 27 && all!.misses <= 32, `${all!.misses}`);
  assert.equal(tenth!.kept, 135);
  assert.ok(tenth!.misses >= all!.misses - 15 && tenth!.misses < all!.misses);
  assert.ok(fifth!.misses <= 2 && fifth!.leastQuality >= 60);
  assert.ok(fifth!.interval[1] < 0 && fifth!.change < -0.15, JSON.stringify(fifth));
  assert.ok(half!.misses <= fifth!.misses);
  assert.deepEqual([all!.change, all!.interval], [0, [0, 0]]);
});

test('a score that knows nothing changes nothing', () => {
  const [curve] = discardCurves(
    people((_, random) => 100 * random()),
    plan,
    clustering(),
  );
  for (const { change, interval } of curve!.points.slice(1)) {
    assert.ok(interval[0] <= 0 && interval[1] >= 0, JSON.stringify(interval));
    assert.ok(Math.abs(change) < 0.1);
  }
});

test('equal grades are not sorted by score', () => {
  const [curve] = discardCurves(
    people(() => 50),
    plan,
    clustering(),
  );
  const [all, tenth] = curve!.points;
  assert.ok(Math.abs(tenth!.falseNonMatchRate - all!.falseNonMatchRate) < 0.05);
});

test('one photo of each person is nothing to measure on', () => {
  const single = new Map([...people(() => 1)].filter(([photo]) => photo.includes('/0')));
  assert.throws(
    () => discardCurves(single, plan, clustering()),
    (error) => isFacematchError(error, 'input-invalid'),
  );
});
