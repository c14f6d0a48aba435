/** Middle value; the mean of the two middle ones of an even count. */
export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

/** Linear interpolation between the order statistics (Hyndman and Fan, type 7). */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  if (sorted.length === 0) return Number.NaN;
  const place = (sorted.length - 1) * share;
  const low = Math.floor(place);
  const below = sorted[low] as number;
  const above = sorted[Math.min(low + 1, sorted.length - 1)] as number;
  return below + (place - low) * (above - below);
}

/** Rounded for people: three figures. */
export const rounded = (value: number): number => Number(value.toPrecision(3));

export function spread(samples: readonly number[]): { median: number; p95: number } {
  return { median: rounded(median(samples)), p95: rounded(quantile(samples, 0.95)) };
}
