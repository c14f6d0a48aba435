import { label } from '../../messages/labels.js';
import type { Language } from '../../oversight/caller.js';
import { type Measures, measureNames, type UseReport } from '../../oversight/useReport.js';
import { percent, shareBars, shareLine, stackedColumns } from './charts.js';
import { dataTable, escapeHtml, htmlPage } from './html.js';

/** The report on use with charts; the figures below them say the same. */
export function reportOnUsePage(report: UseReport, language: Language): string {
  const title = `${label(language, 'report.title')} ${report.from} – ${report.to}`;
  const heading = (text: string) => `<h2>${escapeHtml(text)}</h2>`;
  const outcomes = (['consistent', 'review', 'not-comparable'] as const).map((name) => ({
    name: label(language, name),
    className: name,
  }));
  const body = `${heading(label(language, 'report.outcomes'))}
${stackedColumns(
  label(language, 'report.outcomes'),
  outcomes,
  report.periods.map((period) => ({
    label: period.period,
    values: [period.consistent, period.review, period.notComparable],
  })),
)}
${heading(label(language, 'report.reviewRate'))}
${shareLine(
  label(language, 'report.reviewRate'),
  report.periods.map(({ period, reviewRate }) => ({ label: period, share: reviewRate })),
)}
${heading(label(language, 'report.groups'))}
${
  report.groups.length === 0
    ? `<p>${escapeHtml(label(language, 'none'))}</p>`
    : shareBars(
        label(language, 'report.groups'),
        report.groups.map(({ attribute, value, comparisons, reviewRate, low, high }) => ({
          label: `${attribute} ${value} (n = ${comparisons})`,
          share: reviewRate,
          low,
          high,
        })),
      )
}
${heading(label(language, 'report.waiting'))}
${dataTable(
  ['', 'n'],
  Object.entries(report.waiting).map(([name, value]) => [name, value ?? '–']),
)}
${heading(label(language, 'report.trial'))}
${
  report.trial.length === 0
    ? `<p>${escapeHtml(label(language, 'none'))}</p>`
    : dataTable(
        [label(language, 'outcome'), label(language, 'verdict'), label(language, 'decision'), 'n'],
        report.trial.map(({ computed, verdict, decided, comparisons }) => [
          computed,
          verdict ?? '–',
          decided ?? '–',
          comparisons,
        ]),
      )
}
${heading(label(language, 'report.figures'))}
${dataTable(
  ['', label(language, 'total'), ...report.periods.map(({ period }) => period)],
  measureNames.map((name) => [
    name,
    shown(name, report.total),
    ...report.periods.map((period) => shown(name, period)),
  ]),
)}`;
  return htmlPage(language, { title, body, depth: 3 });
}

function shown(name: keyof Measures, measures: Measures): string {
  const value = measures[name];
  if (value === null) return '–';
  if (name === 'reviewRate' || name === 'hitRate') return percent(value);
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}
