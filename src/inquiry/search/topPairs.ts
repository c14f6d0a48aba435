/** Two rows and the cosine of their int8 numbers. */
export interface RowPair {
  readonly a: number;
  readonly b: number;
  readonly near: number;
}

/** The highest pairs of all that are offered, in bounded memory. */
export class TopPairs {
  #kept: RowPair[] = [];
  #floor: number;

  constructor(
    readonly most: number,
    floor: number,
  ) {
    this.#floor = floor;
  }

  /** What a pair must reach to be kept: the floor, or higher once as many as wanted are above. */
  get floor(): number {
    return this.#floor;
  }

  offer(pair: RowPair): void {
    if (!(pair.near >= this.#floor)) return;
    this.#kept.push(pair);
    if (this.#kept.length >= 2 * this.most) this.#cut();
  }

  /** Highest first. */
  highest(): RowPair[] {
    this.#cut();
    return [...this.#kept];
  }

  #cut(): void {
    this.#kept.sort((x, y) => y.near - x.near);
    if (this.#kept.length < this.most) return;
    this.#kept.length = this.most;
    this.#floor = (this.#kept[this.most - 1] as RowPair).near;
  }
}
