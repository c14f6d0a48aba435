import { FacematchError } from '../../errors.js';
import { uuidBytes, uuidText } from '../../ids.js';

/** Rows in one piece of memory: the store grows by this much, and no array outgrows what a typed array may hold. */
const segmentRows = 65_536;

/** Up to {@link segmentRows} rows one after the other, from the beginning of their memory. */
export interface Segment {
  readonly first: number;
  readonly values: Int8Array;
  rows: number;
}

/**
 * Embeddings as int8, each scaled so that its largest number becomes 127, with the ids of document and holder: 516 + 32
 * bytes for 512 numbers. Of an embedding's length of 1 a step is 0.0013 at most (largest number 0.17), so the cosine of
 * two of them is within 0.003 of the score.
 */
export class Int8Rows {
  readonly segments: Segment[] = [];
  #norms = new Float32Array(segmentRows);
  #ids = new Uint8Array(32 * segmentRows);
  #count = 0;

  /** @param width numbers in an embedding */
  constructor(readonly width: number) {}

  get count(): number {
    return this.#count;
  }

  /** @throws FacematchError `integrity-failure` for another width, or numbers that are no direction */
  add(id: string, holderId: string, vector: Float32Array): void {
    if (vector.length !== this.width) {
      throw new FacematchError(
        'integrity-failure',
        'A stored embedding has another length than the others.',
        {
          record: id,
          length: vector.length,
        },
      );
    }
    const row = this.#count;
    const at = row % segmentRows;
    if (at === 0) this.#grow();
    const segment = this.segments[this.segments.length - 1] as Segment;
    const values = segment.values.subarray(at * this.width, (at + 1) * this.width);
    const norm = quantise(vector, values);
    if (norm === 0) {
      throw new FacematchError('integrity-failure', 'A stored embedding is no direction.', { record: id });
    }
    this.#norms[row] = norm;
    this.#ids.set(uuidBytes(id), 32 * row);
    this.#ids.set(uuidBytes(holderId), 32 * row + 16);
    segment.rows++;
    this.#count++;
  }

  /** Euclidean length of a row's int8 numbers. */
  norm(row: number): number {
    return this.#norms[row] as number;
  }

  id(row: number): string {
    return uuidText(this.#ids.subarray(32 * row, 32 * row + 16));
  }

  /**
   * The first row whose id comes after this one: how many come before it or are it. Rows were added in the order of
   * their ids.
   */
  rowsUpTo(id: string): number {
    const wanted = uuidBytes(id);
    let [low, high] = [0, this.#count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (Buffer.compare(this.#ids.subarray(32 * middle, 32 * middle + 16), wanted) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** As {@link rowsUpTo} of ids in order. @returns undefined where there is no such row. */
  rowOf(id: string): number | undefined {
    const row = this.rowsUpTo(id) - 1;
    return row >= 0 && this.id(row) === id ? row : undefined;
  }

  sameHolder(a: number, b: number): boolean {
    for (let k = 16; k < 32; k++) if (this.#ids[32 * a + k] !== this.#ids[32 * b + k]) return false;
    return true;
  }

  /** The row's numbers, in place. */
  row(row: number): Int8Array {
    const { values } = this.segments[Math.floor(row / segmentRows)] as Segment;
    const at = (row % segmentRows) * this.width;
    return values.subarray(at, at + this.width);
  }

  /** Cosine of two rows. */
  cosine(a: number, b: number): number {
    const [x, y] = [this.row(a), this.row(b)];
    let sum = 0;
    for (let k = 0; k < x.length; k++) sum += (x[k] as number) * (y[k] as number);
    return sum / (this.norm(a) * this.norm(b));
  }

  #grow(): void {
    this.segments.push({ first: this.#count, values: new Int8Array(segmentRows * this.width), rows: 0 });
    if (this.#count < this.#norms.length) return;
    this.#norms = grown(this.#norms, new Float32Array(this.#norms.length * 2));
    this.#ids = grown(this.#ids, new Uint8Array(this.#ids.length * 2));
  }
}

/**
 * The nearest whole numbers from -127 to 127 of the direction of `vector`.
 *
 * @returns their Euclidean length; 0 where the vector has a number that is not finite, or no length.
 */
export function quantise(vector: Float32Array, into: Int8Array): number {
  let largest = 0;
  let sum = 0;
  for (let k = 0; k < vector.length; k++) {
    const value = vector[k] as number;
    sum += value;
    const size = Math.abs(value);
    if (size > largest) largest = size;
  }
  if (!Number.isFinite(sum) || !(largest > 0)) return 0;
  const scale = 127 / largest;
  let squares = 0;
  for (let k = 0; k < vector.length; k++) {
    const value = Math.round((vector[k] as number) * scale);
    into[k] = value;
    squares += value * value;
  }
  return Math.sqrt(squares);
}

function grown<T extends Float32Array | Uint8Array>(from: T, into: T): T {
  into.set(from);
  return into;
}
