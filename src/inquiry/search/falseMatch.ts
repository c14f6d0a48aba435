import { type CalibrationCurve, falseMatchRate } from '../../comparison/calibration.js';

/** A false match rate, and whether it lies beyond the scores that the calibration's data reaches. */
export interface ContinuedRate {
  readonly falseMatchRate: number;
  readonly extrapolated: boolean;
}

/** Natural logarithm of the rate as a straight line over the last decade of the curve. */
interface Continuation {
  readonly score: number;
  readonly logRate: number;
  /** Per unit of score; negative. */
  readonly slope: number;
}

/**
 * How often two different people reach `score` or more. A store of a million makes half a million million pairs, and no
 * calibration has so many: beyond its data the curve goes on as the straight line, in the logarithm of the rate, through
 * its last decade. The curves bend downwards (0.092, 0.076 and 0.064 of score for the decades from 1 in 100 on,
 * `mobilefacenet-512`), so the line states too high a rate rather than too low a one, as far as the data's people go:
 * twins and mistaken labels are not in it.
 */
export function continuedRate(curve: CalibrationCurve, score: number): ContinuedRate {
  const end = continuation(curve);
  if (score <= end.score)
    return { falseMatchRate: falseMatchRate(curve, score).falseMatchRate, extrapolated: false };
  const rate = Math.exp(end.logRate + end.slope * (score - end.score));
  return { falseMatchRate: Math.max(rate, Number.MIN_VALUE), extrapolated: true };
}

/** The lowest score whose rate is at most `rate`, by {@link continuedRate}; 1 where none is. */
export function continuedScore(curve: CalibrationCurve, rate: number): number {
  let [low, high] = [-1, 1];
  if (continuedRate(curve, high).falseMatchRate > rate) return 1;
  // The curve is monotone: forty halvings are exact to a millionth of a millionth.
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (continuedRate(curve, middle).falseMatchRate <= rate) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * The chance that at least one of so many comparisons of different people reaches a score that one reaches with `rate`:
 * 1 - (1 - rate)^comparisons.
 */
export function rateAmong(rate: number, comparisons: number): number {
  return -Math.expm1(comparisons * Math.log1p(-rate));
}

/** The rate of one comparison for which {@link rateAmong} so many gives `rate`. */
export function rateForOne(rate: number, comparisons: number): number {
  return comparisons <= 1 ? rate : -Math.expm1(Math.log1p(-rate) / comparisons);
}

function continuation({ points }: CalibrationCurve): Continuation {
  const [score, rate] = points[points.length - 1] as [number, number];
  const before = points.findLast(([, earlier]) => earlier >= 10 * rate) ?? (points[0] as [number, number]);
  const logRate = Math.log(rate);
  return { score, logRate, slope: (logRate - Math.log(before[1])) / (score - before[0]) };
}
