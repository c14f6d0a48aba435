import { setImmediate as nextTurn } from 'node:timers/promises';
import { stringify } from 'csv-stringify/sync';
import { measureNames, type UseReport } from './useReport.js';

type Line = readonly [section: string, of: string, measure: string, value: string | number | null];

/** Lines written at a time: twenty years by day are a hundred thousand, and others have their turn between. */
const linesAtOnce = 2_000;

/** One figure a line, so that a spreadsheet can turn it any way: section, period or group, measure, value. */
export async function reportCsv(report: UseReport): Promise<string> {
  let text = '';
  let lines: Line[] = [['section', 'of', 'measure', 'value']];
  for (const line of linesOf(report)) {
    lines.push(line);
    if (lines.length < linesAtOnce) continue;
    text += written(lines);
    lines = [];
    await nextTurn();
  }
  return text + written(lines);
}

/** A value that a spreadsheet would run is made text (OWASP, CSV injection). */
const written = (lines: readonly Line[]): string => stringify([...lines], { escape_formulas: true });

function* linesOf({ total, periods, groups, trial, waiting }: UseReport): Generator<Line> {
  for (const name of measureNames) yield ['total', '', name, total[name]];
  for (const period of periods) {
    for (const name of measureNames) yield ['period', period.period, name, period[name]];
  }
  for (const group of groups) {
    for (const name of ['comparisons', 'review', 'reviewRate', 'low', 'high'] as const) {
      yield [group.attribute, group.value, name, group[name]];
    }
  }
  for (const { computed, verdict, decided, comparisons } of trial) {
    yield ['trial', computed, `${verdict ?? 'no verdict'}, ${decided ?? 'undecided'}`, comparisons];
  }
  for (const [name, value] of Object.entries(waiting)) yield ['waiting', '', name, value];
}
