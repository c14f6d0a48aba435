import type { Review } from '../api/types.js';

export type Verdict = NonNullable<Review['verdict']>;
export const verdicts: readonly Verdict[] = ['same-person', 'different-person', 'photo-unusable', 'escalate'];

export const verdictKeys: readonly (readonly [key: string, verdict: Verdict])[] = [
  ['s', 'same-person'],
  ['d', 'different-person'],
  ['u', 'photo-unusable'],
  ['e', 'escalate'],
];
