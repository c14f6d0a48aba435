import assert from 'node:assert/strict';
import { test } from 'node:test';
import { betaShare, exactInterval } from '../../src/evaluation/statistics/binomial.js';
import { ScoreHistogram } from '../../src/evaluation/statistics/histogram.js';
import { fitLogistic } from '../../src/evaluation/statistics/logistic.js';
import { fitParetoTail, tailScore, tailShare } from '../../src/evaluation/statistics/paretoTail.js';
import { seededRandom, shuffled } from '../../src/evaluation/statistics/random.js';
import { countBelow, supportedRates } from '../../src/evaluation/statistics/rates.js';

const close = (actual: number, expected: number, relative = 1e-9): void =>
  assert.ok(
    Math.abs(actual - expected) <= relative * Math.max(Math.abs(expected), 1e-12),
    `${actual}, not ${expected}`,
  );

// scipy 1.17: beta.ppf(0.025, k, n - k + 1), beta.ppf(0.975, k + 1, n - k).
const intervals: [errors: number, trials: number, low: number, high: number][] = [
  [0, 300, 0, 0.01222097469429355],
  [1, 500, 5.0634334007415215e-5, 0.011092476898968787],
  [8, 500, 0.006932321202483599, 0.03128200168985308],
  [5, 10, 0.18708602844739855, 0.8129139715526015],
  [10, 10, 0.6915028921812392, 1],
  [30, 1197943, 1.689641996384487e-5, 3.575014513370756e-5],
  [159, 1197943, 0.00011289971469796848, 0.00015503482070382816],
];
for (const [errors, trials, low, high] of intervals) {
  test(`Clopper-Pearson: ${errors} of ${trials}`, () => {
    const [from, to] = exactInterval(errors, trials);
    close(from, low, 1e-8);
    close(to, high, 1e-8);
  });
}

test('no error in n is not zero: the upper end is 1 - 0.025^(1/n)', () => {
  close(exactInterval(0, 50)[1], 1 - 0.025 ** (1 / 50), 1e-9);
  assert.deepEqual(exactInterval(0, 0), [0, 1]);
});

test('incomplete beta function', () => {
  close(betaShare(0.3, 2.5, 4), 0.3521975859067672, 1e-12);
  close(betaShare(1e-5, 30, 1197914), 8.590326890701701e-6, 1e-7);
  close(betaShare(0.99, 120, 2), 0.6586368608871294, 1e-10);
});

test('Pareto tail: moments as numpy computes them, survival as scipy does', () => {
  const excesses = [0.5, 0.41, 0.33, 0.29, 0.22, 0.2, 0.17, 0.11, 0.09, 0.05, 0.04, 0.02];
  const fitted = fitParetoTail(
    excesses.map((excess) => 0.4 + excess),
    0.4,
    1200,
  );
  close(fitted.shape, 0.6033389875903934, 1e-9);
  close(fitted.scale, 0.32467614498705466, 1e-9);
  close(fitted.share, 0.01);
  const tail = { threshold: 0, share: 1, scale: 0.05, shape: 0.1 };
  close(tailShare(tail, 0.2), 0.0060466176, 1e-9);
  close(tailScore(tail, 0.01), 0.18452132775990338, 1e-9);
});

test('Pareto tail finds the tail of an exponential distribution', () => {
  const random = seededRandom(7);
  const scores = Array.from({ length: 4000 }, () => 0.3 - 0.04 * Math.log(random())).sort((a, b) => b - a);
  const fitted = fitParetoTail(scores, 0.3, 4_000_000);
  assert.ok(Math.abs(fitted.shape) < 0.05, `shape ${fitted.shape}`);
  const expected = 0.3 - 0.04 * Math.log(1e-5 / 1e-3);
  assert.ok(
    Math.abs(tailScore(fitted, 1e-5) - expected) < 0.015,
    `${tailScore(fitted, 1e-5)}, not ${expected}`,
  );
});

test('a histogram gives the share from a score up, and the lowest threshold with at most a rate above', () => {
  const histogram = new ScoreHistogram();
  for (let i = 0; i < 10_000; i++) histogram.add(i / 10_000 + 0.00005);
  assert.equal(histogram.countFrom(0.75), 2500);
  assert.equal(histogram.shareFrom(0.9), 0.1);
  close(histogram.thresholdFor(0.1), 0.9, 1e-9);
  close(histogram.thresholdFor(0.01), 0.99, 1e-9);
  assert.deepEqual(histogram.coarse(0, 1, 4), [2500, 2500, 2500, 2500]);
});

test('scores below a threshold are counted one by one, those on it are not below', () => {
  const scores = Float32Array.from([0.9, 0.50002, 0.50001, 0.50003, 0.4, 0.1]);
  assert.equal(countBelow(scores, 0.5), 2);
  assert.equal(countBelow(scores, 0.50002), 3);
  assert.equal(countBelow(Float32Array.of(0.7), 0.7), 0);
  assert.equal(countBelow(scores, 1), 6);
  assert.equal(countBelow(scores, 0), 0);
});

test('rates are stated as far as thirty errors reach', () => {
  assert.deepEqual(supportedRates(299), []);
  assert.deepEqual(supportedRates(300), [1e-1]);
  assert.deepEqual(supportedRates(1_197_943), [1e-1, 1e-2, 1e-3, 1e-4]);
});

test('logistic regression separates what a line separates, and says which side', () => {
  const random = seededRandom(3);
  const cloud = (x: number, y: number): number[][] =>
    Array.from({ length: 200 }, () => [x + random() - 0.5, y + random() - 0.5, random()]);
  const score = fitLogistic(cloud(1, 0), cloud(0, 1), { penalty: 0.01, steps: 200 });
  const right = [...cloud(1, 0).map((row) => score(row) > 0), ...cloud(0, 1).map((row) => score(row) < 0)];
  assert.ok(right.filter(Boolean).length >= 395);
});

test('the same seed gives the same order, another seed another', () => {
  const items = Array.from({ length: 50 }, (_, i) => i);
  assert.deepEqual(shuffled(items, seededRandom(5)), shuffled(items, seededRandom(5)));
  assert.notDeepEqual(shuffled(items, seededRandom(5)), shuffled(items, seededRandom(6)));
  assert.deepEqual(
    shuffled(items, seededRandom(5)).sort((a, b) => a - b),
    items,
  );
});
