/** Bins of 1/10,000 over the scores from -1 to 1: finer than any difference that matters to a decision. */
const binsPerUnit = 10_000;
const bins = 2 * binsPerUnit + 1;

/** Counts scores so that millions of them need no memory; every read is exact to a ten-thousandth. */
export class ScoreHistogram {
  private readonly counts = new Float64Array(bins);
  private total = 0;

  add(score: number): void {
    const bin = Math.floor((score + 1) * binsPerUnit);
    const at = Math.min(bins - 1, Math.max(0, bin));
    this.counts[at] = (this.counts[at] as number) + 1;
    this.total++;
  }

  get count(): number {
    return this.total;
  }

  /** Share of the scores at `score` or higher (of its bin or a higher one). */
  shareFrom(score: number): number {
    let above = 0;
    for (let bin = Math.max(0, Math.floor((score + 1) * binsPerUnit + 1e-6)); bin < bins; bin++) {
      above += this.counts[bin] as number;
    }
    return this.total === 0 ? 0 : above / this.total;
  }

  /**
   * [score, share at it or higher] from the lowest score up, one point for each tenth of a decade of the share and
   * none beyond `leastCount` scores: what fewer scores say is no rate but chance.
   */
  tail(leastCount: number): [number, number][] {
    const points: [number, number][] = [];
    let above = 0;
    let level = leastCount / this.total;
    for (let bin = bins - 1; bin >= 0; bin--) {
      above += this.counts[bin] as number;
      const share = above / this.total;
      if (above < leastCount || share < level) continue;
      points.push([bin / binsPerUnit - 1, share]);
      while (level <= share) level *= 10 ** 0.1;
    }
    const lowest = points[points.length - 1];
    if (lowest !== undefined && lowest[1] < 1) points.push([Math.max(-1, lowest[0] - 1 / binsPerUnit), 1]);
    return points.reverse();
  }
}
