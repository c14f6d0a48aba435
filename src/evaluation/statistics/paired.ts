import type { TrialSet } from '../trials/trialSet.js';
import type { Interval } from './binomial.js';
import { draws, percentileInterval, resampler } from './bootstrap.js';
import type { Random } from './random.js';
import { errorsAt, shareOf } from './rates.js';

export interface Difference {
  readonly falseMatchRate: number;
  readonly base: number;
  readonly variant: number;
  /** Variant less base: negative is better. */
  readonly difference: number;
  readonly interval: Interval;
}

/**
 * FNMR of a variant less that of the base at each false match rate, each with its own threshold, on the same photos.
 * Both answer the same draws of subjects, so what is hard for both cancels out.
 */
export function pairedDifferences(
  base: TrialSet,
  variant: TrialSet,
  falseMatchRates: readonly number[],
  { replicates, random }: { replicates: number; random: Random },
): Difference[] {
  const asked = { falseMatchRates, thresholds: [] };
  const [answerBase, answerVariant] = [resampler(base, asked), resampler(variant, asked)];
  const samples: number[][] = falseMatchRates.map(() => []);
  for (const weights of draws(base.cast.subjects.length, replicates, random)) {
    const before = answerBase(weights).fnmrAtRate;
    const after = answerVariant(weights).fnmrAtRate;
    falseMatchRates.forEach((_, i) => {
      samples[i]?.push((after[i] ?? Number.NaN) - (before[i] ?? Number.NaN));
    });
  }
  const at = (set: TrialSet, rate: number): number => {
    const counts = errorsAt(set, set.nonMated.histogram.thresholdFor(rate));
    return shareOf(counts.falseNonMatches, counts.mated);
  };
  return falseMatchRates.map((falseMatchRate, i) => {
    const [before, after] = [at(base, falseMatchRate), at(variant, falseMatchRate)];
    return {
      falseMatchRate,
      base: before,
      variant: after,
      difference: after - before,
      interval: percentileInterval(samples[i] ?? []),
    };
  });
}
