/**
 * A generalised Pareto distribution over the highest scores: above a high threshold the excesses of almost any
 * distribution come to follow one (Pickands, Annals of Statistics 3, 1975). Two numbers instead of a staircase.
 */
export interface ParetoTail {
  readonly threshold: number;
  /** Share of all scores above the threshold. */
  readonly share: number;
  readonly scale: number;
  /** Hosking and Wallis's k: positive where the scores have an upper end. */
  readonly shape: number;
}

/**
 * Fits by probability-weighted moments (Hosking and Wallis, Technometrics 29, 1987): closed form, and steadier than
 * maximum likelihood with few scores.
 *
 * @param descending the scores above the threshold, highest first
 */
export function fitParetoTail(
  descending: readonly number[] | Float32Array,
  threshold: number,
  total: number,
): ParetoTail {
  const n = descending.length;
  let first = 0;
  let second = 0;
  for (let i = 0; i < n; i++) {
    const excess = (descending[i] as number) - threshold;
    first += excess / n;
    // Share of the scores above this one.
    second += (excess * (i + 0.65)) / n / n;
  }
  const shape = first / (first - 2 * second) - 2;
  return { threshold, share: n / total, shape, scale: (2 * first * second) / (first - 2 * second) };
}

/** Share of all scores at `score` or higher. */
export function tailShare({ threshold, share, scale, shape }: ParetoTail, score: number): number {
  const x = (score - threshold) / scale;
  if (Math.abs(shape) < 1e-9) return share * Math.exp(-x);
  return share * Math.max(0, 1 - shape * x) ** (1 / shape);
}

/** The score that a share `rate` of all scores reaches. */
export function tailScore({ threshold, share, scale, shape }: ParetoTail, rate: number): number {
  const ratio = rate / share;
  return Math.abs(shape) < 1e-9
    ? threshold - scale * Math.log(ratio)
    : threshold + (scale * (1 - ratio ** shape)) / shape;
}
