import { comparisonScore } from '../../comparison/scores.js';
import type { Embedding } from '../../face/types.js';
import { type Pair, photosOf } from '../data/pairs.js';
import { accuracyAt, bestThreshold, type ScoredPair } from '../data/scoredPairs.js';
import type { Interval } from '../statistics/binomial.js';
import { draws, percentileInterval } from '../statistics/bootstrap.js';
import { type Difference, pairedDifferences } from '../statistics/paired.js';
import { seededRandom } from '../statistics/random.js';
import { supportedRates } from '../statistics/rates.js';
import { crossTrials } from '../trials/crossTrials.js';
import { castOf, type TrialSet } from '../trials/trialSet.js';

/** What one way of embedding made of the photos of a list. */
export interface Way {
  readonly embedded: ReadonlyMap<string, Embedding>;
  readonly pairs: readonly ScoredPair[];
  /** Chosen on a training list, or on the pairs themselves. */
  readonly threshold: number;
}

export interface AccuracyDifference {
  readonly base: number;
  readonly variant: number;
  /** Variant less base: positive is better. */
  readonly difference: number;
  readonly interval: Interval;
}

export interface Compared {
  readonly accuracy: AccuracyDifference;
  /** At false match rates up to 1e-3, all cross pairs of the photos that both ways embedded. */
  readonly cross: readonly Difference[];
}

/** Above, no service decides. */
const highestRate = 1e-3;

/** A comparison with the base for each way, all with the same draws of people. */
export function comparisonWith(
  base: Way,
  { replicates, seed }: { readonly replicates: number; readonly seed: number },
): (way: Way) => Compared {
  const trialsOf = ({ embedded }: Way, among: Way): TrialSet => {
    const shared = new Map([...embedded].filter(([photo]) => among.embedded.has(photo)));
    return crossTrials(shared, { random: seededRandom(seed) });
  };
  const whole = trialsOf(base, base);
  return (way) => {
    const missing = [...base.embedded.keys()].some((photo) => !way.embedded.has(photo));
    const before = missing ? trialsOf(base, way) : whole;
    const rates = supportedRates(before.nonMated.histogram.count).filter((rate) => rate <= highestRate);
    const clustering = { replicates, random: seededRandom(seed) };
    return {
      cross: pairedDifferences(before, trialsOf(way, base), rates, clustering),
      accuracy: accuracyDifference(base, way, clustering),
    };
  };
}

/** Each way at its own threshold; people are drawn, so that pairs that share one come and go together. */
function accuracyDifference(
  base: Way,
  variant: Way,
  { replicates, random }: { readonly replicates: number; readonly random: () => number },
): AccuracyDifference {
  const { subjects, subjectOf } = castOf(base.pairs.flatMap(({ a, b }) => [a, b]));
  const changes = base.pairs.map(
    (pair, i) =>
      accuracyAt([variant.pairs[i] as ScoredPair], variant.threshold) - accuracyAt([pair], base.threshold),
  );
  const samples: number[] = [];
  for (const weights of draws(subjects.length, replicates, random)) {
    let [change, total] = [0, 0];
    base.pairs.forEach(({ mated }, i) => {
      const [left, right] = [subjectOf[2 * i] as number, subjectOf[2 * i + 1] as number];
      const weight = (weights[left] as number) * (mated ? 1 : (weights[right] as number));
      change += weight * (changes[i] as number);
      total += weight;
    });
    samples.push(change / total);
  }
  const [before, after] = [base, variant].map(({ pairs, threshold }) => accuracyAt(pairs, threshold));
  return {
    base: before as number,
    variant: after as number,
    difference: (after as number) - (before as number),
    interval: percentileInterval(samples),
  };
}

/**
 * @param embedded the photos of both lists
 * @param training where the threshold is chosen
 */
export function wayOf(
  embedded: ReadonlyMap<string, Embedding>,
  pairs: readonly Pair[],
  training: readonly Pair[],
): Way {
  const listed = photosOf(pairs).flatMap((photo): [string, Embedding][] => {
    const embedding = embedded.get(photo);
    return embedding === undefined ? [] : [[photo, embedding]];
  });
  const scored = (list: readonly Pair[]): ScoredPair[] =>
    list.map((pair) => {
      const [a, b] = [embedded.get(pair.a), embedded.get(pair.b)];
      if (a === undefined || b === undefined) return { ...pair, score: undefined, failure: 'no embedding' };
      return { ...pair, score: comparisonScore(a, b), failure: undefined };
    });
  return {
    embedded: new Map(listed),
    pairs: scored(pairs),
    threshold: bestThreshold(scored(training)),
  };
}
