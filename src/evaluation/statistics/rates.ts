import type { TrialSet } from '../trials/trialSet.js';

/**
 * Thirty errors: with fewer, the true rate lies further than 30% from the observed one more often than one time in
 * ten, even were all comparisons independent (the "rule of 30": Doddington et al., Speech Communication 31, 2000;
 * ISO/IEC 19795-1, annex on test size). So no rate is stated that fewer false matches stand behind.
 */
export const leastErrors = 30;

/** The powers of ten from 1e-1 down that `nonMated` comparisons support. */
export function supportedRates(nonMated: number, least = leastErrors): number[] {
  const rates: number[] = [];
  for (let power = 1; 10 ** -power * nonMated >= least; power++) rates.push(Number(`1e-${power}`));
  return rates;
}

/** Scores below `threshold` in a list sorted from the highest down. */
export function countBelow(descending: Float32Array, threshold: number): number {
  // Float32 rounds a score on the threshold down as often as up.
  const edge = threshold - 1e-7;
  let low = 0;
  let high = descending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((descending[middle] as number) >= edge) low = middle + 1;
    else high = middle;
  }
  let below = descending.length - low;
  // The list is sorted to a ten-thousandth only: look at the neighbours one by one.
  for (let i = low - 1; i >= 0 && (descending[i] as number) < edge + 2e-4; i--) {
    if ((descending[i] as number) < edge) below++;
  }
  for (let i = low; i < descending.length && (descending[i] as number) > edge - 2e-4; i++) {
    if ((descending[i] as number) >= edge) below--;
  }
  return below;
}

export interface ErrorCounts {
  readonly threshold: number;
  readonly falseMatches: number;
  readonly nonMated: number;
  readonly falseNonMatches: number;
  readonly mated: number;
}

/** Errors when scores from `threshold` up are taken for a match. */
export function errorsAt({ mated, nonMated }: TrialSet, threshold: number): ErrorCounts {
  return {
    threshold,
    falseMatches: nonMated.histogram.countFrom(threshold),
    nonMated: nonMated.histogram.count,
    falseNonMatches: countBelow(mated.scores, threshold),
    mated: mated.scores.length,
  };
}

export const shareOf = (errors: number, of: number): number => (of === 0 ? 0 : errors / of);

/** Points of the detection error trade-off: [FMR, FNMR], FMR falling from 1 to the last that `least` errors stand behind. */
export function detCurve(set: TrialSet, least = leastErrors, perDecade = 12): [number, number][] {
  const { histogram } = set.nonMated;
  const lowest = Math.min(1, least / histogram.count);
  const points: [number, number][] = [];
  for (let step = 0; 10 ** (-step / perDecade) >= lowest; step++) {
    const counts = errorsAt(set, histogram.thresholdFor(10 ** (-step / perDecade)));
    points.push([
      shareOf(counts.falseMatches, counts.nonMated),
      shareOf(counts.falseNonMatches, counts.mated),
    ]);
  }
  return points;
}

/** Where FMR and FNMR cross: their mean at the threshold at which they differ least. */
export function equalErrorRate(set: TrialSet): { rate: number; threshold: number } {
  const { mated, nonMated } = set;
  let best = { rate: 1, threshold: 1, gap: Number.POSITIVE_INFINITY };
  let above = 0;
  for (const [score, count] of nonMated.histogram.filled()) {
    above += count;
    const fmr = above / nonMated.histogram.count;
    const fnmr = shareOf(countBelow(mated.scores, score), mated.scores.length);
    const gap = Math.abs(fmr - fnmr);
    if (gap < best.gap) best = { rate: (fmr + fnmr) / 2, threshold: score, gap };
    if (fmr > fnmr && gap > best.gap + 0.05) break;
  }
  return { rate: best.rate, threshold: best.threshold };
}
