import { comparisonScore } from '../../comparison/scores.js';
import type { Embedding } from '../../face/types.js';
import { byIdentity } from '../data/pairs.js';
import { type Random, shuffled } from '../statistics/random.js';

/** Photos of a morph attack: the accomplice applies with the morph, the criminal uses and later renews the passport. */
export interface Attack {
  readonly accomplice: string;
  readonly criminal: string;
  /** Photo on the accomplice's older, genuine passport. */
  readonly older: string;
  /** The two photos that are morphed. */
  readonly morphed: { readonly accomplice: string; readonly criminal: string };
  /** Photo the criminal renews with. */
  readonly probe: string;
}

/**
 * For each of up to `most` criminals the most similar of `candidates` others as accomplice: people who plan a morph look
 * for someone alike. Identities need two photos.
 */
export function findAttacks(
  embedded: ReadonlyMap<string, Embedding>,
  { most, candidates, random }: { most: number; candidates: number; random: Random },
): Attack[] {
  const people = shuffled(
    [...byIdentity(embedded.keys())].filter(([, photos]) => photos.length >= 2),
    random,
  );
  return people.slice(0, most).flatMap(([criminal, photos]) => {
    const mine = photos as [string, string];
    const others = shuffled(people, random)
      .filter(([name]) => name !== criminal)
      .slice(0, candidates)
      .map(([name, own]) => ({
        name,
        own: own as [string, string],
        score: score(embedded, mine[0], own[1] as string),
      }))
      .sort((a, b) => b.score - a.score);
    const alike = others[0];
    if (alike === undefined) return [];
    return [
      {
        accomplice: alike.name,
        criminal,
        older: alike.own[0],
        morphed: { accomplice: alike.own[1], criminal: mine[0] },
        probe: mine[1],
      },
    ];
  });
}

function score(embedded: ReadonlyMap<string, Embedding>, a: string, b: string): number {
  return comparisonScore(embedded.get(a) as Embedding, embedded.get(b) as Embedding);
}
