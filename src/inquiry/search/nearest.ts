import { exactSearch, type Matches, MetricKind } from 'usearch';
import { type Int8Rows, quantise } from './int8Rows.js';

/** A row and the cosine of its int8 numbers with the probe's. */
export interface NearRow {
  readonly row: number;
  readonly near: number;
}

/**
 * The rows nearest to the probe, highest first: every row is looked at. By usearch, which reads int8 as fast as memory
 * gives it (docs/performance.md); its binding takes an array's memory from the beginning, so segments begin there.
 *
 * @param most how many; fewer where there are fewer rows
 */
export function nearestRows(rows: Int8Rows, probe: Float32Array, most: number): NearRow[] {
  const query = new Int8Array(rows.width);
  if (probe.length !== rows.width || quantise(probe, query) === 0) return [];
  const found: NearRow[] = [];
  for (const { first, values, rows: count } of rows.segments) {
    const wanted = Math.min(most, count);
    const filled = values.subarray(0, count * rows.width);
    const { keys, distances } = exactSearch(filled, query, rows.width, wanted, MetricKind.Cos, 1) as Matches;
    for (const [i, key] of keys.entries()) {
      found.push({ row: first + Number(key), near: 1 - (distances[i] as number) });
    }
  }
  return found.sort((a, b) => b.near - a.near).slice(0, most);
}
