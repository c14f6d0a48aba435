import { stringify } from 'csv-stringify/sync';
import { measureNames, type UseReport } from './useReport.js';

/** One figure a line, so that a spreadsheet can turn it any way: section, period or group, measure, value. */
export function reportCsv(report: UseReport): string {
  const lines = [
    ...measureNames.map((name) => ['total', '', name, report.total[name]]),
    ...report.periods.flatMap((period) =>
      measureNames.map((name) => ['period', period.period, name, period[name]]),
    ),
    ...report.groups.flatMap((group) =>
      (['comparisons', 'review', 'reviewRate', 'low', 'high'] as const).map((name) => [
        group.attribute,
        group.value,
        name,
        group[name],
      ]),
    ),
    ...report.trial.map((line) => [
      'trial',
      line.computed,
      `${line.verdict ?? 'no verdict'}, ${line.decided ?? 'undecided'}`,
      line.comparisons,
    ]),
    ...Object.entries(report.waiting).map(([name, value]) => ['waiting', '', name, value]),
  ];
  // A value that a spreadsheet would run is made text (OWASP, CSV injection).
  return stringify([['section', 'of', 'measure', 'value'], ...lines], { escape_formulas: true });
}
