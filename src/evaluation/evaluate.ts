import { comparisonScore } from '../comparison/scores.js';
import { FacematchError } from '../errors.js';
import type { Acquired } from './embeddings.js';
import { type Pair, photosOf } from './pairs.js';

export interface ScoredPair extends Pair {
  /** Cosine, higher is more alike; undefined where one of the two photos gave no embedding. */
  readonly score: number | undefined;
  /** Why there is no score. */
  readonly failure: string | undefined;
}

export interface Evaluation {
  readonly pairs: readonly ScoredPair[];
  readonly photos: number;
  readonly failuresToAcquire: number;
  readonly threshold: number;
  /** Share of the pairs decided rightly at the threshold; a pair without a score counts as a non-match. */
  readonly accuracy: number;
  readonly falseMatches: number;
  readonly falseNonMatches: number;
}

export function scorePairs(pairs: readonly Pair[], acquired: ReadonlyMap<string, Acquired>): ScoredPair[] {
  return pairs.map((pair) => {
    const [a, b] = [pair.a, pair.b].map((photo) => {
      const result = acquired.get(photo);
      if (result === undefined) throw new FacematchError('internal', 'A photo of a pair was not embedded.');
      return result;
    }) as [Acquired, Acquired];
    if (a.kind === 'failed') return { ...pair, score: undefined, failure: `a: ${a.reason}` };
    if (b.kind === 'failed') return { ...pair, score: undefined, failure: `b: ${b.reason}` };
    return { ...pair, score: comparisonScore(a.embedding, b.embedding), failure: undefined };
  });
}

export function evaluateAt(
  pairs: readonly ScoredPair[],
  acquired: ReadonlyMap<string, Acquired>,
  threshold: number,
): Evaluation {
  const matches = (pair: ScoredPair): boolean => pair.score !== undefined && pair.score >= threshold;
  const falseMatches = pairs.filter((pair) => !pair.mated && matches(pair)).length;
  const falseNonMatches = pairs.filter((pair) => pair.mated && !matches(pair)).length;
  const photos = photosOf(pairs);
  return {
    pairs,
    photos: photos.length,
    failuresToAcquire: photos.filter((photo) => acquired.get(photo)?.kind === 'failed').length,
    threshold,
    accuracy: 1 - (falseMatches + falseNonMatches) / pairs.length,
    falseMatches,
    falseNonMatches,
  };
}

/** The threshold with the most pairs decided rightly; the middle of the gap where several do equally well. */
export function bestThreshold(pairs: readonly ScoredPair[]): number {
  const scored = pairs.filter((pair): pair is ScoredPair & { score: number } => pair.score !== undefined);
  if (scored.length === 0) throw new FacematchError('input-invalid', 'No pair of the list has a score.');
  const sorted = [...scored].sort((a, b) => a.score - b.score);
  let right = sorted.filter((pair) => pair.mated).length;
  let best = { right, threshold: (sorted[0]?.score ?? 0) - 1e-6 };
  sorted.forEach((pair, i) => {
    right += pair.mated ? -1 : 1;
    const next = sorted[i + 1]?.score ?? pair.score + 1e-6;
    if (right > best.right) best = { right, threshold: (pair.score + next) / 2 };
  });
  return best.threshold;
}
