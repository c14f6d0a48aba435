import { clusteredShare } from '../statistics/clusteredShare.js';
import type { Clustering, RateWithInterval } from '../statistics/intervals.js';
import { type ReferenceTrials, referenceWeight } from '../trials/referenceTrials.js';
import type { PassRule } from './passRules.js';

export interface PolicyReport {
  readonly honest: number;
  readonly impostors: number;
  readonly rules: readonly {
    readonly rule: string;
    /** Share of honest applicants sent to a person. */
    readonly honestReviewed: RateWithInterval;
    /** Share of random impostors that pass. */
    readonly impostorsPassed: RateWithInterval;
  }[];
}

interface Tally {
  readonly rule: PassRule;
  readonly reviewed: number[][];
  readonly passed: number[][];
}

/** What each rule costs the honest and lets pass, over all trials of one probe against two references. */
export function policyTradeOff(
  trials: ReferenceTrials,
  rules: readonly PassRule[],
  clustering: Clustering,
): PolicyReport {
  const { cast, references } = trials;
  const subject = (photo: number): number => cast.subjectOf[photo] as number;
  const tallies = rules.map((rule): Tally => ({ rule, reviewed: [], passed: [] }));
  const honest: number[] = [];
  let impostors = 0;
  trials.each((scores, probe, pair, mated) => {
    const owner = subject(references[pair]?.[0] as number);
    if (mated) honest.push(owner);
    else impostors++;
    for (const { rule, reviewed, passed } of tallies) {
      const passes = rule.passes(scores);
      if (mated && !passes) reviewed.push([owner]);
      if (!mated && passes) passed.push([subject(probe), owner]);
    }
  });
  const people = new Set(honest).size;
  const weigh = (weights: Float64Array): number =>
    honest.reduce((sum, owner) => sum + (weights[owner] as number), 0);
  const weighImpostors = referenceWeight(trials);
  const subjects = cast.subjects.length;
  return {
    honest: honest.length,
    impostors,
    rules: tallies.map(({ rule, reviewed, passed }) => ({
      rule: rule.name,
      honestReviewed: clusteredShare(
        { hits: reviewed, chances: honest.length, weigh, people },
        subjects,
        clustering,
      ),
      impostorsPassed: clusteredShare(
        { hits: passed, chances: impostors, weigh: weighImpostors, people: Math.floor(subjects / 2) },
        subjects,
        clustering,
      ),
    })),
  };
}
