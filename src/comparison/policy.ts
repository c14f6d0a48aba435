import { components } from '../face/quality/components.js';
import type { FailureToAcquireReason } from '../face/types.js';
import type { Outcome, ReasonCode } from './answer.js';
import { type Calibration, thresholdAt } from './calibration.js';

/** Everything an outcome depends on. Scores are cosines; `undefined` is missing, never "low". */
export interface Facts {
  readonly identity: 'consistent' | 'conflict';
  readonly registerNumberInvalid: boolean;
  readonly claimedDocumentUnknown: boolean;
  readonly tries: number;
  readonly probe: 'embedded' | FailureToAcquireReason;
  /** Share of detail, 0 to 1; the quality component of that name. */
  readonly sharpness: number | undefined;
  /** References that exist, with or without an embedding. */
  readonly references: 0 | 1 | 2;
  /** Probe against each reference that has an embedding. */
  readonly scores: readonly number[];
  /** The two references against each other. */
  readonly agreement: number | undefined;
  /** The score the threshold is held against: fused with two embedded references, else the single score. */
  readonly fused: number | undefined;
}

export interface Policy {
  readonly id: string;
  /** Maximum share of impostors that pass, at which `thresholds` were read off the calibration. */
  readonly falseMatchRate: number;
  readonly thresholds: { readonly single: number; readonly fused: number };
  /** With two references neither score may lie below it: it is what catches a morphed passport. */
  readonly lowerScoreFloor: number;
  /** Two references below it are hardly the same person: one of the two may be the fraud. */
  readonly agreementFloor: number;
  readonly minimumSharpness: number;
  /** From this try on for one application a person looks, whatever the scores say. */
  readonly reviewFromTry: number;
}

interface Rule {
  readonly reason: ReasonCode;
  readonly outcome: Exclude<Outcome, 'consistent'>;
  readonly holds: (facts: Facts, policy: Policy) => boolean;
}

const threshold = (facts: Facts, policy: Policy): number =>
  facts.scores.length === 2 ? policy.thresholds.fused : policy.thresholds.single;
const compared = (facts: Facts): boolean => facts.probe === 'embedded' && facts.fused !== undefined;
const passes = (facts: Facts, policy: Policy): boolean =>
  facts.fused !== undefined &&
  facts.fused >= threshold(facts, policy) &&
  (facts.scores.length < 2 || facts.scores.every((score) => score >= policy.lowerScoreFloor));
const matching = (facts: Facts, policy: Policy): number =>
  facts.scores.filter((score) => score >= policy.thresholds.single).length;
const onlyOne = (facts: Facts, policy: Policy): boolean =>
  facts.scores.length === 2 && !passes(facts, policy) && matching(facts, policy) === 1;

/**
 * The ordered table. The first rule that holds gives the outcome, every rule that holds gives its reason, and
 * where none holds the outcome is *consistent*. What speaks about the identity comes first: it must reach a
 * person whatever the faces say, or a photo that cannot be compared would hide it.
 */
export const rules: readonly Rule[] = [
  { reason: 'identity-conflict', outcome: 'review', holds: (f) => f.identity === 'conflict' },
  { reason: 'register-number-invalid', outcome: 'review', holds: (f) => f.registerNumberInvalid },
  { reason: 'claimed-document-unknown', outcome: 'review', holds: (f) => f.claimedDocumentUnknown },
  { reason: 'too-many-tries', outcome: 'review', holds: (f, p) => f.tries >= p.reviewFromTry },
  { reason: 'failure-no-face', outcome: 'not-comparable', holds: (f) => f.probe === 'no-face' },
  { reason: 'failure-multiple-faces', outcome: 'not-comparable', holds: (f) => f.probe === 'multiple-faces' },
  { reason: 'failure-face-too-small', outcome: 'not-comparable', holds: (f) => f.probe === 'face-too-small' },
  { reason: 'no-reference', outcome: 'not-comparable', holds: (f) => f.references === 0 },
  {
    reason: 'reference-without-embedding',
    outcome: 'not-comparable',
    holds: (f) => f.probe === 'embedded' && f.references > 0 && f.scores.length === 0,
  },
  {
    reason: 'quality-too-low',
    outcome: 'review',
    holds: (f, p) =>
      compared(f) && !passes(f, p) && f.sharpness !== undefined && f.sharpness < p.minimumSharpness,
  },
  { reason: 'matches-only-one', outcome: 'review', holds: onlyOne },
  {
    reason: 'does-not-match',
    outcome: 'review',
    holds: (f, p) => compared(f) && !passes(f, p) && !onlyOne(f, p),
  },
  {
    reason: 'references-disagree',
    outcome: 'review',
    holds: (f, p) => f.agreement !== undefined && f.agreement < p.agreementFloor,
  },
  {
    // One of two has no embedding: the machine saw half of what the law asks for, so a person looks at the rest.
    reason: 'reference-without-embedding',
    outcome: 'review',
    holds: (f) => f.scores.length > 0 && f.scores.length < f.references,
  },
];

export interface Decision {
  readonly outcome: Outcome;
  readonly reasons: readonly ReasonCode[];
}

export function decide(facts: Facts, policy: Policy): Decision {
  const holding = rules.filter((rule) => rule.holds(facts, policy));
  return {
    outcome: holding[0]?.outcome ?? 'consistent',
    reasons: [...new Set(holding.map((rule) => rule.reason))],
  };
}

/**
 * False match rate at whose score two references are taken for two different people. As strict as costs the honest
 * nothing on top of the floor: at 1e-2 it costs more reviews than it stops morphs (docs/accuracy.md).
 */
const agreementRate = 0.05;
/**
 * Under it a low score says little about the person: on blurred copies of 300 faces of Labeled Faces in the Wild misses
 * at a false match rate of 1 in 10,000 rose from 1.6% to 5% down to a sharpness of 0.33, to 12% at 0.27, 28% at 0.24. It
 * explains a score that is too low and never overrules one that is high enough: blurred photos let no more impostors
 * pass (docs/accuracy.md).
 */
const minimumSharpness = components.Sharpness.limit.least;

/**
 * Reads the thresholds off the model's calibration. Rates and not scores are what an operator sets: a score
 * means something only for one network.
 */
export function createPolicy(
  calibration: Calibration,
  settings: { falseMatchRate: number; lowerScoreRate: number; reviewFromTry: number },
): Policy {
  const { single, fused } = calibration.file;
  return {
    id: `1:${settings.falseMatchRate}/${settings.lowerScoreRate}/${settings.reviewFromTry}`,
    falseMatchRate: settings.falseMatchRate,
    thresholds: {
      single: thresholdAt(single, settings.falseMatchRate),
      fused: thresholdAt(fused, settings.falseMatchRate),
    },
    lowerScoreFloor: thresholdAt(single, settings.lowerScoreRate),
    agreementFloor: thresholdAt(single, agreementRate),
    minimumSharpness,
    reviewFromTry: settings.reviewFromTry,
  };
}
