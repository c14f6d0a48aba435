import type { FoldedAccuracy } from '../data/scoredPairs.js';
import type { MorphReport } from '../morph/morphReport.js';
import type { PolicyReport } from '../policy/policyTradeOff.js';
import type { AtRate, AtThreshold, RateWithInterval } from '../statistics/intervals.js';
import type { Difference } from '../statistics/paired.js';
import type { FusionRule } from '../trials/referenceTrials.js';

/** Everything an evaluation found, as it is written with --json; the text and the HTML page are views of it. */
export interface Report {
  readonly about: {
    readonly made: string;
    readonly command: string;
    readonly model: string;
    readonly pipeline: readonly string[];
    /** Absent where the model has none yet. */
    readonly calibration?: string | undefined;
    readonly data: string;
    readonly replicates: number;
    readonly seed: number;
  };
  readonly acquisition: Acquisition;
  readonly list?: ListReport | undefined;
  readonly cross?: TrialReport | undefined;
  /** One probe against two references of one person, by each rule that makes one score of it. */
  readonly references?: readonly { readonly rule: FusionRule; readonly report: TrialReport }[] | undefined;
  readonly groups?: GroupsReport | undefined;
  readonly policy?: PolicyReport | undefined;
  readonly morphs?: MorphReport | undefined;
  readonly versus?: VersusReport | undefined;
}

export interface Acquisition {
  readonly photos: number;
  readonly people: number;
  /** Failure to acquire (FTA): photos that gave no embedding. Exact interval. */
  readonly failures: RateWithInterval;
  readonly failed: readonly { readonly photo: string; readonly reason: string }[];
}

export interface ListReport {
  readonly pairs: number;
  readonly withoutScore: number;
  readonly threshold: number;
  readonly thresholdFrom: string;
  /** Share of all pairs decided rightly; one without a score counts as a non-match. */
  readonly accuracy: number;
  readonly at: AtThreshold;
  readonly intervals: 'exact binomial' | 'subject-clustered bootstrap';
  readonly folded?: FoldedAccuracy | undefined;
  readonly trials: TrialReport;
}

/** ISO/IEC 19795-1 figures of one set of comparisons. */
export interface TrialReport {
  readonly mated: number;
  readonly nonMated: number;
  readonly people: number;
  /** FNMR at the powers of ten of FMR that the comparisons support. */
  readonly atRates: readonly AtRate[];
  /** At the calibration's thresholds, with the rate each was made for. */
  readonly atCalibration: readonly (AtThreshold & { readonly falseMatchRate: number })[];
  readonly equalErrorRate: number;
  /** [FMR, FNMR]. */
  readonly det: readonly (readonly [number, number])[];
  readonly histogram: {
    readonly low: number;
    readonly high: number;
    readonly mated: readonly number[];
    readonly nonMated: readonly number[];
  };
  readonly worstFalseMatches: readonly NamedScore[];
  readonly worstFalseNonMatches: readonly NamedScore[];
}

export interface NamedScore {
  readonly a: string;
  readonly b: string;
  readonly score: number;
}

export interface GroupsReport {
  readonly column: string;
  readonly impostors: 'all' | 'same-group';
  readonly threshold: number;
  readonly thresholdFrom: string;
  readonly groups: readonly {
    readonly group: string;
    readonly photos: number;
    readonly people: number;
    readonly failures: RateWithInterval;
    readonly at: AtThreshold;
  }[];
}

export interface VersusReport {
  readonly variant: string;
  readonly differences: readonly Difference[];
}
