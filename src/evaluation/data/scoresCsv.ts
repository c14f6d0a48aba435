import { stringify } from 'csv-stringify/sync';
import type { ScoredPair } from './scoredPairs.js';

/** Columns a,b,mated,score in the order of the list; the score is empty where a photo gave no embedding. */
export function scoresCsv(scored: readonly ScoredPair[]): string {
  const rows = scored.map(({ a, b, mated, score }) => ({
    a,
    b,
    mated: mated ? 1 : 0,
    score: score?.toFixed(6) ?? '',
  }));
  return stringify(rows, { header: true, columns: ['a', 'b', 'mated', 'score'] });
}
