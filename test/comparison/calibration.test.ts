import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  type CalibrationFile,
  calibrationHash,
  falseMatchRate,
  loadCalibration,
  strengthOf,
  thresholdAt,
} from '../../src/comparison/calibration.js';

const curve: CalibrationFile['single'] = {
  nonMated: 1_000_000,
  mated: 1000,
  points: [
    [-1, 1],
    [0.1, 0.1],
    [0.2, 0.01],
    [0.4, 0.0001],
    [0.5, 0.00001],
  ],
  thresholds: [],
};

const folder = mkdtempSync(join(tmpdir(), 'calibration-'));
after(() => rmSync(folder, { recursive: true }));

test('between two points the rate is linear in its logarithm', () => {
  assert.ok(Math.abs(falseMatchRate(curve, 0.2).falseMatchRate - 0.01) < 1e-12);
  const middle = falseMatchRate(curve, 0.3);
  assert.ok(Math.abs(middle.falseMatchRate - 0.001) < 1e-12);
});

test('beyond the data the last rate is an upper bound, never a smaller invented one', () => {
  assert.deepEqual(falseMatchRate(curve, 0.9), { falseMatchRate: 0.00001, atMost: true });
  assert.deepEqual(falseMatchRate(curve, -1), { falseMatchRate: 1, atMost: false });
});

test('a threshold is the score at which the rate is reached, and none where the data does not reach', () => {
  assert.ok(Math.abs(thresholdAt(curve, 1e-3) - 0.3) < 1e-9);
  assert.ok(Math.abs(thresholdAt(curve, 1e-4) - 0.4) < 1e-9);
  assert.throws(() => thresholdAt(curve, 1e-6), { code: 'calibration-invalid' });
});

test('strength is the power of ten of the rate: stronger evidence is more, no evidence is none', () => {
  assert.deepEqual([1, 0.1, 1e-4].map(strengthOf), [0, 1, 4]);
  assert.ok(Math.abs(strengthOf(1 / 42_000) - 4.6232) < 1e-4);
});

const content = {
  model: 'net@1',
  pipeline: ['detector@1', 'landmarks@1', 'net@1'],
  data: { name: 'test', photos: 10, identities: 5, failuresToAcquire: 0 },
  made: '2026-01-01',
  command: 'facematch calibrate',
  single: curve,
  fused: curve,
};
const valid: CalibrationFile = { ...content, sha256: calibrationHash(content) };
const expected = { model: 'net@1', pipeline: content.pipeline };

const load = (file: unknown, name = 'c.json') => {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(file));
  return loadCalibration(path, expected);
};

test('a calibration is named by its model and hash', () => {
  assert.equal(load(valid).id, `net@1#${valid.sha256.slice(0, 12)}`);
});

const rehash = (change: Partial<typeof content>) => {
  const changed = { ...content, ...change };
  return { ...changed, sha256: calibrationHash(changed) };
};
const broken: [string, unknown][] = [
  ['another model', rehash({ model: 'other@1' })],
  ['another detector', rehash({ pipeline: ['other@1', 'landmarks@1', 'net@1'] })],
  [
    'an edited point',
    { ...valid, single: { ...curve, points: [...curve.points.slice(0, -1), [0.5, 0.00002]] } },
  ],
  [
    'rates that rise',
    rehash({
      single: {
        ...curve,
        points: [
          [0, 0.1],
          [0.1, 0.2],
        ],
      },
    }),
  ],
  ['a missing field', { ...valid, fused: undefined }],
  [
    'a score that is no number',
    {
      ...valid,
      single: {
        ...curve,
        points: [
          ['x', 1],
          [0.1, 0.1],
        ],
      },
    },
  ],
];
for (const [name, file] of broken) {
  test(`refused: ${name}`, () => assert.throws(() => load(file), { code: 'calibration-invalid' }));
}

test('refused: no file', () => {
  assert.throws(() => loadCalibration(join(folder, 'none.json'), expected), { code: 'calibration-invalid' });
});
