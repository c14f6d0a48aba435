import type { Outcome, ReasonCode } from '../api/types.js';

export const outcomes: readonly Outcome[] = ['consistent', 'review', 'not-comparable'];

/** Every code once: a missing one does not compile. */
const codes: Readonly<Record<ReasonCode, true>> = {
  'identity-conflict': true,
  'register-number-invalid': true,
  'claimed-document-unknown': true,
  'too-many-tries': true,
  'failure-no-face': true,
  'failure-multiple-faces': true,
  'failure-face-too-small': true,
  'no-reference': true,
  'reference-without-embedding': true,
  'quality-too-low': true,
  'references-disagree': true,
  'matches-only-one': true,
  'does-not-match': true,
};
export const reasonCodes = Object.keys(codes) as ReasonCode[];
