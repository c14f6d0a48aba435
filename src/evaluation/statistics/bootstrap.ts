import type { TrialSet } from '../trials/trialSet.js';
import type { Interval } from './binomial.js';
import { binOf, firstBinFrom, scoreOf } from './histogram.js';
import type { Random } from './random.js';

/**
 * Subjects drawn with replacement, as the number of times each was drawn. A mated comparison counts as often as its
 * subject, a non-mated one as often as the product of its two (the "pigeonhole" bootstrap: Owen, Annals of Applied
 * Statistics 1, 2007; subsets bootstrap: Bolle, Ratha and Pankanti, Computer Vision and Image Understanding 93, 2004).
 * Comparisons that share a person thus come and go together; to take them for independent would make the
 * intervals several times too narrow.
 */
export function* draws(subjects: number, replicates: number, random: Random): Generator<Float64Array> {
  const weights = new Float64Array(subjects);
  for (let replicate = 0; replicate < replicates; replicate++) {
    weights.fill(0);
    for (let i = 0; i < subjects; i++) {
      const drawn = Math.floor(random() * subjects);
      weights[drawn] = (weights[drawn] as number) + 1;
    }
    yield weights;
  }
}

/** What is asked of each draw. */
export interface Questions {
  /** FNMR at these false match rates, the threshold found anew in each draw. */
  readonly falseMatchRates: readonly number[];
  /** FMR and FNMR at these thresholds. */
  readonly thresholds: readonly number[];
}

export interface Answers {
  /** Per rate asked for; NaN where the kept tail does not reach it. */
  readonly fnmrAtRate: readonly number[];
  readonly thresholdAtRate: readonly number[];
  /** Per threshold asked for; NaN below the kept tail. */
  readonly fmrAtThreshold: readonly number[];
  readonly fnmrAtThreshold: readonly number[];
}

/** A set made ready to answer many draws: subjects and bins looked up once. */
export function resampler(
  set: TrialSet,
  { falseMatchRates, thresholds }: Questions,
): (weights: Float64Array) => Answers {
  const { cast, mated, nonMated } = set;
  const subjects = (photos: Uint32Array): Uint32Array =>
    photos.map((photo) => cast.subjectOf[photo] as number);
  const left = subjects(nonMated.tail.left);
  const right = subjects(nonMated.tail.right);
  const bins = Uint16Array.from(nonMated.tail.scores, binOf);
  const owners = subjects(mated.left);
  const matedBins = Uint16Array.from(mated.scores, (score) => binOf(score + 1e-7));
  const ascendingRates = falseMatchRates.map((rate, at) => ({ rate, at })).sort((a, b) => a.rate - b.rate);
  const cuts = thresholds.map((threshold) => firstBinFrom(threshold));

  return (weights) => {
    const total = nonMated.weigh(weights);
    const missed = missedBelow(matedBins, owners, weights);
    const thresholdAtRate = falseMatchRates.map(() => Number.NaN);
    const fmrAtThreshold = thresholds.map((threshold) => (threshold < nonMated.floor ? Number.NaN : 0));
    let above = 0;
    let next = 0;
    for (let i = 0; i < bins.length && next < ascendingRates.length; i++) {
      const weight = (weights[left[i] as number] as number) * (weights[right[i] as number] as number);
      if (weight === 0) continue;
      above += weight;
      for (
        let asked = ascendingRates[next];
        asked !== undefined && above > asked.rate * total;
        asked = ascendingRates[next]
      ) {
        thresholdAtRate[asked.at] = scoreOf((bins[i] as number) + 1);
        next++;
      }
    }
    for (const [at, cut] of cuts.entries()) {
      if (Number.isNaN(fmrAtThreshold[at])) continue;
      let reached = 0;
      for (let i = 0; i < bins.length && (bins[i] as number) >= cut; i++) {
        reached += (weights[left[i] as number] as number) * (weights[right[i] as number] as number);
      }
      fmrAtThreshold[at] = total === 0 ? Number.NaN : reached / total;
    }
    return {
      thresholdAtRate,
      fnmrAtRate: thresholdAtRate.map((threshold) =>
        Number.isNaN(threshold) ? Number.NaN : missed(firstBinFrom(threshold)),
      ),
      fmrAtThreshold,
      fnmrAtThreshold: cuts.map(missed),
    };
  };
}

/** Weighted share of the mated scores below a bin. */
function missedBelow(bins: Uint16Array, owners: Uint32Array, weights: Float64Array): (bin: number) => number {
  let total = 0;
  for (const owner of owners) total += weights[owner] as number;
  return (bin) => {
    if (total === 0) return Number.NaN;
    let missed = 0;
    for (let i = bins.length - 1; i >= 0 && (bins[i] as number) < bin; i--)
      missed += weights[owners[i] as number] as number;
    return missed / total;
  };
}

/** The middle 95% of the values; NaN are left out, and too few values give NaN. */
export function percentileInterval(values: readonly number[], level = 0.95): Interval {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  if (sorted.length < values.length / 2 || sorted.length === 0) return [Number.NaN, Number.NaN];
  const at = (share: number): number => {
    const position = share * (sorted.length - 1);
    const below = sorted[Math.floor(position)] as number;
    const above = sorted[Math.ceil(position)] as number;
    return below + (position - Math.floor(position)) * (above - below);
  };
  return [at((1 - level) / 2), at((1 + level) / 2)];
}
