import type { PassRule } from '../policy/passRules.js';
import { clusteredShare, listedWeight } from '../statistics/clusteredShare.js';
import type { Clustering, RateWithInterval } from '../statistics/intervals.js';
import { castOf } from '../trials/trialSet.js';
import type { DetectorReport } from './detectorReport.js';
import type { MorphSettings } from './morph.js';
import type { MorphTrial, MorphTrials } from './morphTrials.js';

export interface MorphReport {
  readonly attacks: number;
  readonly failed: number;
  /** Single-reference threshold behind MMPMR. */
  readonly threshold: number;
  readonly falseMatchRate: number;
  readonly bySettings: readonly {
    readonly settings: MorphSettings;
    /** Mated morph presentation match rate: share of morphs that match both people at the threshold. */
    readonly mmpmr: RateWithInterval;
    /** Share of criminals passed, per rule. */
    readonly passed: readonly RateWithInterval[];
  }[];
  readonly rules: readonly { readonly rule: string; readonly passed: RateWithInterval }[];
  readonly detectors: readonly DetectorReport[];
}

/**
 * MMPMR after Scherhag et al., "Biometric systems under morphing attacks" (BIOSIG 2017), against photos that are not in
 * the morph; and the renewal scenario: the criminal's new photo against the morph and the accomplice's older photo.
 */
export function morphReport(
  { trials, failed }: MorphTrials,
  rules: readonly PassRule[],
  at: { readonly threshold: number; readonly falseMatchRate: number },
  clustering: Clustering,
  detectors: readonly DetectorReport[],
): MorphReport {
  const share = (own: readonly MorphTrial[], happens: (trial: MorphTrial) => boolean): RateWithInterval => {
    const cast = castOf(own.flatMap(({ attack }) => [attack.probe, attack.older]));
    const chances = own.map((_, i) => [cast.subjectOf[2 * i] as number, cast.subjectOf[2 * i + 1] as number]);
    const hits = chances.filter((_, i) => happens(own[i] as MorphTrial));
    const people = Math.floor(cast.subjects.length / 2);
    return clusteredShare(
      { hits, chances: own.length, weigh: listedWeight(chances), people },
      cast.subjects.length,
      clustering,
    );
  };
  const settings = [
    ...new Map(trials.map((trial) => [JSON.stringify(trial.settings), trial.settings])).values(),
  ];
  return {
    attacks: new Set(trials.map(({ attack }) => attack)).size,
    failed,
    ...at,
    bySettings: settings.map((wanted) => {
      const own = trials.filter((trial) => trial.settings === wanted);
      return {
        settings: wanted,
        mmpmr: share(own, ({ scores }) => Math.min(scores.newer, scores.agreement) >= at.threshold),
        passed: rules.map((rule) => share(own, ({ scores }) => rule.passes(scores))),
      };
    }),
    rules: rules.map((rule) => ({
      rule: rule.name,
      passed: share(trials, ({ scores }) => rule.passes(scores)),
    })),
    detectors,
  };
}
