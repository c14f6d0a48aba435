import { FacematchError } from '../../errors.js';
import type { Embedding } from '../../face/types.js';
import type { Interval } from '../statistics/binomial.js';
import { draws, percentileInterval } from '../statistics/bootstrap.js';
import type { Clustering } from '../statistics/intervals.js';
import { shareOf } from '../statistics/rates.js';
import { crossTrials } from '../trials/crossTrials.js';

export interface GradedPhoto {
  readonly embedding: Embedding;
  /** 0 to 100, higher is better. */
  readonly quality: number;
}

export interface DiscardPoint {
  /** Share of the mated comparisons that were left out. */
  readonly discarded: number;
  /** The lowest quality that was kept. */
  readonly leastQuality: number;
  readonly misses: number;
  readonly kept: number;
  readonly falseNonMatchRate: number;
  /** Against keeping all, in shares (0.01 is a percentage point), and its subject-clustered 95% interval. */
  readonly change: number;
  readonly interval: Interval;
}

export interface DiscardCurve {
  readonly falseMatchRate: number;
  /** Read off all non-mated comparisons, and kept: discarding must not move it. */
  readonly threshold: number;
  readonly points: readonly DiscardPoint[];
}

/**
 * Error versus discard (Grother and Tabassi, IEEE TPAMI 29(4), 2007; ISO/IEC 29794-1): mated comparisons in the order
 * of the poorer of their two photos, the poorest left out first. The miss rate of what is left falls where quality tells
 * the photos that are missed, and stays as it is where it tells nothing.
 *
 * @throws FacematchError `input-invalid` without mated comparisons
 */
export function discardCurves(
  photos: ReadonlyMap<string, GradedPhoto>,
  plan: { readonly falseMatchRates: readonly number[]; readonly shares: readonly number[] },
  { replicates, random }: Clustering,
): DiscardCurve[] {
  const embedded = new Map([...photos].map(([photo, { embedding }]) => [photo, embedding]));
  const { cast, mated, nonMated } = crossTrials(embedded, { random });
  if (mated.scores.length === 0) {
    throw new FacematchError('input-invalid', 'No two photos show one person.');
  }
  const graded = cast.photos.map((photo) => photos.get(photo)?.quality ?? 0);
  const comparisons = Array.from(mated.scores, (score, i) => {
    const left = mated.left[i] as number;
    const right = mated.right[i] as number;
    return {
      score,
      quality: Math.min(graded[left] as number, graded[right] as number),
      subject: cast.subjectOf[left] as number,
      left,
      right,
    };
  });
  // Equal grades in the order of the photos: in that of the scores they would tell more than they know.
  comparisons.sort((a, b) => a.quality - b.quality || a.left - b.left || a.right - b.right);

  return plan.falseMatchRates.map((falseMatchRate) => {
    const threshold = nonMated.histogram.thresholdFor(falseMatchRate);
    const missed = comparisons.map(({ score }) => (score < threshold ? 1 : 0));
    const starts = plan.shares.map((share) => Math.floor(share * comparisons.length));
    const changes: number[][] = starts.map(() => []);
    for (const weights of draws(cast.subjects.length, replicates, random)) {
      const drawn = comparisons.map(({ subject }) => weights[subject] as number);
      const [all = Number.NaN, ...rates] = ratesFrom([0, ...starts], missed, drawn);
      rates.forEach((rate, i) => {
        changes[i]?.push(rate - all);
      });
    }
    const everything = shareOf(
      missed.reduce<number>((sum, miss) => sum + miss, 0),
      comparisons.length,
    );
    const points = starts.map((start, i): DiscardPoint => {
      const misses = missed.slice(start).reduce<number>((sum, miss) => sum + miss, 0);
      const kept = comparisons.length - start;
      return {
        discarded: plan.shares[i] as number,
        leastQuality: comparisons[start]?.quality ?? 100,
        misses,
        kept,
        falseNonMatchRate: shareOf(misses, kept),
        change: shareOf(misses, kept) - everything,
        interval: percentileInterval(changes[i] as number[]),
      };
    });
    return { falseMatchRate, threshold, points };
  });
}

/** Weighted miss rate of the comparisons from each start on. */
function ratesFrom(
  starts: readonly number[],
  missed: readonly number[],
  weights: readonly number[],
): number[] {
  const rates: number[] = new Array(starts.length).fill(Number.NaN);
  const order = starts.map((start, at) => ({ start, at })).sort((a, b) => b.start - a.start);
  let misses = 0;
  let total = 0;
  let i = missed.length;
  for (const { start, at } of order) {
    while (i > start) {
      i--;
      misses += (missed[i] as number) * (weights[i] as number);
      total += weights[i] as number;
    }
    rates[at] = total === 0 ? Number.NaN : misses / total;
  }
  return rates;
}
