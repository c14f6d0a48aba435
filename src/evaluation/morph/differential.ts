import type { ThreeScores } from '../trials/referenceTrials.js';
import type { MorphTrial } from './morphTrials.js';

/** A probe, its two references, and their scores. */
export interface Comparison {
  readonly scores: ThreeScores;
  readonly embeddings: MorphTrial['embeddings'];
}

export interface Detector {
  readonly name: string;
  readonly features: (comparison: Comparison) => number[];
  /** Of the logistic regression. */
  readonly penalty: number;
}

/** The three-way scores, their squares and products: what any rule on the scores could use. */
function scoreFeatures({ scores: { newer, older, agreement } }: Comparison): number[] {
  return [
    newer,
    older,
    agreement,
    newer ** 2,
    older ** 2,
    agreement ** 2,
    newer * older,
    newer * agreement,
    older * agreement,
  ];
}

/**
 * How far probe and newer reference, and newer and older one, lie apart in each dimension (after Scherhag et al.,
 * "Deep face representations for differential morphing attack detection", IEEE TIFS 15, 2020).
 */
function differenceFeatures({ embeddings: { probe, newer, older } }: Comparison): number[] {
  const apart = (a: Float32Array, b: Float32Array): number[] =>
    Array.from(a, (value, k) => (value - (b[k] as number)) ** 2);
  return [...apart(probe, newer), ...apart(newer, older)];
}

export const detectors: readonly Detector[] = [
  // The measure of the others: what a higher floor under the lower score would do at the same price.
  {
    name: 'lower score alone',
    features: ({ scores }) => [Math.min(scores.newer, scores.older)],
    penalty: 0.001,
  },
  { name: 'three-way scores', features: scoreFeatures, penalty: 0.001 },
  {
    name: 'scores and embedding differences',
    features: (comparison) => [...scoreFeatures(comparison), ...differenceFeatures(comparison)],
    penalty: 0.1,
  },
];
