/** Bins of 1/10,000 over the scores from -1 to 1: finer than any difference that matters to a decision. */
const binsPerUnit = 10_000;
const bins = 2 * binsPerUnit + 1;

export function binOf(score: number): number {
  return Math.min(bins - 1, Math.max(0, Math.floor((score + 1) * binsPerUnit)));
}

/** The lowest score of a bin. */
export function scoreOf(bin: number): number {
  return bin / binsPerUnit - 1;
}

/** The lowest bin whose scores all reach `score`. */
export function firstBinFrom(score: number): number {
  return Math.min(bins, Math.max(0, Math.ceil((score + 1) * binsPerUnit - 1e-6)));
}

/** Counts scores, so that millions of them need no memory; every read is exact to a ten-thousandth. */
export class ScoreHistogram {
  private readonly counts = new Float64Array(bins);
  private total = 0;

  add(score: number): void {
    const bin = binOf(score);
    this.counts[bin] = (this.counts[bin] as number) + 1;
    this.total++;
  }

  get count(): number {
    return this.total;
  }

  /** Scores at `score` or higher (of the first bin that lies wholly at or above it, and of higher ones). */
  countFrom(score: number): number {
    let above = 0;
    for (let bin = firstBinFrom(score); bin < bins; bin++) above += this.counts[bin] as number;
    return above;
  }

  shareFrom(score: number): number {
    return this.total === 0 ? 0 : this.countFrom(score) / this.total;
  }

  /** The lowest bin edge that at most a share `rate` of the scores reaches. */
  thresholdFor(rate: number): number {
    let above = 0;
    for (let bin = bins - 1; bin >= 0; bin--) {
      above += this.counts[bin] as number;
      if (above > rate * this.total) return scoreOf(bin + 1);
    }
    return -1;
  }

  /** [lowest score of the bin, count] of the bins that hold any, from the highest down. */
  *filled(): Generator<readonly [number, number]> {
    for (let bin = bins - 1; bin >= 0; bin--) {
      const count = this.counts[bin] as number;
      if (count > 0) yield [scoreOf(bin), count];
    }
  }

  /** Counts in `buckets` equal steps from `low` to `high`; what lies outside goes to the outermost. */
  coarse(low: number, high: number, buckets: number): number[] {
    const counts = new Array<number>(buckets).fill(0);
    for (const [score, count] of this.filled()) {
      const bucket = Math.floor(((score + 0.5 / binsPerUnit - low) / (high - low)) * buckets);
      const at = Math.min(buckets - 1, Math.max(0, bucket));
      counts[at] = (counts[at] ?? 0) + count;
    }
    return counts;
  }
}
