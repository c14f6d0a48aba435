import type { StatedRate } from './calibration.js';

/**
 * A false match rate as people say it: "1 in 42,000 impostors", to two figures; "fewer than 1 in …" where the data
 * reaches no further.
 */
export function oneIn({ falseMatchRate, atMost }: StatedRate, locale = 'en'): string {
  if (falseMatchRate >= 0.5) return 'most impostors';
  const people = Number((1 / falseMatchRate).toPrecision(2));
  return `${atMost ? 'fewer than ' : ''}1 in ${people.toLocaleString(locale)} impostors`;
}
