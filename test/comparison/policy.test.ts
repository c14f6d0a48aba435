import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide, type Facts, type Policy } from '../../src/comparison/policy.js';

const policy: Policy = {
  id: 'test',
  falseMatchRate: 1e-4,
  thresholds: { single: 0.45, fused: 0.42 },
  lowerScoreFloor: 0.3,
  agreementFloor: 0.15,
  minimumSharpness: 0.3,
  reviewFromTry: 5,
};

const clean: Facts = {
  identity: 'consistent',
  registerNumberInvalid: false,
  claimedDocumentUnknown: false,
  tries: 1,
  probe: 'embedded',
  sharpness: 0.5,
  references: 2,
  scores: [0.6, 0.6],
  agreement: 0.6,
  fused: 0.65,
};

const pass = 0.6;
const weak = 0.35; // over the floor, under the threshold of one reference
const fail = 0.1;

/** Every combination of what two references can say, and what the offices and analysts are to be told. */
const twoReferences: [
  a: number | 'missing',
  b: number | 'missing',
  fused: number | 'missing',
  outcome: string,
  reasons: string[],
][] = [
  [pass, pass, pass, 'consistent', []],
  [pass, weak, pass, 'consistent', []],
  [weak, pass, pass, 'consistent', []],
  [weak, weak, pass, 'consistent', []],
  [pass, fail, pass, 'review', ['matches-only-one']],
  [fail, pass, pass, 'review', ['matches-only-one']],
  [weak, fail, pass, 'review', ['does-not-match']],
  [fail, weak, pass, 'review', ['does-not-match']],
  [fail, fail, pass, 'review', ['does-not-match']],
  [pass, pass, fail, 'review', ['does-not-match']],
  [pass, weak, fail, 'review', ['matches-only-one']],
  [weak, pass, fail, 'review', ['matches-only-one']],
  [weak, weak, fail, 'review', ['does-not-match']],
  [pass, fail, fail, 'review', ['matches-only-one']],
  [fail, pass, fail, 'review', ['matches-only-one']],
  [weak, fail, fail, 'review', ['does-not-match']],
  [fail, weak, fail, 'review', ['does-not-match']],
  [fail, fail, fail, 'review', ['does-not-match']],
  [pass, 'missing', pass, 'review', ['reference-without-embedding']],
  ['missing', pass, pass, 'review', ['reference-without-embedding']],
  [weak, 'missing', weak, 'review', ['does-not-match', 'reference-without-embedding']],
  ['missing', weak, weak, 'review', ['does-not-match', 'reference-without-embedding']],
  [fail, 'missing', fail, 'review', ['does-not-match', 'reference-without-embedding']],
  ['missing', fail, fail, 'review', ['does-not-match', 'reference-without-embedding']],
  ['missing', 'missing', 'missing', 'not-comparable', ['reference-without-embedding']],
];

for (const [a, b, fused, outcome, reasons] of twoReferences) {
  test(`two references: ${a}, ${b}, fused ${fused} → ${outcome} ${reasons}`, () => {
    const scores = [a, b].filter((score) => score !== 'missing');
    const facts: Facts = {
      ...clean,
      scores,
      agreement: scores.length === 2 ? 0.6 : undefined,
      fused: fused === 'missing' ? undefined : fused,
    };
    assert.deepEqual(decide(facts, policy), { outcome, reasons });
  });
}

const oneReference: [score: number | 'missing', outcome: string, reasons: string[]][] = [
  [pass, 'consistent', []],
  [0.44, 'review', ['does-not-match']], // over the fused threshold, under the one for a single reference
  [fail, 'review', ['does-not-match']],
  ['missing', 'not-comparable', ['reference-without-embedding']],
];
for (const [score, outcome, reasons] of oneReference) {
  test(`one reference: ${score} → ${outcome} ${reasons}`, () => {
    const known = score === 'missing' ? [] : [score];
    const facts: Facts = { ...clean, references: 1, scores: known, agreement: undefined, fused: known[0] };
    assert.deepEqual(decide(facts, policy), { outcome, reasons });
  });
}

const single: [name: string, change: Partial<Facts>, outcome: string, reasons: string[]][] = [
  [
    'no reference',
    { references: 0, scores: [], agreement: undefined, fused: undefined },
    'not-comparable',
    ['no-reference'],
  ],
  ['no face', { probe: 'no-face', scores: [], fused: undefined }, 'not-comparable', ['failure-no-face']],
  [
    'several faces',
    { probe: 'multiple-faces', scores: [], fused: undefined },
    'not-comparable',
    ['failure-multiple-faces'],
  ],
  [
    'small face',
    { probe: 'face-too-small', scores: [], fused: undefined },
    'not-comparable',
    ['failure-face-too-small'],
  ],
  ['conflict though the faces match', { identity: 'conflict' }, 'review', ['identity-conflict']],
  [
    'bad register number though the faces match',
    { registerNumberInvalid: true },
    'review',
    ['register-number-invalid'],
  ],
  [
    'unknown claimed document though the faces match',
    { claimedDocumentUnknown: true },
    'review',
    ['claimed-document-unknown'],
  ],
  ['fourth try', { tries: 4 }, 'consistent', []],
  ['fifth try', { tries: 5 }, 'review', ['too-many-tries']],
  ['blurred and matching', { sharpness: 0.2 }, 'consistent', []],
  [
    'blurred and not matching',
    { sharpness: 0.2, scores: [fail, fail], fused: fail },
    'review',
    ['quality-too-low', 'does-not-match'],
  ],
  ['references of two people, probe like both', { agreement: 0.05 }, 'review', ['references-disagree']],
  [
    'references of two people, probe like one',
    { agreement: 0.05, scores: [pass, fail], fused: weak },
    'review',
    ['matches-only-one', 'references-disagree'],
  ],
  [
    'a false number never ends as no reference',
    { identity: 'conflict', references: 0, scores: [], agreement: undefined, fused: undefined },
    'review',
    ['identity-conflict', 'no-reference'],
  ],
  [
    'an unusable photo does not hide a conflict',
    { identity: 'conflict', probe: 'no-face', scores: [], fused: undefined },
    'review',
    ['identity-conflict', 'failure-no-face'],
  ],
];
for (const [name, change, outcome, reasons] of single) {
  test(name, () => assert.deepEqual(decide({ ...clean, ...change }, policy), { outcome, reasons }));
}

test('exactly at a threshold counts as reached', () => {
  assert.equal(decide({ ...clean, scores: [0.3, 0.6], fused: 0.42 }, policy).outcome, 'consistent');
  assert.equal(decide({ ...clean, scores: [0.29999, 0.6], fused: 0.42 }, policy).outcome, 'review');
  assert.equal(decide({ ...clean, scores: [0.3, 0.6], fused: 0.41999 }, policy).outcome, 'review');
});
