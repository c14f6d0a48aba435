import type { Embedding } from '../../face/types.js';
import { ScoreHistogram } from '../statistics/histogram.js';
import { ComparisonList } from './comparisons.js';
import { dot, pack } from './matrix.js';
import { type Cast, castOf, type TrialSet } from './trialSet.js';

/** One probe against two references of one identity, as cosines. */
export interface ThreeScores {
  /** Probe against the newer reference and against the older one. */
  readonly newer: number;
  readonly older: number;
  /** The two references against each other. */
  readonly agreement: number;
}

/** No more reference pairs than this for one identity, so that one much-photographed person does not weigh most. */
const pairsPerIdentity = 5;

/** Ways of making one score of a probe and two references. */
export const fusionRules = {
  single: ({ newer }) => newer,
  mean: ({ newer, older }) => (newer + older) / 2,
  higher: ({ newer, older }) => Math.max(newer, older),
  lower: ({ newer, older }) => Math.min(newer, older),
  /** Cosine with the normalised sum of the references: that sum has the squared length 2 + 2 · agreement. */
  'normalised-sum': ({ newer, older, agreement }) => (newer + older) / Math.sqrt(2 + 2 * agreement),
} as const satisfies Record<string, (scores: ThreeScores) => number>;
export type FusionRule = keyof typeof fusionRules;

export interface ReferenceTrials {
  readonly cast: Cast;
  /** Photos of the references, newer first. */
  readonly references: readonly (readonly [number, number])[];
  /** Calls `visit` for every trial; `probe` is an index into the cast's photos, `pair` into the references. */
  each(visit: (scores: ThreeScores, probe: number, pair: number, mated: boolean) => void): void;
}

/**
 * Each identity gives up to five pairs of references: each photo with the next, and the last with the first. Every
 * other photo is the probe once against each, mated where it shows the same identity. Trials of one identity overlap,
 * which the clustered intervals allow for.
 */
export function referenceTrials(embedded: ReadonlyMap<string, Embedding>): ReferenceTrials {
  const cast = castOf([...embedded.keys()]);
  const matrix = pack([...embedded.values()]);
  const references = referencePairs(cast);
  const { subjectOf, photos } = cast;
  // Kept, since every rule reads them again: eight bytes a trial.
  const count = photos.length;
  const against = (side: 0 | 1): Float32Array =>
    Float32Array.from({ length: references.length * count }, (_, at) =>
      dot(matrix, at % count, matrix, (references[Math.floor(at / count)] as [number, number])[side]),
    );
  const [newerScores, olderScores] = [against(0), against(1)];
  return {
    cast,
    references,
    each(visit) {
      references.forEach(([newer, older], pair) => {
        const agreement = dot(matrix, newer, matrix, older);
        for (let probe = 0; probe < count; probe++) {
          if (probe === newer || probe === older) continue;
          const at = pair * count + probe;
          const scores = { newer: newerScores[at] as number, older: olderScores[at] as number, agreement };
          visit(scores, probe, pair, subjectOf[probe] === subjectOf[newer]);
        }
      });
    },
  };
}

/** The trials under a rule that makes one score of three. Only non-mated ones from `floor` up are kept one by one. */
export function fusedTrials(
  trials: ReferenceTrials,
  rule: (scores: ThreeScores) => number,
  floor?: number,
): TrialSet {
  const { cast, references } = trials;
  const kept = floor ?? floorOf(trials, rule);
  const mated = new ComparisonList();
  const tail = new ComparisonList();
  const histogram = new ScoreHistogram();
  trials.each((scores, probe, pair, same) => {
    const score = rule(scores);
    const reference = references[pair]?.[0] as number;
    if (same) {
      mated.add(score, probe, reference);
      return;
    }
    histogram.add(score);
    if (score >= kept) tail.add(score, probe, reference);
  });
  return {
    cast,
    mated: mated.sorted(),
    nonMated: { histogram, tail: tail.sorted(), floor: kept, weigh: referenceWeight(trials) },
  };
}

/** The score that the highest tenth of the non-mated trials reach. */
function floorOf(trials: ReferenceTrials, rule: (scores: ThreeScores) => number): number {
  const histogram = new ScoreHistogram();
  trials.each((scores, _probe, _pair, same) => {
    if (!same) histogram.add(rule(scores));
  });
  return histogram.count < 50_000 ? -1 : histogram.thresholdFor(0.11);
}

/** Reference pairs of every subject times the probes of every other. */
export function referenceWeight({ cast, references }: ReferenceTrials): (weights: Float64Array) => number {
  const pairs = new Float64Array(cast.subjects.length);
  const probes = new Float64Array(cast.subjects.length);
  for (const [newer] of references) {
    const subject = cast.subjectOf[newer] as number;
    pairs[subject] = (pairs[subject] as number) + 1;
  }
  for (const subject of cast.subjectOf) probes[subject] = (probes[subject] as number) + 1;
  return (weights) => {
    let allPairs = 0;
    let allProbes = 0;
    let own = 0;
    for (let s = 0; s < weights.length; s++) {
      const weight = weights[s] as number;
      allPairs += weight * (pairs[s] as number);
      allProbes += weight * (probes[s] as number);
      own += weight * weight * (pairs[s] as number) * (probes[s] as number);
    }
    return allPairs * allProbes - own;
  };
}

function referencePairs({ photos, subjects, subjectOf }: Cast): [number, number][] {
  const own: number[][] = subjects.map(() => []);
  photos.forEach((_, photo) => {
    own[subjectOf[photo] as number]?.push(photo);
  });
  return own.flatMap((mine) => {
    const pairs: [number, number][] = [];
    const possible = mine.length > 2 ? mine.length : mine.length - 1;
    for (let i = 0; i < Math.min(possible, pairsPerIdentity); i++) {
      pairs.push([mine[i] as number, mine[(i + 1) % mine.length] as number]);
    }
    return pairs;
  });
}
