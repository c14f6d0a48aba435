import type { ScoredPair } from '../data/scoredPairs.js';
import { ScoreHistogram } from '../statistics/histogram.js';
import { ComparisonList } from './comparisons.js';
import { castOf, type TrialSet } from './trialSet.js';

/** The scored pairs of a list as trials; pairs without a score are left out (they are failures to acquire). */
export function listTrials(pairs: readonly ScoredPair[]): TrialSet {
  const photos = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))].sort();
  const index = new Map(photos.map((photo, i) => [photo, i]));
  const cast = castOf(photos);
  const mated = new ComparisonList();
  const nonMated = new ComparisonList();
  const histogram = new ScoreHistogram();
  for (const { a, b, mated: same, score } of pairs) {
    if (score === undefined) continue;
    const sides = [index.get(a) ?? 0, index.get(b) ?? 0] as const;
    if (same) mated.add(score, ...sides);
    else {
      nonMated.add(score, ...sides);
      histogram.add(score);
    }
  }
  const tail = nonMated.sorted();
  const subject = (photo: number): number => cast.subjectOf[photo] as number;
  const weigh = (weights: Float64Array): number =>
    tail.left.reduce(
      (sum, left, i) =>
        sum + (weights[subject(left)] as number) * (weights[subject(tail.right[i] as number)] as number),
      0,
    );
  return { cast, mated: mated.sorted(), nonMated: { histogram, tail, floor: -1, weigh } };
}

/** True where no subject occurs in two comparisons of the same kind: only then are the errors independent. */
export function independent({ cast, mated, nonMated }: TrialSet): boolean {
  const once = (sides: readonly Uint32Array[]): boolean => {
    const seen = new Set<number>();
    let total = 0;
    for (const side of sides) {
      for (const photo of side) {
        seen.add(cast.subjectOf[photo] as number);
        total++;
      }
    }
    return seen.size === total;
  };
  return once([mated.left]) && once([nonMated.tail.left, nonMated.tail.right]);
}
