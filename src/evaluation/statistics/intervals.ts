import { subjectsIn, type TrialSet } from '../trials/trialSet.js';
import { exactInterval, type Interval } from './binomial.js';
import { draws, percentileInterval, resampler } from './bootstrap.js';
import type { Random } from './random.js';
import { type ErrorCounts, errorsAt, shareOf } from './rates.js';

export interface RateWithInterval {
  readonly errors: number;
  readonly of: number;
  readonly rate: number;
  /** 95%. */
  readonly interval: Interval;
}

export interface AtThreshold {
  readonly threshold: number;
  readonly falseMatch: RateWithInterval;
  readonly falseNonMatch: RateWithInterval;
}

export interface AtRate {
  readonly falseMatchRate: number;
  readonly threshold: number;
  readonly thresholdInterval: Interval;
  /** The interval takes in that the threshold, too, was estimated from these comparisons. */
  readonly falseNonMatch: RateWithInterval;
}

export interface Clustering {
  readonly replicates: number;
  readonly random: Random;
}

/** Exact binomial intervals: for comparisons that share no person. */
export function exactAt(set: TrialSet, threshold: number): AtThreshold {
  const counts = errorsAt(set, threshold);
  const rate = (errors: number, of: number): RateWithInterval => ({
    errors,
    of,
    rate: shareOf(errors, of),
    interval: exactInterval(errors, of),
  });
  return {
    threshold,
    falseMatch: rate(counts.falseMatches, counts.nonMated),
    falseNonMatch: rate(counts.falseNonMatches, counts.mated),
  };
}

/**
 * Rates with subject-clustered bootstrap intervals. Where no error was seen a bootstrap has nothing to draw and would
 * say zero: then the exact interval counts, with as many trials as there are people (FNMR) or disjoint pairs of people
 * (FMR), the least that the comparisons are worth.
 */
export function clusteredRates(
  set: TrialSet,
  asked: { readonly falseMatchRates: readonly number[]; readonly thresholds: readonly number[] },
  { replicates, random }: Clustering,
): { atRates: AtRate[]; atThresholds: AtThreshold[] } {
  const answer = resampler(set, asked);
  const samples: ReturnType<typeof answer>[] = [];
  for (const weights of draws(set.cast.subjects.length, replicates, random)) samples.push(answer(weights));
  const people = subjectsIn(set.mated, set.cast);
  const pairs = Math.floor(subjectsIn(set.nonMated.tail, set.cast) / 2);
  const rate = (errors: number, of: number, values: readonly number[], least: number): RateWithInterval => ({
    errors,
    of,
    rate: shareOf(errors, of),
    interval: errors === 0 ? exactInterval(0, Math.min(of, least)) : percentileInterval(values),
  });
  const nonMatch = (counts: ErrorCounts, values: readonly number[]): RateWithInterval =>
    rate(counts.falseNonMatches, counts.mated, values, people);
  return {
    atRates: asked.falseMatchRates.map((falseMatchRate, i) => {
      const counts = errorsAt(set, set.nonMated.histogram.thresholdFor(falseMatchRate));
      return {
        falseMatchRate,
        threshold: counts.threshold,
        thresholdInterval: percentileInterval(
          samples.map((sample) => sample.thresholdAtRate[i] ?? Number.NaN),
        ),
        falseNonMatch: nonMatch(
          counts,
          samples.map((sample) => sample.fnmrAtRate[i] ?? Number.NaN),
        ),
      };
    }),
    atThresholds: asked.thresholds.map((threshold, i) => {
      const counts = errorsAt(set, threshold);
      return {
        threshold,
        falseMatch: rate(
          counts.falseMatches,
          counts.nonMated,
          samples.map((sample) => sample.fmrAtThreshold[i] ?? Number.NaN),
          pairs,
        ),
        falseNonMatch: nonMatch(
          counts,
          samples.map((sample) => sample.fnmrAtThreshold[i] ?? Number.NaN),
        ),
      };
    }),
  };
}
