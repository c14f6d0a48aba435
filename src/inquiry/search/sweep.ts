import { setImmediate as nextTurn } from 'node:timers/promises';
import * as ort from '../../onnxRuntime.js';
import type { Int8Rows } from './int8Rows.js';
import { tile, tileGraph, tileTensors } from './tileGraph.js';
import { type RowPair, TopPairs } from './topPairs.js';

/** Where a sweep goes on. */
export interface SweepStart {
  /** The rows before it were compared with one another. */
  readonly column: number;
  readonly compared: number;
  readonly pairs: readonly RowPair[];
}

/** How far a sweep has come. */
export interface SweepStrip extends Omit<SweepStart, 'pairs'> {
  readonly top: TopPairs;
}

export interface SweepResult {
  readonly top: TopPairs;
  readonly compared: number;
}

const beginning: SweepStart = { column: 0, compared: 0, pairs: [] };

/**
 * Every row against every other one, in tiles; pairs of one holder are left out. On one thread: the other cores are the
 * service's.
 *
 * @param floor lowest cosine of a pair's int8 numbers, above 0
 * @param from of an earlier sweep of these rows
 * @param onStrip told after each strip of tiles
 */
export async function sweep(
  rows: Int8Rows,
  {
    floor,
    most,
    from = beginning,
  }: { readonly floor: number; readonly most: number; readonly from?: SweepStart | undefined },
  onStrip: (strip: SweepStrip) => void,
): Promise<SweepResult> {
  const session = await ort.InferenceSession.create(tileGraph(rows.width), {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const top = new TopPairs(most, floor);
  for (const pair of from.pairs) top.offer(pair);
  const right = new RightTile(rows);
  const left = new LeftTile(rows);
  let { compared } = from;
  for (let { column } = from; column < rows.count; column += tile.columns) {
    right.take(column);
    const columnEnd = Math.min(column + tile.columns, rows.count);
    for (let row = 0; row < columnEnd; row += tile.rows) {
      left.take(row);
      const { [tileTensors.highest]: highest } = await session.run({
        [tileTensors.left]: left.tensor,
        [tileTensors.right]: right.tensor,
        [tileTensors.scale]: right.scale,
      });
      collect(rows, { row, column, columnEnd }, highest?.data as Float32Array, top);
      compared += pairsIn(row, Math.min(row + tile.rows, rows.count), column, columnEnd);
      await nextTurn();
    }
    onStrip({ column: columnEnd, compared, top });
  }
  await session.release();
  return { top, compared };
}

/** Looks closer where the highest product of a row with a group of columns may be one to keep. */
function collect(
  rows: Int8Rows,
  { row, column, columnEnd }: { row: number; column: number; columnEnd: number },
  highest: Float32Array,
  top: TopPairs,
): void {
  const groups = tile.columns / tile.group;
  const rowEnd = Math.min(row + tile.rows, rows.count);
  for (let a = row; a < rowEnd; a++) {
    const least = (top.floor - rounding) * rows.norm(a);
    for (let group = 0; group < groups; group++) {
      if (!((highest[(a - row) * groups + group] as number) >= least)) continue;
      const first = column + group * tile.group;
      for (let b = Math.max(first, a + 1); b < Math.min(first + tile.group, columnEnd); b++) {
        if (!rows.sameHolder(a, b)) top.offer({ a, b, near: rows.cosine(a, b) });
      }
    }
  }
}

/** By this much a tile's product may be below the cosine of the int8 numbers, as its right side has 7 bits. */
const rounding = 0.01;

/** Pairs `a < b` with `a` from `row` and `b` from `column` on. */
export function pairsIn(row: number, rowEnd: number, column: number, columnEnd: number): number {
  let pairs = 0;
  for (let a = row; a < rowEnd; a++) pairs += Math.max(0, columnEnd - Math.max(column, a + 1));
  return pairs;
}

/** Rows of the left side as uint8; beyond the last row, rows of nothing. */
class LeftTile {
  readonly #values: Uint8Array;
  readonly tensor: ort.Tensor;

  constructor(readonly rows: Int8Rows) {
    this.#values = new Uint8Array(tile.rows * rows.width);
    this.tensor = new ort.Tensor('uint8', this.#values, [tile.rows, rows.width]);
  }

  take(first: number): void {
    const { rows } = this;
    const width = rows.width;
    const count = Math.min(tile.rows, rows.count - first);
    for (let i = 0; i < count; i++) {
      const row = rows.row(first + i);
      for (let k = 0; k < width; k++) this.#values[i * width + k] = (row[k] as number) + 128;
    }
    this.#values.fill(128, count * width);
  }
}

/**
 * Columns of the right side, halved to 7 bits: the instructions of processors before AVX-512 VNNI add two products of
 * uint8 and int8 in 16 bits, and would cut off 2 × 255 × 127 but not 2 × 255 × 64.
 */
class RightTile {
  readonly #values: Int8Array;
  readonly #scale = new Float32Array(tile.columns);
  readonly tensor: ort.Tensor;
  readonly scale: ort.Tensor;

  constructor(readonly rows: Int8Rows) {
    this.#values = new Int8Array(rows.width * tile.columns);
    this.tensor = new ort.Tensor('int8', this.#values, [rows.width, tile.columns]);
    this.scale = new ort.Tensor('float32', this.#scale, [tile.columns]);
  }

  take(first: number): void {
    const { rows } = this;
    const width = rows.width;
    const count = Math.min(tile.columns, rows.count - first);
    this.#scale.fill(0);
    for (let i = 0; i < count; i++) {
      const row = rows.row(first + i);
      let squares = 0;
      for (let k = 0; k < width; k++) {
        const value = (row[k] as number) >> 1;
        const rounded = value + ((row[k] as number) & 1 & (value & 1));
        this.#values[k * tile.columns + i] = rounded;
        squares += rounded * rounded;
      }
      this.#scale[i] = 1 / Math.sqrt(squares);
    }
  }
}
