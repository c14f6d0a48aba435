import type { RecordReader } from '../store/recordReader.js';
import { countByMonth, type MonthCount, type RetainedKind } from '../store/retained.js';

export interface PlannedPeriod {
  /** `YYYY-MM` or `YYYY`; `due` for what is due already. */
  readonly period: string;
  readonly records: Partial<Record<RetainedKind, number>>;
  /** Of these, kept by a hold although due. */
  readonly held: number;
  readonly total: number;
}

export interface RetentionPlan {
  /** `YYYY-MM-DD` */
  readonly asOf: string;
  readonly periods: readonly PlannedPeriod[];
  readonly total: number;
}

/**
 * What falls due when. Reads counts alone, so that it needs no key and runs beside the service.
 *
 * @param day `YYYY-MM-DD`; what ends on this day or before is due already.
 */
export async function retentionPlan(
  reader: RecordReader,
  day: string,
  by: 'month' | 'year',
): Promise<RetentionPlan> {
  const periods = new Map<string, { records: Partial<Record<RetainedKind, number>>; held: number }>();
  const add = (period: string, { kind }: MonthCount, records: number, held = 0) => {
    if (records === 0) return;
    const known = periods.get(period) ?? { records: {}, held: 0 };
    known.records[kind] = (known.records[kind] ?? 0) + records;
    periods.set(period, { records: known.records, held: known.held + held });
  };
  for (const count of await countByMonth(reader, day)) {
    add('due', count, count.due, count.held);
    add(by === 'month' ? count.month : count.month.slice(0, 4), count, count.records - count.due);
  }
  const planned = [...periods].map(([period, { records, held }]) => ({
    period,
    records,
    held,
    total: Object.values(records).reduce((sum, n) => sum + n, 0),
  }));
  planned.sort((a, b) => rank(a.period).localeCompare(rank(b.period)));
  return { asOf: day, periods: planned, total: planned.reduce((sum, { total }) => sum + total, 0) };
}

/** What is due comes first. */
const rank = (period: string): string => (period === 'due' ? '' : period);
