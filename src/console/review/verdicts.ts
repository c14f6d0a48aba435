export const verdicts = ['same-person', 'different-person', 'photo-unusable', 'escalate'] as const;
export type Verdict = (typeof verdicts)[number];

export const verdictKeys: readonly (readonly [key: string, verdict: Verdict])[] = [
  ['s', 'same-person'],
  ['d', 'different-person'],
  ['u', 'photo-unusable'],
  ['e', 'escalate'],
];
