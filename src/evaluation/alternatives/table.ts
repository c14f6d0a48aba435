import { columns, percent, points, rateName } from '../report/format.js';
import type { Interval } from '../statistics/binomial.js';
import type { AlternativeResult } from './trial.js';

/** Differences in points: of FNMR, where negative is better, and of accuracy, where positive is. */
export function resultTable(results: readonly AlternativeResult[]): string {
  const [base, ...others] = results;
  if (base === undefined) return '';
  const heading = [
    '',
    'CPU ms a photo',
    'ratio',
    ...base.cross.map(({ falseMatchRate }) => `FNMR at ${rateName(falseMatchRate)}`),
    'accuracy',
    'failures',
  ];
  const cost = ({ cost: { milliseconds, ratio }, name }: AlternativeResult): string[] => [
    name,
    milliseconds.toFixed(1),
    ratio.toFixed(2),
  ];
  return columns([
    heading,
    [
      ...cost(base),
      ...base.cross.map(({ base: rate }) => percent(rate)),
      percent(base.accuracy.base),
      String(base.failures),
    ],
    ...others.map((result) => [
      ...cost(result),
      ...result.cross.map(({ difference, interval }) => change(difference, interval)),
      change(result.accuracy.difference, result.accuracy.interval),
      String(result.failures),
    ]),
  ]);
}

function change(difference: number, [low, high]: Interval): string {
  return `${points(difference)} (${points(low)} to ${points(high)})`;
}
