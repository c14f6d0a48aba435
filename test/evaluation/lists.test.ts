import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readGroups } from '../../src/evaluation/data/metadata.js';
import { readPairs } from '../../src/evaluation/data/pairs.js';
import {
  accuracyAt,
  bestThreshold,
  foldedAccuracy,
  type ScoredPair,
  scorePairs,
} from '../../src/evaluation/data/scoredPairs.js';
import type { Acquired } from '../../src/evaluation/embedding/embeddings.js';

const folder = mkdtempSync(join(tmpdir(), 'lists-'));
after(() => rmSync(folder, { recursive: true }));
const write = (text: string): string => {
  const path = join(folder, 'list.csv');
  writeFileSync(path, text);
  return path;
};
const pair = (score: number | undefined, mated: boolean, fold?: string): ScoredPair => ({
  a: 'a',
  b: 'b',
  mated,
  score,
  failure: undefined,
  fold,
});
const embedded = (...values: number[]): Acquired => ({
  kind: 'embedded',
  embedding: Float32Array.from(values),
  sharpness: 100,
  landmarks: [],
});

test('a pair list with folds; what is no list is refused', () => {
  assert.deepEqual(readPairs(write('a,b,mated,fold\nx/1.jpg,x/2.jpg,1,3\n')), [
    { a: 'x/1.jpg', b: 'x/2.jpg', mated: true, fold: '3' },
  ]);
  for (const text of [
    '',
    'a,b,mated\n',
    'a,b\nx,y\n',
    'a,b,mated\nx,y,2\n',
    'a,b,mated\nx,,1\n',
    'a,b,mated\nx,y\n',
  ])
    assert.throws(() => readPairs(write(text)), { code: 'input-invalid' }, text);
});

test('the best threshold separates what can be separated, in the middle of the gap', () => {
  assert.equal(bestThreshold([pair(0.9, true), pair(0.5, true), pair(0.3, false), pair(0.1, false)]), 0.4);
});

test('a missing score counts as a non-match: an error where the pair is mated', () => {
  const acquired = new Map<string, Acquired>([
    ['a', embedded(1, 0)],
    ['b', { kind: 'failed', reason: 'no-face' }],
    ['c', embedded(0.6, 0.8)],
  ]);
  const pairs = scorePairs(
    [
      { a: 'a', b: 'b', mated: true },
      { a: 'a', b: 'c', mated: true },
      { a: 'c', b: 'b', mated: false },
    ],
    acquired,
  );
  assert.equal(pairs[0]?.score, undefined);
  assert.equal(pairs[0]?.failure, 'b: no-face');
  assert.ok(Math.abs((pairs[1]?.score as number) - 0.6) < 1e-6);
  assert.ok(Math.abs(accuracyAt(pairs, 0.5) - 2 / 3) < 1e-12);
});

test('folds: each is decided by the threshold of the others', () => {
  // By itself fold 1 would be cut at 0.25 without an error; the other fold's threshold, 0.7, costs it one of two.
  const pairs = [pair(0.4, true, '1'), pair(0.1, false, '1'), pair(0.9, true, '2'), pair(0.5, false, '2')];
  const result = foldedAccuracy(pairs);
  assert.deepEqual(
    result?.folds.map(({ fold, accuracy }) => [fold, accuracy]),
    [
      ['1', 0.5],
      ['2', 0.5],
    ],
  );
  assert.equal(result?.mean, 0.5);
  assert.equal(result?.standardError, 0);
  assert.equal(foldedAccuracy([pair(0.4, true), pair(0.1, false)]), undefined);
});

test('folds: ten accuracies give their mean and its standard error', () => {
  const folds = Array.from({ length: 10 }, (_, i) => String(i)).flatMap((fold) => [
    pair(0.9, true, fold),
    pair(0.1, false, fold),
    // One pair of fold 0 is beyond any threshold.
    pair(fold === '0' ? -0.5 : 0.8, true, fold),
    pair(0.0, false, fold),
  ]);
  const result = foldedAccuracy(folds);
  assert.ok(Math.abs((result?.mean ?? 0) - 0.975) < 1e-12);
  // Deviations of ten accuracies 0.75, 1, …: sqrt(0.05625 / 9 / 10).
  assert.ok(Math.abs((result?.standardError ?? 0) - Math.sqrt(0.05625 / 90)) < 1e-12);
});

test('groups by photo or by identity; an empty value is no group', () => {
  const byPhoto = readGroups(write('photo,sex\nx/1.jpg,f\nx/2.jpg,\n'), 'sex');
  assert.deepEqual([byPhoto('x/1.jpg'), byPhoto('x/2.jpg'), byPhoto('y/1.jpg')], ['f', undefined, undefined]);
  const byIdentity = readGroups(write('identity,age\nx,20-29\n'), 'age');
  assert.equal(byIdentity('x/7.jpg'), '20-29');
  assert.throws(() => readGroups(write('identity,age\nx,20\n'), 'sex'), { code: 'input-invalid' });
  assert.throws(() => readGroups(write('name,age\nx,20\n'), 'age'), { code: 'input-invalid' });
});
