import type { Embedding } from '../../face/types.js';
import { ScoreHistogram } from '../statistics/histogram.js';
import type { Random } from '../statistics/random.js';
import { ComparisonList } from './comparisons.js';
import { dot, pack } from './matrix.js';
import { type Cast, castOf, type TrialSet } from './trialSet.js';

export interface CrossOptions {
  /** Group of each photo; undefined where it is in none. */
  readonly groupOf?: ((photo: string) => string | undefined) | undefined;
  /** `same-group`: non-mated comparisons only within a group. Impostors are chosen to look alike; random ones flatter. */
  readonly impostors?: 'all' | 'same-group' | undefined;
  /** Only comparisons that touch this group. */
  readonly group?: string | undefined;
  readonly random: Random;
}

/** Share of the non-mated comparisons that is kept one by one: enough for a false match rate of 1 in 10. */
const tailShare = 0.12;
/** More are not kept: a bootstrap would take too long, and rates as high as these are of no use with so much data. */
const tailMost = 3_000_000;

/** Every photo against every other: mated where both have the same identity (folder name). */
export function crossTrials(embedded: ReadonlyMap<string, Embedding>, options: CrossOptions): TrialSet {
  const cast = castOf([...embedded.keys()]);
  const matrix = pack([...embedded.values()]);
  const { photos, subjectOf } = cast;
  const groups = photos.map((photo) => options.groupOf?.(photo));
  const { group, impostors } = options;
  const touches = (i: number, j: number): boolean =>
    group === undefined || groups[i] === group || groups[j] === group;
  const admitted = (i: number, j: number): boolean =>
    impostors === 'same-group'
      ? groups[i] !== undefined && groups[i] === groups[j] && touches(i, j)
      : touches(i, j);
  const floor = sampleFloor(photos.length, (i, j) => dot(matrix, i, matrix, j), options.random);
  const everybody = group === undefined && impostors !== 'same-group';
  const mated = new ComparisonList();
  const tail = new ComparisonList();
  const histogram = new ScoreHistogram();
  for (let i = 0; i < photos.length; i++) {
    for (let j = i + 1; j < photos.length; j++) {
      if (subjectOf[i] === subjectOf[j]) {
        if (touches(i, j)) mated.add(dot(matrix, i, matrix, j), i, j);
        continue;
      }
      if (!everybody && !admitted(i, j)) continue;
      const score = dot(matrix, i, matrix, j);
      histogram.add(score);
      if (score >= floor) tail.add(score, i, j);
    }
  }
  const weigh = crossWeight(cast, groups, { group, impostors });
  return { cast, mated: mated.sorted(), nonMated: { histogram, tail: tail.sorted(), floor, weigh } };
}

/** The score that about `tailShare` of random pairs reach, on a multiple of the histogram's step. */
function sampleFloor(photos: number, score: (i: number, j: number) => number, random: Random): number {
  const pairs = (photos * (photos - 1)) / 2;
  if (pairs < 50_000) return -1;
  const sample = Float32Array.from({ length: 50_000 }, () => {
    const i = Math.floor(random() * photos);
    const j = (i + 1 + Math.floor(random() * (photos - 1))) % photos;
    return score(i, j);
  }).sort();
  const share = Math.min(tailShare, tailMost / pairs);
  const at = Math.floor(sample.length * (1 - share));
  return Math.floor((sample[at] as number) * 10_000) / 10_000;
}

/**
 * The weighted number of comparisons in closed form: pairs within a set of photos are half of (sum of all weights,
 * squared) less those of one subject with itself; the sets wanted are sums and differences of such sets.
 */
function crossWeight(
  cast: Cast,
  groups: readonly (string | undefined)[],
  { group, impostors }: Pick<CrossOptions, 'group' | 'impostors'>,
): (weights: Float64Array) => number {
  const all = countsOf(cast, () => true);
  const inGroup = (name: string): Float64Array => countsOf(cast, (photo) => groups[photo] === name);
  if (impostors === 'same-group') {
    const names = group === undefined ? new Set(groups.filter((name) => name !== undefined)) : [group];
    const blocks = [...names].map(inGroup);
    return (weights) => blocks.reduce((sum, block) => sum + pairsWithin(block, weights), 0);
  }
  if (group === undefined) return (weights) => pairsWithin(all, weights);
  const others = countsOf(cast, (photo) => groups[photo] !== group);
  return (weights) => pairsWithin(all, weights) - pairsWithin(others, weights);
}

/** Photos of each subject. */
function countsOf({ photos, subjects, subjectOf }: Cast, wanted: (photo: number) => boolean): Float64Array {
  const counts = new Float64Array(subjects.length);
  for (let photo = 0; photo < photos.length; photo++) {
    const subject = subjectOf[photo] as number;
    if (wanted(photo)) counts[subject] = (counts[subject] as number) + 1;
  }
  return counts;
}

function pairsWithin(counts: Float64Array, weights: Float64Array): number {
  let sum = 0;
  let own = 0;
  for (let s = 0; s < counts.length; s++) {
    const weight = (counts[s] as number) * (weights[s] as number);
    sum += weight;
    own += weight * weight;
  }
  return (sum * sum - own) / 2;
}
