import { comparisonScore } from '../../comparison/scores.js';
import type { Embedding } from '../../face/types.js';
import type { EmbeddingBlocks } from '../../store/embeddingBlocks.js';
import type { SweepPlace } from './messages.js';
import type { SearchProcess, SweepWatcher } from './searchProcess.js';

export interface ScoredDocument {
  readonly documentId: string;
  readonly holderId: string;
  /** As a comparison of the two would give it. */
  readonly score: number;
}

export interface ScoredPair {
  readonly a: ScoredDocument;
  readonly b: ScoredDocument;
  readonly score: number;
}

/** The first by int8 that are scored in float32, read anew: what was destroyed since is not among them. */
export const rescored = 100;

/** The documents most like the probe, each with its score, highest first. */
export async function scoredNearest(
  search: SearchProcess,
  store: { readonly embeddingBlocks: EmbeddingBlocks },
  { model, probe }: { readonly model: string; readonly probe: Embedding },
): Promise<{ readonly found: ScoredDocument[]; readonly ms: number }> {
  const { found: near, ms } = await search.nearest(probe, rescored);
  const embeddings = await store.embeddingBlocks.some(
    model,
    near.map(({ id }) => id),
  );
  const found = embeddings.map(({ id, holderId, vector }) => ({
    documentId: id,
    holderId,
    score: comparisonScore(probe, vector),
  }));
  return { found: found.sort((a, b) => b.score - a.score), ms };
}

/** What int8 may take from a score at most, with much to spare: pairs this far below the floor are scored too. */
const int8Margin = 0.01;

export interface AskedPairs {
  readonly model: string;
  /** Lowest score. */
  readonly floor: number;
  /** Pairs that are looked at in float32. */
  readonly most: number;
  /** Where an earlier process left off. */
  readonly from?: SweepPlace | undefined;
  readonly checkpointMs?: number | undefined;
}

/** Pairs of documents of different holders, each with its score, highest first. */
export async function scoredPairs(
  search: SearchProcess,
  store: { readonly embeddingBlocks: EmbeddingBlocks },
  { model, floor, ...asked }: AskedPairs,
  watcher?: SweepWatcher,
): Promise<{ readonly found: ScoredPair[]; readonly compared: number }> {
  const answer = await search.sweep({ ...asked, floor: floor - int8Margin }, watcher);
  const ids = [...new Set(answer.found.flatMap(({ a, b }) => [a, b]))];
  const embeddings = new Map(
    (await store.embeddingBlocks.some(model, ids)).map((embedding) => [embedding.id, embedding]),
  );
  const found = answer.found.flatMap(({ a, b }): ScoredPair[] => {
    const [left, right] = [embeddings.get(a), embeddings.get(b)];
    if (left === undefined || right === undefined || left.holderId === right.holderId) return [];
    const score = comparisonScore(left.vector, right.vector);
    const documentOf = ({ id, holderId }: typeof left) => ({ documentId: id, holderId, score });
    return score >= floor ? [{ a: documentOf(left), b: documentOf(right), score }] : [];
  });
  return {
    found: found.sort((x, y) => y.score - x.score),
    compared: answer.compared,
  };
}
