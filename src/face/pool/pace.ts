/** How much the newest batch counts: about the last twenty shape the mean. */
const weight = 0.1;

interface Run {
  readonly photos: number;
  readonly since: number;
}

/** How long photos take, learnt from the batches that ran, and so how long one that comes now will take. */
export class Pace {
  private readonly runs = new Set<Run>();
  private mean: number | undefined;

  /** @param now milliseconds on a monotonic clock */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Milliseconds a child spends on one photo; 0 before any ran. */
  get photoMs(): number {
    return this.mean ?? 0;
  }

  /** A batch begins; the function is called when it ends, and told whether its time is one to learn from. */
  begin(photos: number): (learn: boolean) => void {
    const run = { photos, since: this.now() };
    this.runs.add(run);
    return (learn) => {
      this.runs.delete(run);
      if (!learn) return;
      const each = (this.now() - run.since) / photos;
      this.mean = this.mean === undefined ? each : this.mean + weight * (each - this.mean);
    };
  }

  /** Milliseconds until a photo is read that has so many before it. */
  expectedMs(ahead: number, children: number): number {
    let work = (ahead + 1) * this.photoMs;
    for (const { photos, since } of this.runs) {
      // A batch past its time is one that hangs or met a hard photo: it may take as long again as it is late.
      work += Math.abs(photos * this.photoMs - (this.now() - since));
    }
    return work / Math.max(1, children);
  }

  /** Photos that one batch may hold to be done within so many milliseconds; at least one. */
  batchWithin(milliseconds: number): number {
    if (this.photoMs === 0) return Number.POSITIVE_INFINITY;
    return Math.max(1, Math.floor(milliseconds / this.photoMs));
  }
}
