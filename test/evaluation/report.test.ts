import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPolicy } from '../../src/comparison/policy.js';
import { calibrate } from '../../src/evaluation/calibrate.js';
import type { Acquired } from '../../src/evaluation/embedding/embeddings.js';
import { evaluate } from '../../src/evaluation/evaluate.js';
import { consistent, passRules } from '../../src/evaluation/policy/passRules.js';
import { percent, points, rateName } from '../../src/evaluation/report/format.js';
import { reportHtml } from '../../src/evaluation/report/html.js';
import type { Report } from '../../src/evaluation/report/report.js';
import { reportText } from '../../src/evaluation/report/text.js';
import { seededRandom } from '../../src/evaluation/statistics/random.js';
import { madeUpPeople } from './faces.js';

test('rates keep two digits however small, differences their sign', () => {
  assert.deepEqual([0.5, 0.0123, 0.00034, 0.0000002, 0].map(percent), [
    '50.00%',
    '1.23%',
    '0.034%',
    '0.000020%',
    '0.00%',
  ]);
  assert.deepEqual([0.001, -0.002].map(points), ['+0.10', '-0.20']);
  assert.equal(rateName(0.0001), '1e-4');
});

const embedded = madeUpPeople(250, (person) => 3 + (person % 2), { width: 32 });
const acquired = new Map<string, Acquired>([
  ...[...embedded].map(([photo, embedding]): [string, Acquired] => [
    photo,
    { kind: 'embedded', embedding, sharpness: 1, landmarks: [] },
  ]),
  ['p999/<b>"no face".jpg', { kind: 'failed', reason: 'no-face' }],
]);
const file = calibrate(acquired, {
  model: 'net@1',
  pipeline: ['net@1'],
  data: { name: 'made up', sha256: '' },
  command: '',
  clock: () => new Date(0),
  random: seededRandom(1),
  replicates: 100,
});
const calibration = { id: 'net@1#0', file };
const policy = createPolicy(calibration, { falseMatchRate: 1e-3, lowerScoreRate: 1e-2, reviewFromTry: 5 });
const random = seededRandom(1);

async function makeReport(): Promise<Report> {
  const found = await evaluate(
    {
      images: '',
      cross: true,
      references: true,
      policy: true,
      morphs: { most: 0, seed: 1 },
      groups: {
        column: 'half',
        groupOf: (photo) => (photo < 'p125' ? 'first <half>' : 'second'),
        impostors: 'same-group',
      },
      versus: { variant: 'the same', embedded },
    },
    {
      faces: {} as never,
      acquired,
      calibration,
      policy,
      clustering: { replicates: 100, random },
      embedding: {},
    },
  );
  const about = {
    made: '2026-01-01',
    command: 'facematch evaluate',
    model: 'net@1',
    pipeline: ['net@1'],
    data: 'made up',
    replicates: 100,
    seed: 1,
  };
  return { about, ...found };
}

test('the whole report: what was asked for is in it, on the terminal and on a page that needs nothing else', async () => {
  const report = await makeReport();
  const { acquisition, cross, references, groups, policy: tradeOff, versus } = report;
  assert.deepEqual([acquisition.photos, acquisition.failures.errors], [acquired.size, 1]);
  assert.equal(references?.length, 5);
  assert.deepEqual(
    groups?.groups.map(({ group }) => group),
    ['first <half>', 'second'],
  );
  assert.equal(groups?.groups[0]?.failures.errors, 0);
  assert.equal(
    cross?.nonMated,
    groups?.groups.reduce((sum, { at }) => sum + at.falseMatch.of, 0),
    'same group only',
  );
  assert.ok(versus?.differences.every(({ difference }) => difference === 0));

  const fusedOnly = tradeOff?.rules.find(({ rule }) => rule === 'fused');
  const own = tradeOff?.rules.at(-1);
  assert.ok(
    fusedOnly && own && own.honestReviewed.rate >= fusedOnly.honestReviewed.rate,
    'a floor only adds reviews',
  );
  assert.ok(own.impostorsPassed.rate <= fusedOnly.impostorsPassed.rate);
  const stated = fusedOnly.impostorsPassed;
  assert.ok(Math.abs(stated.rate - 1e-3) < 2e-4, `fused at FMR 1e-3 lets ${stated.rate} pass`);

  const text = reportText(report);
  for (const part of [
    'failure to acquire: 1 of',
    'rule of 30',
    'normalised-sum',
    'By half'.toUpperCase(),
    "the service's policy",
  ])
    assert.ok(text.includes(part), part);
  const html = reportHtml(report);
  assert.ok(!/https?:|<script|<link|@import|url\(|src=/.test(html), 'loads something');
  assert.ok(html.includes('first &#60;half&#62;') && !html.includes('<half>'), 'names are escaped');
  assert.ok((html.match(/<svg /g) ?? []).length >= 4);
  assert.ok(!/NaN|undefined|Infinity/.test(html));
});

test('the rules of the trade-off are the service’s own', () => {
  const rules = passRules(calibration, policy);
  const own = rules.at(-1)!;
  const high = { newer: 0.95, older: 0.95, agreement: 0.9 };
  const morphed = { newer: 0.95, older: policy.lowerScoreFloor - 0.01, agreement: 0.6 };
  assert.ok(own.passes(high) && consistent(high, policy));
  assert.ok(!own.passes(morphed));
  assert.ok(rules.find(({ name }) => name === 'newest reference alone')?.passes(morphed));
});
