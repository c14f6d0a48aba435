import { leastErrors } from '../statistics/rates.js';
import { count, percent, rateName } from './format.js';
import type { NamedScore, TrialReport } from './report.js';
import { cells, type Table } from './section.js';

export function trialLines(trials: TrialReport): string[] {
  return [
    `${count(trials.mated)} mated and ${count(trials.nonMated)} non-mated comparisons of ${count(trials.people)} people; equal error rate ${percent(trials.equalErrorRate)}`,
    `False match rates are stated down to ${leastErrors} false matches, ${percent(leastErrors / trials.nonMated)} here: fewer make no rate (rule of 30).`,
  ];
}

export function trialTables(trials: TrialReport): Table[] {
  const tables: Table[] = [
    {
      caption:
        'False non-match rate at each false match rate (subject-clustered bootstrap, threshold found anew in each draw)',
      rows: [
        ['FMR', 'threshold', 'false non-matches', 'FNMR', '95%'],
        ...trials.atRates.map((at) => [
          rateName(at.falseMatchRate),
          at.threshold.toFixed(4),
          ...cells(at.falseNonMatch),
        ]),
      ],
    },
  ];
  if (trials.atCalibration.length > 0) {
    tables.push({
      caption: 'At the thresholds of the calibration',
      rows: [
        ['made for FMR', 'threshold', 'false matches', 'FMR', '95%', 'false non-matches', 'FNMR', '95%'],
        ...trials.atCalibration.map((at) => [
          rateName(at.falseMatchRate),
          at.threshold.toFixed(4),
          ...cells(at.falseMatch),
          ...cells(at.falseNonMatch),
        ]),
      ],
    });
  }
  const named = (own: readonly NamedScore[]): string[][] =>
    own.map(({ a, b, score }) => [score.toFixed(4), a, b]);
  return [
    ...tables,
    {
      caption: 'Most alike of different people',
      rows: [['score', 'photo', 'photo'], ...named(trials.worstFalseMatches)],
    },
    {
      caption: 'Least alike of one person',
      rows: [['score', 'photo', 'photo'], ...named(trials.worstFalseNonMatches)],
    },
  ];
}
