import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuse } from '../../src/comparison/scores.js';
import { draws, resampler } from '../../src/evaluation/statistics/bootstrap.js';
import { clusteredRates, exactAt } from '../../src/evaluation/statistics/intervals.js';
import { pairedDifferences } from '../../src/evaluation/statistics/paired.js';
import { seededRandom } from '../../src/evaluation/statistics/random.js';
import { detCurve, equalErrorRate, errorsAt } from '../../src/evaluation/statistics/rates.js';
import { crossTrials } from '../../src/evaluation/trials/crossTrials.js';
import { independent, listTrials } from '../../src/evaluation/trials/listTrials.js';
import { fusedTrials, fusionRules, referenceTrials } from '../../src/evaluation/trials/referenceTrials.js';
import type { TrialSet } from '../../src/evaluation/trials/trialSet.js';
import { madeUpPeople } from './faces.js';

const unit = (angle: number): Float32Array => Float32Array.of(Math.cos(angle), Math.sin(angle));
const five = new Map([
  ['ann/1', unit(0)],
  ['ann/2', unit(0.2)],
  ['ann/3', unit(0.1)],
  ['bob/1', unit(1.5)],
  ['bob/2', unit(1.6)],
]);
const random = seededRandom(1);

test('cross trials count every pair once', () => {
  const { mated, nonMated } = crossTrials(five, { random });
  assert.equal(mated.scores.length, 4);
  assert.equal(nonMated.histogram.count, 6);
  assert.ok(Math.abs((nonMated.tail.scores[0] as number) - Math.cos(1.3)) < 1e-6, 'highest first');
});

test('groups: a comparison touches a group with either side, impostors of the same group need both', () => {
  const people = madeUpPeople(12, () => 2);
  const groupOf = (photo: string): string | undefined =>
    photo < 'p004' ? 'x' : photo < 'p010' ? 'y' : undefined;
  const nonMated = (options: object): number =>
    crossTrials(people, { random, groupOf, ...options }).nonMated.histogram.count;
  assert.equal(nonMated({}), (24 * 22) / 2);
  assert.equal(nonMated({ group: 'x' }), (8 * 6) / 2 + 8 * 16);
  assert.equal(nonMated({ group: 'x', impostors: 'same-group' }), (8 * 6) / 2);
  assert.equal(nonMated({ impostors: 'same-group' }), (8 * 6) / 2 + (12 * 10) / 2);
});

const people = madeUpPeople(40, (person) => 1 + (person % 4));
const groupOf = (photo: string): string => (Number(photo.slice(1, 4)) % 3 === 0 ? 'x' : 'y');
const sets: [string, TrialSet][] = [
  ['all cross pairs', crossTrials(people, { random })],
  ['pairs that touch a group', crossTrials(people, { random, groupOf, group: 'x' })],
  ['pairs within groups', crossTrials(people, { random, groupOf, impostors: 'same-group' })],
  ['pairs within one group', crossTrials(people, { random, groupOf, impostors: 'same-group', group: 'y' })],
  ['two references', fusedTrials(referenceTrials(people), fusionRules['normalised-sum'], -1)],
];
for (const [name, set] of sets) {
  test(`a draw weighs ${name} as counting them one by one does`, () => {
    const { cast, mated, nonMated } = set;
    const answer = resampler(set, { falseMatchRates: [0.05], thresholds: [0.4] });
    for (const weights of draws(cast.subjects.length, 5, random)) {
      const weight = (photo: number): number => weights[cast.subjectOf[photo] as number] as number;
      let total = 0;
      let above = 0;
      nonMated.tail.scores.forEach((score, i) => {
        const product = weight(nonMated.tail.left[i] as number) * weight(nonMated.tail.right[i] as number);
        total += product;
        if (score >= 0.4) above += product;
      });
      assert.ok(Math.abs(nonMated.weigh(weights) - total) < 1e-9 * total);
      const { fmrAtThreshold, fnmrAtThreshold, thresholdAtRate } = answer(weights);
      assert.ok(Math.abs((fmrAtThreshold[0] as number) - above / total) < 1e-12);
      let missed = 0;
      let all = 0;
      mated.scores.forEach((score, i) => {
        all += weight(mated.left[i] as number);
        if (score < 0.4) missed += weight(mated.left[i] as number);
      });
      assert.ok(Math.abs((fnmrAtThreshold[0] as number) - missed / all) < 1e-12);
      // The threshold of a rate lets at most that share pass, and one step lower lets more.
      const shareFrom = (threshold: number): number => {
        let reached = 0;
        nonMated.tail.scores.forEach((score, i) => {
          if (score >= threshold - 1e-7)
            reached += weight(nonMated.tail.left[i] as number) * weight(nonMated.tail.right[i] as number);
        });
        return reached / total;
      };
      assert.ok(shareFrom(thresholdAtRate[0] as number) <= 0.05);
      assert.ok(shareFrom((thresholdAtRate[0] as number) - 1e-4) > 0.05);
    }
  });
}

test('with many pairs only the highest are kept, and the rates are those of all', () => {
  const many = madeUpPeople(420, () => 1, { width: 16 });
  const { nonMated } = crossTrials(many, { random: seededRandom(2) });
  assert.equal(nonMated.histogram.count, (420 * 419) / 2);
  const kept = nonMated.tail.scores.length / nonMated.histogram.count;
  assert.ok(kept > 0.1 && kept < 0.14, `kept ${kept}`);
  assert.ok(nonMated.tail.scores.every((score) => score >= nonMated.floor));
  assert.equal(nonMated.histogram.countFrom(nonMated.floor), nonMated.tail.scores.length);
});

test('each identity gives up to five pairs of references, and the sum rule is the cosine with the fused embedding', () => {
  const trials = referenceTrials(new Map([...five, ...madeUpPeople(1, () => 8, { width: 2 })]));
  assert.deepEqual(
    trials.references.map((pair) => pair.join()),
    ['0,1', '1,2', '2,0', '3,4', '5,6', '6,7', '7,8', '8,9', '9,10'],
  );
  let seen = 0;
  trials.each((scores, probe, pair) => {
    if (pair !== 0 || probe !== 3) return;
    seen++;
    const fused = fuse(unit(0), unit(0.2));
    const cosine = (fused[0] as number) * Math.cos(1.5) + (fused[1] as number) * Math.sin(1.5);
    assert.ok(Math.abs(fusionRules['normalised-sum'](scores) - cosine) < 1e-6);
    assert.ok(Math.abs(fusionRules.mean(scores) - (Math.cos(1.5) + Math.cos(1.3)) / 2) < 1e-6);
    assert.ok(Math.abs(fusionRules.higher(scores) - Math.cos(1.3)) < 1e-6);
    assert.ok(Math.abs(fusionRules.lower(scores) - Math.cos(1.5)) < 1e-6);
  });
  assert.equal(seen, 1);
});

const list = (pairs: [string, string, boolean, number | undefined][]) =>
  listTrials(pairs.map(([a, b, mated, score]) => ({ a, b, mated, score, failure: undefined })));

test('a list of pairs is independent where nobody occurs twice in a kind', () => {
  assert.ok(
    independent(
      list([
        ['a/1', 'a/2', true, 0.5],
        ['a/1', 'b/1', false, 0.1],
      ]),
    ),
  );
  assert.ok(
    !independent(
      list([
        ['a/1', 'a/2', true, 0.5],
        ['a/1', 'a/3', true, 0.1],
      ]),
    ),
  );
  assert.ok(
    !independent(
      list([
        ['a/1', 'b/1', false, 0.5],
        ['c/1', 'b/2', false, 0.1],
      ]),
    ),
  );
});

test('errors by hand: pairs without a score take no part', () => {
  const set = list([
    ['a/1', 'a/2', true, 0.8],
    ['b/1', 'b/2', true, 0.4],
    ['c/1', 'c/2', true, undefined],
    ['a/1', 'b/1', false, 0.5],
    ['b/1', 'c/1', false, 0.1],
    ['a/2', 'c/2', false, -0.2],
  ]);
  const { falseMatches, nonMated, falseNonMatches, mated } = errorsAt(set, 0.5);
  assert.deepEqual([falseMatches, nonMated, falseNonMatches, mated], [1, 3, 1, 2]);
  const exact = exactAt(set, 0.5);
  assert.ok(
    Math.abs(exact.falseNonMatch.interval[0] - (1 - Math.sqrt(0.975))) < 1e-9,
    '1 of 2, in closed form',
  );
  const { rate, threshold } = equalErrorRate(set);
  assert.ok(Math.abs(rate - (1 / 3 + 1 / 2) / 2) < 1e-9, `${rate}`);
  assert.ok(Math.abs(threshold - 0.5) < 1e-4);
  assert.deepEqual(detCurve(set, 1, 1)[0], [1, 0]);
});

test('clustered intervals are wider than the exact ones where few people make many comparisons', () => {
  const set = crossTrials(
    madeUpPeople(40, () => 8, { noise: 1.1, width: 12 }),
    { random },
  );
  const threshold = set.nonMated.histogram.thresholdFor(0.01);
  const clustering = { replicates: 400, random: seededRandom(1) };
  const clustered = clusteredRates(set, { falseMatchRates: [], thresholds: [threshold] }, clustering)
    .atThresholds[0]!;
  const exact = exactAt(set, threshold);
  const width = ([low, high]: readonly [number, number]): number => high - low;
  assert.ok(width(clustered.falseMatch.interval) > 1.5 * width(exact.falseMatch.interval));
  assert.ok(width(clustered.falseNonMatch.interval) > 1.5 * width(exact.falseNonMatch.interval));
  assert.ok(clustered.falseMatch.interval[0] < 0.01 && clustered.falseMatch.interval[1] > 0.01);
});

test('clustered intervals hold the truth about as often as they say', () => {
  const truth = crossTrials(
    madeUpPeople(300, () => 4, { noise: 1, width: 12, seed: 99 }),
    { random },
  );
  const threshold = 0.5;
  const expected = errorsAt(truth, threshold);
  const fnmr = expected.falseNonMatches / expected.mated;
  let held = 0;
  for (let seed = 0; seed < 60; seed++) {
    const set = crossTrials(
      madeUpPeople(40, () => 4, { noise: 1, width: 12, seed: 1000 + seed }),
      { random },
    );
    const clustering = { replicates: 200, random: seededRandom(seed) };
    const { interval } = clusteredRates(set, { falseMatchRates: [], thresholds: [threshold] }, clustering)
      .atThresholds[0]!.falseNonMatch;
    if (interval[0] <= fnmr && fnmr <= interval[1]) held++;
  }
  assert.ok(held >= 51, `only ${held} of 60`);
});

test('no error seen: the interval counts people, not comparisons', () => {
  const set = crossTrials(
    madeUpPeople(30, () => 4, { noise: 0.05 }),
    { random },
  );
  const at = clusteredRates(set, { falseMatchRates: [], thresholds: [0.99] }, { replicates: 100, random })
    .atThresholds[0]!;
  assert.equal(at.falseMatch.errors, 0);
  assert.ok(Math.abs(at.falseMatch.interval[1] - (1 - 0.025 ** (1 / 15))) < 1e-9);
});

test('a variant that is the same differs by nothing, a noisier one is worse, and the interval says so', () => {
  const base = crossTrials(
    madeUpPeople(80, () => 4, { noise: 0.9 }),
    { random: seededRandom(1) },
  );
  const noisier = crossTrials(
    madeUpPeople(80, () => 4, { noise: 1.6 }),
    { random: seededRandom(1) },
  );
  const options = { replicates: 200, random: seededRandom(4) };
  const [same] = pairedDifferences(base, base, [1e-2], options);
  assert.deepEqual([same?.difference, same?.interval], [0, [0, 0]]);
  const [worse] = pairedDifferences(base, noisier, [1e-2], options);
  assert.ok((worse?.interval[0] ?? 0) > 0);
});
