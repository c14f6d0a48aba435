import { identityOf } from '../data/pairs.js';
import type { ScoreHistogram } from '../statistics/histogram.js';
import type { Comparisons } from './comparisons.js';

/** Who is on the photos: subjects are what a bootstrap draws, since comparisons of one person stand or fall together. */
export interface Cast {
  readonly photos: readonly string[];
  readonly subjects: readonly string[];
  /** Index of the subject of each photo. */
  readonly subjectOf: Uint32Array;
}

/** Comparisons with known truth. Scores: higher is more alike. */
export interface TrialSet {
  readonly cast: Cast;
  /** Both sides show the same subject; highest score first. */
  readonly mated: Comparisons;
  readonly nonMated: NonMated;
}

export interface NonMated {
  readonly histogram: ScoreHistogram;
  /** All comparisons that score `floor` or more, highest first; the rest are only counted. */
  readonly tail: Comparisons;
  readonly floor: number;
  /** Number of non-mated comparisons when subject s counts `weights[s]` times: the sum of the products of both sides' weights. */
  readonly weigh: (weights: Float64Array) => number;
}

/** Identity is the folder name. */
export function castOf(photos: readonly string[]): Cast {
  const index = new Map<string, number>();
  const subjectOf = Uint32Array.from(photos, (photo) => {
    const identity = identityOf(photo);
    const known = index.get(identity) ?? index.size;
    index.set(identity, known);
    return known;
  });
  return { photos, subjects: [...index.keys()], subjectOf };
}

/** Subjects that occur on either side of the comparisons. */
export function subjectsIn({ left, right }: Comparisons, cast: Cast): number {
  const seen = new Set<number>();
  for (const photo of left) seen.add(cast.subjectOf[photo] as number);
  for (const photo of right) seen.add(cast.subjectOf[photo] as number);
  return seen.size;
}
