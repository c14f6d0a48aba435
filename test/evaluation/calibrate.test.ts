import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { falseMatchRate, loadCalibration, thresholdAt } from '../../src/comparison/calibration.js';
import { loadConfig } from '../../src/config.js';
import { type CalibrationSubject, calibrate } from '../../src/evaluation/calibrate.js';
import { photosOf, readPairs } from '../../src/evaluation/data/pairs.js';
import type { Acquired } from '../../src/evaluation/embedding/embeddings.js';
import { embeddedOf, embedPhotos } from '../../src/evaluation/embedding/embeddings.js';
import { seededRandom } from '../../src/evaluation/statistics/random.js';
import { trialReport } from '../../src/evaluation/trialReport.js';
import { crossTrials } from '../../src/evaluation/trials/crossTrials.js';
import { createFacePool } from '../../src/face/pool/face-pool.js';
import { poolOptionsOf, prepareNetworks } from '../../src/networks.js';
import { packageRoot } from '../../src/packageRoot.js';
import { madeUpPeople } from './faces.js';

const folder = mkdtempSync(join(tmpdir(), 'calibrate-'));
after(() => rmSync(folder, { recursive: true }));

const subject = (): CalibrationSubject => ({
  model: 'net@1',
  pipeline: ['detector@1', 'net@1'],
  data: { name: 'made up', sha256: '0'.repeat(64) },
  command: 'facematch calibrate',
  clock: () => new Date('2026-01-02T03:04:05Z'),
  random: seededRandom(1),
  replicates: 200,
});
const acquiredOf = (embedded: ReturnType<typeof madeUpPeople>): Map<string, Acquired> =>
  new Map(
    [...embedded].map(([photo, embedding]) => [
      photo,
      { kind: 'embedded', embedding, sharpness: 1, landmarks: [] },
    ]),
  );

test('a calibration loads, is monotone, ends at thirty errors, and gives back the rates of its data', () => {
  const embedded = madeUpPeople(250, () => 4, { width: 32 });
  const file = calibrate(acquiredOf(embedded), subject());
  const path = join(folder, 'calibration.json');
  writeFileSync(path, JSON.stringify(file));
  const { file: loaded } = loadCalibration(path, { model: 'net@1', pipeline: ['detector@1', 'net@1'] });
  assert.deepEqual(loaded, JSON.parse(JSON.stringify(file)));
  assert.equal(loaded.made, '2026-01-02');
  const { single } = loaded;
  assert.equal(single.nonMated, (1000 * 996) / 2);
  assert.deepEqual(
    single.thresholds.map((point) => point.falseMatchRate),
    [1e-2, 1e-3, 1e-4],
  );
  const end = single.points.at(-1)!;
  assert.ok(end[1] * single.nonMated > 29.9 && end[1] * single.nonMated < 33, 'nothing beyond thirty errors');
  assert.equal(falseMatchRate(single, end[0] + 0.1).atMost, true);

  // The same photos once more: what the curve says of a score is what is observed there.
  const set = crossTrials(embedded, { random: seededRandom(1) });
  for (const rate of [0.5, 0.1, 1e-2, 1e-3, 2e-4]) {
    const observed = set.nonMated.histogram.countFrom(thresholdAt(single, rate));
    const expected = rate * single.nonMated;
    assert.ok(
      Math.abs(observed - expected) < 0.04 * expected + 2.5 * Math.sqrt(expected),
      `${observed} at ${rate}, expected ${expected}`,
    );
  }
  for (const point of single.thresholds) {
    const [low, high] = point.interval!;
    assert.ok(low <= point.falseMatches! / single.nonMated && point.falseMatches! / single.nonMated <= high);
    assert.ok(
      low <= 1.1 * point.falseMatchRate && point.falseMatchRate <= 1.1 * high,
      `${point.falseMatchRate}`,
    );
  }
});

test('one wrong label far above all others moves no threshold much: the tail is smoothed', () => {
  const embedded = madeUpPeople(250, () => 4, { width: 32 });
  const before = calibrate(acquiredOf(embedded), subject());
  // Two people of the list are one.
  for (const photo of [0, 1, 2, 3]) embedded.set(`p000/${photo}.jpg`, embedded.get('p001/0.jpg')!);
  const after = calibrate(acquiredOf(embedded), subject());
  const [was, is] = [before, after].map((file) => thresholdAt(file.single, 1e-4));
  assert.ok(Math.abs(is! - was!) < 0.03, `${was} became ${is}`);
});

test('too few photos are refused', () => {
  assert.throws(() => calibrate(acquiredOf(madeUpPeople(30, () => 2)), subject()), { code: 'input-invalid' });
});

const lfw = process.env['FACEMATCH_LFW'] ?? join(packageRoot, '..', 'shared', 'data', 'lfw');
const missing = existsSync(join(lfw, 'pairsDevTest.csv')) ? false : `no LFW photos in ${lfw} (FACEMATCH_LFW)`;

test('on 1.2 million comparisons of other people the observed rates agree with the calibration', {
  skip: missing,
}, async () => {
  const config = loadConfig({ FACEMATCH_MODE: 'development', FACEMATCH_WORKERS: '2' });
  const networks = await prepareNetworks(config, () => {});
  const { file } = loadCalibration(networks.calibrationPath, {
    model: networks.embedder,
    pipeline: networks.pipeline,
  });
  const faces = await createFacePool(poolOptionsOf(config, networks));
  const photos = photosOf(readPairs(join(lfw, 'pairsDevTest.csv')));
  const acquired = await embedPhotos(faces, join(lfw, 'images'), photos).finally(() => faces.close());
  const random = seededRandom(1);
  const set = crossTrials(embeddedOf(acquired), { random });
  assert.equal(set.nonMated.histogram.count, 1_197_943);
  const { atCalibration } = trialReport(set, { replicates: 300, random }, file.single);
  assert.deepEqual(
    atCalibration.map((at) => at.falseMatchRate),
    [1e-2, 1e-3, 1e-4],
  );
  for (const { falseMatchRate: made, falseMatch } of atCalibration) {
    // A calibration made before intervals were kept still has the rate it was made for.
    const stated = file.single.thresholds.find((point) => point.falseMatchRate === made)?.interval ?? [
      made,
      made,
    ];
    const [low, high] = falseMatch.interval;
    assert.ok(low <= stated[1] && stated[0] <= high, `made for ${made}, observed ${low} to ${high}`);
  }
});
