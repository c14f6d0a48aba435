import type { CalibrationCurve } from '../comparison/calibration.js';
import { FacematchError } from '../errors.js';
import { accuracyAt, bestThreshold, foldedAccuracy, type ScoredPair } from './data/scoredPairs.js';
import type { ListReport } from './report/report.js';
import { type AtThreshold, type Clustering, clusteredRates, exactAt } from './statistics/intervals.js';
import { trialReport } from './trialReport.js';
import { independent, listTrials } from './trials/listTrials.js';

export interface ChosenThreshold {
  readonly threshold: number;
  readonly from: string;
}

/**
 * A list of pairs at one threshold: the best on a training list where there is one, else the calibration's.
 * Intervals are exact where no person occurs twice, else people are drawn and not pairs.
 *
 * @throws FacematchError `input-invalid` with neither
 */
export function listReport(
  { pairs, training }: { readonly pairs: readonly ScoredPair[]; readonly training: readonly ScoredPair[] },
  calibrated: ChosenThreshold | undefined,
  clustering: Clustering,
  curve: CalibrationCurve | undefined,
): ListReport {
  const chosen =
    training.length > 0
      ? { threshold: bestThreshold(training), from: 'best on the training list' }
      : calibrated;
  if (chosen === undefined) {
    throw new FacematchError(
      'input-invalid',
      'This model has no calibration yet: give a list to choose the threshold on with --train.',
    );
  }
  const { threshold, from } = chosen;
  const trials = listTrials(pairs);
  const exact = independent(trials);
  const at = exact
    ? exactAt(trials, threshold)
    : (clusteredRates(trials, { falseMatchRates: [], thresholds: [threshold] }, clustering)
        .atThresholds[0] as AtThreshold);
  return {
    pairs: pairs.length,
    withoutScore: pairs.filter(({ score }) => score === undefined).length,
    threshold,
    thresholdFrom: from,
    accuracy: accuracyAt(pairs, threshold),
    at,
    intervals: exact ? 'exact binomial' : 'subject-clustered bootstrap',
    folded: foldedAccuracy(pairs),
    trials: trialReport(trials, clustering, curve),
  };
}
