import type { RateWithInterval } from '../statistics/intervals.js';
import { count, percent, percentRange } from './format.js';
import type { TrialReport } from './report.js';

/** One part of a report as a person reads it: on a terminal and on the page alike. */
export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
  readonly tables: readonly Table[];
  /** The comparisons to plot beside it. */
  readonly plots?: readonly { readonly name: string; readonly trials: TrialReport }[] | undefined;
}

export interface Table {
  readonly caption: string;
  /** The first row is the heading. */
  readonly rows: readonly (readonly string[])[];
}

export const cells = ({ errors, of, rate, interval }: RateWithInterval): string[] => [
  `${count(errors)} of ${count(of)}`,
  percent(rate),
  percentRange(interval),
];
