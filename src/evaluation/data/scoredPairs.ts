import { comparisonScore } from '../../comparison/scores.js';
import { FacematchError } from '../../errors.js';
import type { Acquired } from '../embedding/embeddings.js';
import type { Pair } from './pairs.js';

export interface ScoredPair extends Pair {
  /** Cosine, higher is more alike; undefined where one of the two photos gave no embedding. */
  readonly score: number | undefined;
  /** Why there is no score. */
  readonly failure: string | undefined;
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

/** Share of the pairs decided rightly at the threshold; a pair without a score counts as a non-match. */
export function accuracyAt(pairs: readonly ScoredPair[], threshold: number): number {
  const right = pairs.filter(({ mated, score }) => mated === (score !== undefined && score >= threshold));
  return right.length / pairs.length;
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

export interface FoldedAccuracy {
  readonly folds: readonly { readonly fold: string; readonly threshold: number; readonly accuracy: number }[];
  readonly mean: number;
  /** Standard error of the mean over the folds. */
  readonly standardError: number;
}

/**
 * Cross-validated accuracy: each fold is decided by the threshold that does best on the others (LFW's protocol for
 * View 2 with its ten folds: Huang et al., University of Massachusetts, 2007). Undefined without folds.
 */
export function foldedAccuracy(pairs: readonly ScoredPair[]): FoldedAccuracy | undefined {
  const names = [...new Set(pairs.map(({ fold }) => fold))].filter((fold) => fold !== undefined);
  if (names.length < 2 || pairs.some(({ fold }) => fold === undefined)) return undefined;
  const folds = names.map((fold) => {
    const threshold = bestThreshold(pairs.filter((pair) => pair.fold !== fold));
    const own = pairs.filter((pair) => pair.fold === fold);
    return { fold, threshold, accuracy: accuracyAt(own, threshold) };
  });
  const mean = folds.reduce((sum, { accuracy }) => sum + accuracy, 0) / folds.length;
  const squares = folds.reduce((sum, { accuracy }) => sum + (accuracy - mean) ** 2, 0);
  return { folds, mean, standardError: Math.sqrt(squares / (folds.length - 1) / folds.length) };
}
