import type { Scored } from '../api/types.js';
import type { Words } from '../messages/language.js';

type Rate = Pick<Scored, 'falseMatchRate'> & Partial<Pick<Scored, 'atMost'>>;

/** Beyond it a number says no more, and no calibration reaches so far. */
const rarest = 1e-9;

/** A false match rate as people say it: "1 in 42,000 impostors", to two figures. */
export function oneIn({ falseMatchRate, atMost = false }: Rate, words: Words): string {
  if (falseMatchRate >= 0.5) return words('score.mostImpostors');
  const count = words.number(Number((1 / Math.max(falseMatchRate, rarest)).toPrecision(2)));
  return words(atMost || falseMatchRate < rarest ? 'score.fewerThanOneIn' : 'score.oneIn', { count });
}

/** A chance as people say it: "1 chance in 420", to two figures. */
export function chance(share: number, words: Words): string {
  if (share >= 0.5) return words('search.likely');
  const count = words.number(Number((1 / Math.max(share, rarest)).toPrecision(2)));
  return words(share < rarest ? 'search.chanceLess' : 'search.chance', { count });
}
