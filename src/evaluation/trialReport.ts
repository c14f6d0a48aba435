import type { CalibrationCurve } from '../comparison/calibration.js';
import type { NamedScore, TrialReport } from './report/report.js';
import { type Clustering, clusteredRates } from './statistics/intervals.js';
import { detCurve, equalErrorRate, leastErrors, supportedRates } from './statistics/rates.js';
import type { Comparisons } from './trials/comparisons.js';
import { type Cast, subjectsIn, type TrialSet } from './trials/trialSet.js';

const namedMost = 12;
const buckets = 80;

/** @param curve the calibration whose thresholds are tried on these comparisons */
export function trialReport(
  set: TrialSet,
  clustering: Clustering,
  curve?: CalibrationCurve | undefined,
): TrialReport {
  const { cast, mated, nonMated } = set;
  const { count } = nonMated.histogram;
  const stated = (curve?.thresholds ?? []).filter(
    ({ falseMatchRate }) => falseMatchRate * count >= leastErrors,
  );
  const { atRates, atThresholds } = clusteredRates(
    set,
    { falseMatchRates: supportedRates(count), thresholds: stated.map(({ threshold }) => threshold) },
    clustering,
  );
  const lowest = [...nonMated.histogram.filled()].at(-1)?.[0] ?? -1;
  // On a multiple of the plot's steps.
  const low = Math.floor(5 * Math.min(lowest, mated.scores.at(-1) ?? 1)) / 5;
  return {
    mated: mated.scores.length,
    nonMated: count,
    people: Math.max(subjectsIn(mated, cast), subjectsIn(nonMated.tail, cast)),
    atRates,
    atCalibration: atThresholds.map((at, i) => ({ ...at, falseMatchRate: stated[i]?.falseMatchRate ?? 0 })),
    equalErrorRate: equalErrorRate(set).rate,
    det: detCurve(set),
    histogram: {
      low,
      high: 1,
      mated: coarse(mated.scores, low),
      nonMated: nonMated.histogram.coarse(low, 1, buckets),
    },
    worstFalseMatches: named(nonMated.tail, cast, 'first'),
    worstFalseNonMatches: named(mated, cast, 'last'),
  };
}

function coarse(scores: Float32Array, low: number): number[] {
  const counts = new Array<number>(buckets).fill(0);
  for (const score of scores) {
    const at = Math.min(buckets - 1, Math.max(0, Math.floor(((score - low) / (1 - low)) * buckets)));
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
}

function named({ scores, left, right }: Comparisons, { photos }: Cast, from: 'first' | 'last'): NamedScore[] {
  const most = Math.min(namedMost, scores.length);
  return Array.from({ length: most }, (_, i) => {
    const at = from === 'first' ? i : scores.length - 1 - i;
    return {
      a: photos[left[at] as number] as string,
      b: photos[right[at] as number] as string,
      score: Number((scores[at] as number).toFixed(4)),
    };
  });
}
