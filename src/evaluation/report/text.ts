import { columns } from './format.js';
import type { Report } from './report.js';
import { sectionsOf } from './sections.js';

/** A report for a terminal. */
export function reportText(report: Report): string {
  return sectionsOf(report)
    .map(({ title, lines, tables }) =>
      [
        title.toUpperCase(),
        ...lines,
        ...tables.map(({ caption, rows }) => `\n${caption}\n${columns(rows)}`),
      ].join('\n'),
    )
    .join('\n\n');
}
