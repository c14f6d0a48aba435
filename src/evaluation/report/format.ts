import type { Interval } from '../statistics/binomial.js';

/** Two significant digits at least, so that 0.0034% does not become 0.00%. */
export function percent(rate: number): string {
  if (Number.isNaN(rate)) return 'not known';
  const value = 100 * rate;
  if (value === 0 || value >= 1) return `${value.toFixed(2)}%`;
  return `${value.toFixed(Math.min(8, 1 - Math.floor(Math.log10(value))))}%`;
}

export function percentRange([low, high]: Interval): string {
  return Number.isNaN(low) || Number.isNaN(high) ? 'not known' : `${percent(low)} to ${percent(high)}`;
}

/** A signed difference in percentage points. */
export function points(difference: number): string {
  return `${difference > 0 ? '+' : ''}${(100 * difference).toFixed(2)}`;
}

/** 1e-3 rather than 0.001: false match rates are read by their power of ten. */
export function rateName(rate: number): string {
  return rate.toExponential().replace('+', '');
}

export const count = (value: number): string => value.toLocaleString('en');

/** Rows of cells as aligned text, two spaces between columns; the first row is the heading. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  return rows
    .map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd())
    .join('\n');
}
