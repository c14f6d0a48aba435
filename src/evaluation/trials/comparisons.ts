import { binOf } from '../statistics/histogram.js';

/** Scored comparisons in columns: millions fit. */
export interface Comparisons {
  readonly scores: Float32Array;
  /** Index of the photo on either side. */
  readonly left: Uint32Array;
  readonly right: Uint32Array;
}

export class ComparisonList {
  private scores = new Float32Array(1024);
  private left = new Uint32Array(1024);
  private right = new Uint32Array(1024);
  private used = 0;

  get length(): number {
    return this.used;
  }

  add(score: number, left: number, right: number): void {
    if (this.used === this.scores.length) this.grow();
    this.scores[this.used] = score;
    this.left[this.used] = left;
    this.right[this.used] = right;
    this.used++;
  }

  /** Highest score first, to the ten-thousandth that all rates are read at. */
  sorted(): Comparisons {
    const order = descending(this.scores.subarray(0, this.used));
    const pick = <T extends Float32Array | Uint32Array>(from: T, to: T): T => {
      for (let i = 0; i < order.length; i++) to[i] = from[order[i] as number] as number;
      return to;
    };
    return {
      scores: pick(this.scores, new Float32Array(this.used)),
      left: pick(this.left, new Uint32Array(this.used)),
      right: pick(this.right, new Uint32Array(this.used)),
    };
  }

  private grow(): void {
    const size = 2 * this.scores.length;
    const scores = new Float32Array(size);
    const left = new Uint32Array(size);
    const right = new Uint32Array(size);
    scores.set(this.scores);
    left.set(this.left);
    right.set(this.right);
    Object.assign(this, { scores, left, right });
  }
}

/** Indices in the order of falling scores: a counting sort over the bins, stable. */
function descending(scores: Float32Array): Uint32Array {
  const starts = new Uint32Array(binOf(1) + 2);
  const top = binOf(1);
  for (const score of scores) {
    const at = top - binOf(score) + 1;
    starts[at] = (starts[at] as number) + 1;
  }
  for (let i = 1; i < starts.length; i++) starts[i] = (starts[i] as number) + (starts[i - 1] as number);
  const order = new Uint32Array(scores.length);
  for (let i = 0; i < scores.length; i++) {
    const at = top - binOf(scores[i] as number);
    const place = starts[at] as number;
    order[place] = i;
    starts[at] = place + 1;
  }
  return order;
}
