import { fuse } from '../comparison/scores.js';
import type { Embedding } from '../face/types.js';
import { ScoreHistogram } from './histogram.js';
import { identityOf } from './pairs.js';

/** Scores of mated comparisons one by one (they are few), of non-mated ones counted. */
export interface Trials {
  readonly mated: number[];
  readonly nonMated: ScoreHistogram;
}

/** No more disjoint reference pairs than this for one identity, so that one much-photographed person does not weigh most. */
const pairsPerIdentity = 5;

/** Every photo against every other: mated where both have the same identity (folder name). */
export function crossTrials(embedded: ReadonlyMap<string, Embedding>): Trials {
  const photos = [...embedded.keys()];
  const identities = photos.map(identityOf);
  const matrix = pack(photos.map((photo) => embedded.get(photo) as Embedding));
  const trials: Trials = { mated: [], nonMated: new ScoreHistogram() };
  for (let i = 0; i < photos.length; i++) {
    for (let j = i + 1; j < photos.length; j++) {
      const score = dot(matrix, i, matrix, j);
      if (identities[i] === identities[j]) trials.mated.push(score);
      else trials.nonMated.add(score);
    }
  }
  return trials;
}

/**
 * One probe against the normalised sum of two references of one identity: each identity gives up to five disjoint
 * pairs of references; every other photo is the probe once, mated where it shows the same identity.
 */
export function fusedTrials(embedded: ReadonlyMap<string, Embedding>): Trials {
  const photos = [...embedded.keys()];
  const identities = photos.map(identityOf);
  const matrix = pack(photos.map((photo) => embedded.get(photo) as Embedding));
  const trials: Trials = { mated: [], nonMated: new ScoreHistogram() };
  for (const pair of referencePairs(photos)) {
    const fused = pack([fuse(embedded.get(pair[0]) as Embedding, embedded.get(pair[1]) as Embedding)]);
    const identity = identityOf(pair[0]);
    for (let i = 0; i < photos.length; i++) {
      if (photos[i] === pair[0] || photos[i] === pair[1]) continue;
      const score = dot(matrix, i, fused, 0);
      if (identities[i] === identity) trials.mated.push(score);
      else trials.nonMated.add(score);
    }
  }
  return trials;
}

function referencePairs(photos: readonly string[]): [string, string][] {
  const byIdentity = new Map<string, string[]>();
  for (const photo of photos) {
    const identity = identityOf(photo);
    byIdentity.set(identity, [...(byIdentity.get(identity) ?? []), photo]);
  }
  return [...byIdentity.values()].flatMap((own) => {
    const pairs: [string, string][] = [];
    for (let i = 0; i + 1 < own.length && pairs.length < pairsPerIdentity; i += 2) {
      pairs.push([own[i] as string, own[i + 1] as string]);
    }
    return pairs;
  });
}

interface Matrix {
  readonly width: number;
  readonly values: Float32Array;
}

function pack(rows: readonly Embedding[]): Matrix {
  const width = rows[0]?.length ?? 0;
  const values = new Float32Array(width * rows.length);
  rows.forEach((row, i) => {
    values.set(row, i * width);
  });
  return { width, values };
}

function dot(a: Matrix, i: number, b: Matrix, j: number): number {
  const left = i * a.width;
  const right = j * b.width;
  let sum = 0;
  for (let k = 0; k < a.width; k++) sum += (a.values[left + k] as number) * (b.values[right + k] as number);
  return sum;
}
