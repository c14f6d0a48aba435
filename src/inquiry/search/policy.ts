import { type Calibration, strengthOf } from '../../comparison/calibration.js';
import type { IsolationSettings } from '../../isolation/confinedFork.js';
import { continuedRate, continuedScore, rateAmong } from './falseMatch.js';

/** What searches may show. */
export interface SearchSettings {
  /** Whether one face may be searched for at all. */
  readonly enabled: boolean;
  /** Lowest score of a candidate, as the false match rate of one comparison. */
  readonly floorRate: number;
  readonly mostCandidates: number;
  /** Legal ground on which a sweep of the whole store may run; undefined keeps it off. */
  readonly sweepGround: string | undefined;
  /** False pairs that a whole sweep may be expected to show: its floor follows from this and the number of pairs. */
  readonly falsePairs: number;
  readonly mostPairs: number;
  /** What a sweep that is cut off loses at most, about: so far apart it keeps how far it has come. */
  readonly checkpointSeconds: number;
  /** What the process of a search is kept from; by default as much as the machine offers. */
  readonly isolation?: IsolationSettings;
}

/** A score with what it means among so many comparisons. */
export function meaningOf(calibration: Calibration, score: number, compared: number) {
  const { falseMatchRate, extrapolated } = continuedRate(calibration.file.single, score);
  return { score, falseMatchRate, extrapolated, falseMatchRateInStore: rateAmong(falseMatchRate, compared) };
}

export function candidateFloor(calibration: Calibration, { floorRate }: SearchSettings): number {
  return continuedScore(calibration.file.single, floorRate);
}

/** The score that no more than the wanted number of false pairs are expected to reach; never below that of a candidate. */
export function pairFloor(
  calibration: Calibration,
  { falsePairs, floorRate }: SearchSettings,
  pairs: number,
): number {
  return continuedScore(calibration.file.single, Math.min(floorRate, falsePairs / Math.max(1, pairs)));
}

export const strength = (falseMatchRate: number): number => Number(strengthOf(falseMatchRate).toFixed(2));
