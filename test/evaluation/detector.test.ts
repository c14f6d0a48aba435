import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HonestTrial, tryDetectors } from '../../src/evaluation/morph/detectorReport.js';
import { morphReport } from '../../src/evaluation/morph/morphReport.js';
import type { MorphTrial } from '../../src/evaluation/morph/morphTrials.js';
import { clusteredShare, listedWeight } from '../../src/evaluation/statistics/clusteredShare.js';
import { seededRandom } from '../../src/evaluation/statistics/random.js';

const clustering = () => ({ replicates: 200, random: seededRandom(1) });
const noise = seededRandom(9);
const embeddings = { probe: new Float32Array(4), newer: new Float32Array(4), older: new Float32Array(4) };

const honest = Array.from(
  { length: 600 },
  (_, i): HonestTrial => ({
    photo: `h${String(i % 150).padStart(3, '0')}/${i}.jpg`,
    scores: { newer: 0.6 + 0.2 * noise(), older: 0.6 + 0.2 * noise(), agreement: 0.6 + 0.2 * noise() },
    embeddings,
  }),
);
const settings = [
  { factor: 0.5, background: 'both', quality: 95 },
  { factor: 0.4, background: 'accomplice', quality: 80 },
] as const;
const name = (i: number): string => `m${String(i).padStart(3, '0')}`;
const morphs = Array.from({ length: 400 }, (_, i): MorphTrial => {
  const [criminal, accomplice] = [name(i % 200), name((i + 2) % 200)];
  return {
    attack: {
      criminal,
      accomplice,
      older: `${accomplice}/0.jpg`,
      morphed: { accomplice: `${accomplice}/1.jpg`, criminal: `${criminal}/1.jpg` },
      probe: `${criminal}/0.jpg`,
    },
    settings: settings[i % 2]!,
    scores: { newer: 0.6 + 0.2 * noise(), older: 0.35 + 0.1 * noise(), agreement: 0.6 + 0.2 * noise() },
    embeddings,
  };
});
const policy = { name: 'newest alone', passes: ({ newer }: { newer: number }) => newer >= 0.62 };

test('a detector is tried on people and kinds of morph it has not seen, and catches what can be told apart', () => {
  const reports = tryDetectors(honest, morphs, policy, clustering());
  const scores = reports.find(({ detector }) => detector === 'three-way scores')!;
  assert.equal(scores.trained.honest + scores.tested.honest, 600);
  assert.ok(scores.trained.morphs > 20 && scores.trained.morphs + scores.tested.morphs <= 400);
  const [before, with_] = scores.morphsPassed;
  assert.ok(before.rate > 0.8 && with_.rate < 0.05, `${before.rate} became ${with_.rate}`);
  assert.ok(scores.honestReviewed[1].rate - scores.honestReviewed[0].rate < 0.02);
});

test('a detector finds nothing where nothing differs', () => {
  const same = morphs.map((trial, i) => ({ ...trial, scores: honest[i]!.scores }));
  for (const { morphsPassed } of tryDetectors(honest, same, policy, clustering()))
    assert.ok(morphsPassed[0].rate - morphsPassed[1].rate < 0.05);
});

test('MMPMR counts morphs that match both people, by kind', () => {
  const report = morphReport(
    { trials: morphs, made: 402, failed: 2 },
    [policy],
    { threshold: 0.7, falseMatchRate: 1e-4 },
    clustering(),
    [],
  );
  const both = morphs.filter(({ scores }) => scores.newer >= 0.7 && scores.agreement >= 0.7).length;
  assert.equal(
    report.bySettings.reduce((sum, { mmpmr }) => sum + mmpmr.errors, 0),
    both,
  );
  assert.deepEqual(
    report.bySettings.map(({ settings: own }) => own),
    settings,
  );
  for (const { mmpmr } of report.bySettings)
    assert.ok(mmpmr.interval[0] < mmpmr.rate && mmpmr.rate < mmpmr.interval[1]);
});

test('a share whose events share people has a wide interval; without any event people are what counts', () => {
  // Ten people with fifty chances each; everything that happened happened to two of them.
  const chances = Array.from({ length: 500 }, (_, i) => [i % 10]);
  const hits = chances.filter(([person]) => person! < 2);
  const counted = { chances: 500, weigh: listedWeight(chances), people: 10 };
  const share = clusteredShare({ hits, ...counted }, 10, clustering());
  assert.equal(share.rate, 0.2);
  assert.ok(share.interval[0] <= 0.05 && share.interval[1] >= 0.4, `${share.interval}`);
  const none = clusteredShare({ hits: [], ...counted }, 10, clustering());
  assert.ok(Math.abs(none.interval[1] - (1 - 0.025 ** (1 / 10))) < 1e-9);
});
