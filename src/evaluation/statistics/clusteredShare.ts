import { exactInterval } from './binomial.js';
import { draws, percentileInterval } from './bootstrap.js';
import type { Clustering, RateWithInterval } from './intervals.js';
import { shareOf } from './rates.js';

/** Events that happened and could have, each with the subjects (by index) that it depends on. */
export interface Occurrences {
  readonly hits: readonly (readonly number[])[];
  /** Number of chances, and their weighted number for a draw of subjects. */
  readonly chances: number;
  readonly weigh: (weights: Float64Array) => number;
  /** Independent chances that the data is worth at the least, for the interval when nothing happened. */
  readonly people: number;
}

/** The share with which something happened, with a subject-clustered bootstrap interval. */
export function clusteredShare(
  { hits, chances, weigh, people }: Occurrences,
  subjects: number,
  { replicates, random }: Clustering,
): RateWithInterval {
  const shared = { errors: hits.length, of: chances, rate: shareOf(hits.length, chances) };
  if (hits.length === 0) return { ...shared, interval: exactInterval(0, Math.min(chances, people)) };
  const values: number[] = [];
  for (const weights of draws(subjects, replicates, random)) {
    let happened = 0;
    for (const depends of hits) {
      let weight = 1;
      for (const subject of depends) weight *= weights[subject] as number;
      happened += weight;
    }
    const possible = weigh(weights);
    values.push(possible === 0 ? Number.NaN : happened / possible);
  }
  return { ...shared, interval: percentileInterval(values) };
}

/** Weighted number of chances that are listed one by one. */
export function listedWeight(chances: readonly (readonly number[])[]): (weights: Float64Array) => number {
  return (weights) =>
    chances.reduce(
      (sum, depends) => sum + depends.reduce((weight, subject) => weight * (weights[subject] as number), 1),
      0,
    );
}
