import type { Embedding } from '../face/types.js';
import type { Evidence, Scored } from './answer.js';
import { type Calibration, type CalibrationCurve, falseMatchRate, strengthOf } from './calibration.js';
import type { Policy } from './policy.js';
import { comparisonScore, fuse } from './scores.js';

/** The three-way picture of a probe and its references; embeddings of one model, newest reference first. */
export interface ThreeWay {
  /** Probe against each reference; undefined where one of the two has no embedding. */
  readonly each: readonly (number | undefined)[];
  readonly agreement: number | undefined;
  /** Fused with two embedded references, else the single score. */
  readonly fused: number | undefined;
}

export function compareThreeWay(
  probe: Embedding | undefined,
  references: readonly (Embedding | undefined)[],
): ThreeWay {
  const known = references.filter((reference) => reference !== undefined);
  const [first, second] = known;
  const both = first !== undefined && second !== undefined;
  const against = both ? fuse(first, second) : first;
  return {
    each: references.map((reference) =>
      probe === undefined || reference === undefined ? undefined : comparisonScore(probe, reference),
    ),
    agreement: both ? comparisonScore(first, second) : undefined,
    fused: probe === undefined || against === undefined ? undefined : comparisonScore(probe, against),
  };
}

/** The scores with what they mean on the calibration's data. */
export function explain(
  threeWay: ThreeWay,
  calibration: Calibration,
  policy: Policy,
): { each: (Scored | undefined)[]; agreement: Scored | undefined; fused: Evidence['fused'] } {
  const { single, fused } = calibration.file;
  const scores = threeWay.each.filter((score) => score !== undefined);
  const two = scores.length === 2;
  return {
    each: threeWay.each.map((score) => stated(single, score)),
    agreement: stated(single, threeWay.agreement),
    fused:
      threeWay.fused === undefined
        ? undefined
        : {
            ...scored(two ? fused : single, threeWay.fused),
            rule: two ? 'normalised-sum' : 'single',
            threshold: two ? policy.thresholds.fused : policy.thresholds.single,
            thresholdFalseMatchRate: policy.falseMatchRate,
            ...(two ? { lowerScore: Math.min(...scores), lowerScoreFloor: policy.lowerScoreFloor } : {}),
          },
  };
}

function scored(curve: CalibrationCurve, score: number): Scored {
  const stated = falseMatchRate(curve, score);
  return { score, ...stated, strength: Number(strengthOf(stated.falseMatchRate).toFixed(2)) };
}
const stated = (curve: CalibrationCurve, score: number | undefined): Scored | undefined =>
  score === undefined ? undefined : scored(curve, score);
