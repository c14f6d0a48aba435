import { type Calibration, thresholdAt } from '../../comparison/calibration.js';
import { decide, type Policy } from '../../comparison/policy.js';
import { fusionRules, type ThreeScores } from '../trials/referenceTrials.js';

/** A way of deciding one probe against two references: true passes, false sends to a person. */
export interface PassRule {
  readonly name: string;
  readonly passes: (scores: ThreeScores) => boolean;
}

const floors = [0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005] as const;
const agreements = [0.05, 0.01, 0.001] as const;

/**
 * The rules whose trade-off is worth a table, every threshold from the calibration: one reference alone, fusion alone,
 * fusion with floors under the lower score or under the agreement of the references, and the service's own policy.
 */
export function passRules(calibration: Calibration, policy: Policy): PassRule[] {
  const { single, fused } = calibration.file;
  const sum = fusionRules['normalised-sum'];
  const one = thresholdAt(single, policy.falseMatchRate);
  const two = thresholdAt(fused, policy.falseMatchRate);
  const fusedPasses = (scores: ThreeScores): boolean => sum(scores) >= two;
  const floor = (rate: number): number => thresholdAt(single, rate);
  return [
    { name: 'newest reference alone', passes: ({ newer }) => newer >= one },
    { name: 'higher of the two', passes: (scores) => fusionRules.higher(scores) >= one },
    { name: 'lower of the two', passes: (scores) => fusionRules.lower(scores) >= one },
    { name: 'fused', passes: fusedPasses },
    ...floors.map((rate) => ({
      name: `fused, lower score at FMR ${rate} (${floor(rate).toFixed(3)})`,
      passes: (scores: ThreeScores) => fusedPasses(scores) && fusionRules.lower(scores) >= floor(rate),
    })),
    ...agreements.map((rate) => ({
      name: `fused, agreement at FMR ${rate} (${floor(rate).toFixed(3)})`,
      passes: (scores: ThreeScores) => fusedPasses(scores) && scores.agreement >= floor(rate),
    })),
    { name: `the service's policy (${policy.id})`, passes: (scores) => consistent(scores, policy) },
  ];
}

/** What the service itself answers to a probe with these scores, and nothing else to find fault with. */
export function consistent(scores: ThreeScores, policy: Policy): boolean {
  const facts = {
    identity: 'consistent',
    registerNumberInvalid: false,
    claimedDocumentUnknown: false,
    tries: 1,
    probe: 'embedded',
    sharpness: undefined,
    references: 2,
    scores: [scores.newer, scores.older],
    agreement: scores.agreement,
    fused: fusionRules['normalised-sum'](scores),
  } as const;
  return decide(facts, policy).outcome === 'consistent';
}
