import { identityOf } from '../data/pairs.js';
import type { PassRule } from '../policy/passRules.js';
import { clusteredShare, listedWeight } from '../statistics/clusteredShare.js';
import type { Clustering, RateWithInterval } from '../statistics/intervals.js';
import { fitLogistic, type LinearScore } from '../statistics/logistic.js';
import { castOf } from '../trials/trialSet.js';
import { type Comparison, detectors } from './differential.js';
import type { MorphTrial } from './morphTrials.js';

export interface DetectorReport {
  readonly detector: string;
  readonly trained: { readonly honest: number; readonly morphs: number };
  readonly tested: { readonly honest: number; readonly morphs: number };
  /** Of the test's honest applicants and criminals with a morph: shares with the policy alone and with the detector on top. */
  readonly honestReviewed: readonly [policy: RateWithInterval, withDetector: RateWithInterval];
  readonly morphsPassed: readonly [policy: RateWithInterval, withDetector: RateWithInterval];
}

/** Share of honest applicants a detector may send to review on top of the policy: 0.2 points. */
const mostExtraReviews = 0.002;

/** A comparison and the people it depends on. */
export interface HonestTrial extends Comparison {
  readonly photo: string;
}

/**
 * Trains a differential morph detector and tries it on other people and other kinds of morphs: half of the identities and
 * half of the settings train, the others test. Its threshold is set on the training half.
 */
export function tryDetectors(
  honest: readonly HonestTrial[],
  morphs: readonly MorphTrial[],
  policy: PassRule,
  clustering: Clustering,
): DetectorReport[] {
  const settings = [...new Set(morphs.map((trial) => JSON.stringify(trial.settings)))];
  const trains = halfOf([
    ...honest.map(({ photo }) => identityOf(photo)),
    ...morphs.map(({ attack }) => attack.criminal),
  ]);
  const inTraining = (identity: string): boolean => trains.has(identity);
  const ownSettings = (trial: MorphTrial): boolean =>
    settings.indexOf(JSON.stringify(trial.settings)) % 2 === 0;
  const train = {
    honest: honest.filter(({ photo }) => inTraining(identityOf(photo))),
    morphs: morphs.filter(
      (trial) =>
        inTraining(trial.attack.criminal) && inTraining(trial.attack.accomplice) && ownSettings(trial),
    ),
  };
  const test = {
    honest: honest.filter(({ photo }) => !inTraining(identityOf(photo))),
    morphs: morphs.filter(
      (trial) =>
        !inTraining(trial.attack.criminal) && !inTraining(trial.attack.accomplice) && !ownSettings(trial),
    ),
  };
  if (train.morphs.length < 20 || test.morphs.length < 20 || train.honest.length < 100) return [];
  const passed = (trial: Comparison): boolean => policy.passes(trial.scores);
  return detectors.map(({ name, features, penalty }) => {
    // Of the honest, what the policy stops already teaches nothing: the detector only sees what would pass.
    const seen = train.honest.filter(passed);
    const learn = (honest: readonly HonestTrial[]): LinearScore =>
      fitLogistic(train.morphs.map(features), honest.map(features), { penalty, steps: 300 });
    const suspicion = learn(seen);
    const limit = limitFor(suspicionsOfOthers(seen, features, learn), train.honest.length);
    const alarms = (trial: Comparison): boolean => suspicion(features(trial)) > limit;
    const reviewed = (extra: boolean): RateWithInterval =>
      shareOfTrials(
        test.honest,
        ({ photo }) => [photo],
        (trial) => !passed(trial) || (extra && alarms(trial)),
        clustering,
      );
    const through = (extra: boolean): RateWithInterval =>
      shareOfTrials(
        test.morphs,
        ({ attack }) => [attack.probe, attack.older],
        (trial) => passed(trial) && !(extra && alarms(trial)),
        clustering,
      );
    return {
      detector: name,
      trained: { honest: train.honest.length, morphs: train.morphs.length },
      tested: { honest: test.honest.length, morphs: test.morphs.length },
      honestReviewed: [reviewed(false), reviewed(true)] as const,
      morphsPassed: [through(false), through(true)] as const,
    };
  });
}

/** Each honest trial judged by a detector that has not seen its people: on those it has, any detector is too good. */
function suspicionsOfOthers(
  honest: readonly HonestTrial[],
  features: (trial: Comparison) => number[],
  learn: (honest: readonly HonestTrial[]) => LinearScore,
): number[] {
  const folds = 4;
  const people = [...new Set(honest.map(({ photo }) => identityOf(photo)))].sort();
  const foldOf = new Map(people.map((person, i) => [person, i % folds]));
  return Array.from({ length: folds }).flatMap((_, fold) => {
    const own = (trial: HonestTrial): boolean => foldOf.get(identityOf(trial.photo)) === fold;
    const judge = learn(honest.filter((trial) => !own(trial)));
    return honest.filter(own).map((trial) => judge(features(trial)));
  });
}

/** The suspicion that at most `mostExtraReviews` of all honest applicants exceed. */
function limitFor(suspicions: readonly number[], honest: number): number {
  const falling = [...suspicions].sort((a, b) => b - a);
  return falling[Math.floor(mostExtraReviews * honest)] ?? Number.POSITIVE_INFINITY;
}

/** Every other identity in order of name: the same half on every run. */
function halfOf(identities: readonly string[]): Set<string> {
  return new Set([...new Set(identities)].sort().filter((_, i) => i % 2 === 0));
}

function shareOfTrials<T>(
  trials: readonly T[],
  photosOf: (trial: T) => readonly string[],
  happens: (trial: T) => boolean,
  clustering: Clustering,
): RateWithInterval {
  const cast = castOf(trials.flatMap((trial) => [...photosOf(trial)]));
  const index = new Map(cast.photos.map((photo, i) => [photo, cast.subjectOf[i] as number]));
  const depends = trials.map((trial) => photosOf(trial).map((photo) => index.get(photo) as number));
  const hits = depends.filter((_, i) => happens(trials[i] as T));
  const people = cast.subjects.length;
  return clusteredShare(
    { hits, chances: trials.length, weigh: listedWeight(depends), people },
    people,
    clustering,
  );
}
