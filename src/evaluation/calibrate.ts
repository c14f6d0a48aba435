import type { Clock } from '../clock.js';
import {
  type CalibrationCurve,
  type CalibrationFile,
  calibrationHash,
  operatingPoints,
  thresholdAt,
} from '../comparison/calibration.js';
import { FacematchError } from '../errors.js';
import { identityOf } from './data/pairs.js';
import { type Acquired, embeddedOf } from './embedding/embeddings.js';
import { ScoreHistogram } from './statistics/histogram.js';
import { clusteredRates } from './statistics/intervals.js';
import { fitParetoTail, tailScore } from './statistics/paretoTail.js';
import type { Random } from './statistics/random.js';
import { leastErrors } from './statistics/rates.js';
import { crossTrials } from './trials/crossTrials.js';
import { fusedTrials, fusionRules, referenceTrials } from './trials/referenceTrials.js';
import type { NonMated, TrialSet } from './trials/trialSet.js';

export interface CalibrationSubject {
  readonly model: string;
  readonly pipeline: readonly string[];
  readonly data: { readonly name: string; readonly sha256: string };
  readonly command: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly replicates: number;
}

/**
 * Makes a model's calibration from all cross pairs of the photos; identity is the folder name.
 *
 * @throws FacematchError `input-invalid` with too few photos to state a rate
 */
export function calibrate(
  acquired: ReadonlyMap<string, Acquired>,
  { model, pipeline, data, command, clock, random, replicates }: CalibrationSubject,
): CalibrationFile {
  const embedded = embeddedOf(acquired);
  const curve = (set: TrialSet): CalibrationCurve => curveOf(set, { random, replicates });
  const content = {
    model,
    pipeline: [...pipeline],
    data: {
      name: data.name,
      photos: acquired.size,
      identities: new Set([...embedded.keys()].map(identityOf)).size,
      failuresToAcquire: acquired.size - embedded.size,
      sha256: data.sha256,
    },
    made: clock().toISOString().slice(0, 10),
    command,
    single: curve(crossTrials(embedded, { random })),
    fused: curve(fusedTrials(referenceTrials(embedded), fusionRules['normalised-sum'])),
  };
  return { ...content, sha256: calibrationHash(content) };
}

/** Points of the curve for each factor of ten in the rate. */
const pointsPerDecade = 10;

function curveOf(set: TrialSet, clustering: { random: Random; replicates: number }): CalibrationCurve {
  const { mated, nonMated } = set;
  const { count } = nonMated.histogram;
  if (count < 100 * leastErrors) {
    throw new FacematchError(
      'input-invalid',
      'These photos give too few non-mated comparisons to calibrate with.',
      {
        nonMated: count,
        least: 100 * leastErrors,
      },
    );
  }
  const points = pointsOf(nonMated);
  const distribution = distributionOf(set);
  const curve: CalibrationCurve = {
    ...{ nonMated: count, mated: mated.scores.length, points, distribution },
    thresholds: [],
  };
  const thresholds = operatingPoints
    .filter((rate) => rate * count >= leastErrors)
    .map((rate) => rounded(thresholdAt(curve, rate)));
  const { atThresholds } = clusteredRates(set, { falseMatchRates: [], thresholds }, clustering);
  atThresholds.forEach(({ threshold, falseMatch, falseNonMatch }, i) => {
    curve.thresholds.push({
      falseMatchRate: operatingPoints[i] as number,
      threshold,
      falseNonMatchRate: precise(falseNonMatch.rate),
      falseMatches: falseMatch.errors,
      interval: [precise(falseMatch.interval[0]), precise(falseMatch.interval[1])],
      falseNonMatchInterval: [precise(falseNonMatch.interval[0]), precise(falseNonMatch.interval[1])],
    });
  });
  return curve;
}

/** Scores lie between -1 and 1; a hundred steps are as fine as a drawing shows. */
const steps = 100;

function distributionOf({ mated, nonMated }: TrialSet): NonNullable<CalibrationCurve['distribution']> {
  const matedScores = new ScoreHistogram();
  for (const score of mated.scores) matedScores.add(score);
  const counts = (histogram: ScoreHistogram) => histogram.coarse(-1, 1, steps);
  return { low: -1, high: 1, mated: counts(matedScores), nonMated: counts(nonMated.histogram) };
}

/**
 * [score, rate] with falling rates. Where thousands of comparisons lie above a score their share is the rate. Beyond,
 * where single people and wrong labels make a staircase of it, a Pareto tail fitted to the last thousands smooths
 * it, and it ends where fewer than `leastErrors` comparisons were seen: smoothing is no data.
 */
function pointsOf({ histogram, tail }: NonMated): CalibrationCurve['points'] {
  const { count } = histogram;
  const joint = Math.min(0.1, Math.max(1e-3, 1000 / count));
  const start = histogram.thresholdFor(joint);
  const excesses = tail.scores
    .filter((score) => score >= start)
    .sort()
    .reverse();
  const pareto = fitParetoTail(excesses, start, count);
  const points: CalibrationCurve['points'] = [];
  const add = (score: number, rate: number): void => {
    const before = points[points.length - 1];
    const at = rounded(Math.min(1, score));
    if (before === undefined || (at > before[0] && rate < before[1]))
      points.push([at, Number(rate.toPrecision(6))]);
  };
  const lowest = leastErrors / count;
  for (let step = 0; ; step++) {
    const rate = 10 ** (-step / pointsPerDecade);
    if (rate <= joint * 1.0001) break;
    const score = histogram.thresholdFor(rate);
    add(score, histogram.shareFrom(score));
  }
  add(start, pareto.share);
  for (let step = 1; ; step++) {
    const rate = Math.max(lowest, pareto.share * 10 ** (-step / pointsPerDecade));
    add(tailScore(pareto, rate), rate);
    if (rate === lowest) return points;
  }
}

const rounded = (score: number): number => Number(score.toFixed(4));
const precise = (rate: number): number => Number(rate.toPrecision(4));
