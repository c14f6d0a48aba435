import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { HeldKind } from './holds.js';
import type { Month } from './month.js';
import type { RecordReader } from './recordReader.js';
import type { Schema } from './schema.js';

/** The kinds of record that have a data key and an end of their own, by the table that holds them. */
export const retained = {
  document: { table: 'documents', id: 'id' },
  // Before its comparison, whose row takes these rows with it but not their keys.
  probe: { table: 'probes', id: 'comparison_id' },
  /** Who gave a verdict, and why; the verdict stays. */
  'review-words': { table: 'review_words', id: 'id' },
  review: { table: 'reviews', id: 'id' },
  comparison: { table: 'comparisons', id: 'id' },
  hold: { table: 'holds', id: 'id' },
  /** With its members, its history and what it says of its records; the records themselves are their own. */
  inquiry: { table: 'inquiries', id: 'id' },
  'retention-run': { table: 'retention_runs', id: 'id' },
  'mode-change': { table: 'mode_changes', id: 'id' },
  /** A search with what it found. */
  search: { table: 'searches', id: 'id' },
  /** The names of one month's actors of the audit trail. */
  staff: { table: 'audit_periods', id: 'month' },
} as const;

export type RetainedKind = keyof typeof retained;
export const retainedKinds = Object.keys(retained) as RetainedKind[];

export interface RetainedRecord {
  readonly recordId: string;
  readonly keyId: string;
}

/** What keeps each kind under a hold, and the column that names it; what hangs on a comparison is kept with it. */
const heldWith: Partial<Record<RetainedKind, { readonly kind: HeldKind; readonly id: string }>> = {
  document: { kind: 'document', id: 'id' },
  comparison: { kind: 'comparison', id: 'id' },
  probe: { kind: 'comparison', id: 'comparison_id' },
  'review-words': { kind: 'comparison', id: 'comparison_id' },
  review: { kind: 'comparison', id: 'comparison_id' },
};

/** What hangs on a comparison under keys of its own: goes before it. */
export const ofComparison = ['probe', 'review-words', 'review'] as const satisfies readonly RetainedKind[];

/** The same text as in the index over it. */
const month = sql<Month>`substr(retention_ends, 1, 7)`;

/**
 * Due records of one month, in the order of their keys, which is that of their making.
 *
 * @param day `YYYY-MM-DD`; what ends on this day or before is due.
 */
export async function dueOfMonth(
  db: Kysely<Schema>,
  kind: RetainedKind,
  query: { readonly month: Month; readonly day: string; readonly limit: number },
): Promise<RetainedRecord[]> {
  const { table, id } = retained[kind];
  const result = await sql<{ recordId: string; keyId: string }>`
    select ${sql.ref(id)} as "recordId", key_id as "keyId" from ${sql.table(table)}
    where ${month} = ${query.month} and retention_ends <= ${query.day} and not ${isHeld(kind, query.day)}
    order by key_id limit ${query.limit}`.execute(db);
  return result.rows;
}

/** The keys of a month's records that a hold keeps: all that is left of a month whose due records are gone. */
export async function keysOfMonth(db: Kysely<Schema>, ofMonth: Month): Promise<string[]> {
  const parts = await Promise.all(
    retainedKinds.map((kind) =>
      sql<{
        keyId: string;
      }>`select key_id as "keyId" from ${sql.table(retained[kind].table)} where ${month} = ${ofMonth}`.execute(
        db,
      ),
    ),
  );
  return parts.flatMap(({ rows }) => rows.map(({ keyId }) => keyId));
}

export interface MonthCount {
  readonly kind: RetainedKind;
  readonly month: Month;
  readonly records: number;
  /** Of these, ended on the day or before. */
  readonly due: number;
  /** Of the due ones, kept by a hold. */
  readonly held: number;
}

/** What the store holds of one kind and month. Reads the index over both alone: a month is tens of thousands of records. */
async function countOfMonth(
  db: Kysely<Schema>,
  kind: RetainedKind,
  ofMonth: Month,
  day: string,
): Promise<Omit<MonthCount, 'held'>> {
  const { rows } = await sql<{ records: number; due: number | null }>`
    select count(*) as records, sum(case when retention_ends <= ${day} then 1 else 0 end) as due
    from ${sql.table(retained[kind].table)} where ${month} = ${ofMonth}`.execute(db);
  const [row] = rows;
  return { kind, month: ofMonth, records: row?.records ?? 0, due: row?.due ?? 0 };
}

/** How many due records of each month a hold keeps: from the holds, which are few, to the records. */
async function heldByMonth(
  db: Kysely<Schema>,
  kind: RetainedKind,
  day: string,
): Promise<ReadonlyMap<Month, number>> {
  const kept = heldWith[kind];
  if (kept === undefined) return new Map();
  const { table } = retained[kind];
  // A cross join keeps this order of the two tables.
  const { rows } = await sql<{ month: Month; held: number }>`
    select ${month} as month, count(*) as held
    from (select distinct record_id from holds
      where kind = ${kept.kind} and released_at is null and ends_on > ${day}) as kept
    cross join (select ${sql.ref(kept.id)} as id, retention_ends from ${sql.table(table)}) as records
    where records.id = kept.record_id and retention_ends <= ${day}
    group by ${month}`.execute(db);
  return new Map(rows.map(({ month: of, held }) => [of, held]));
}

/** The months in which records of this kind end, in order, each found by one step through the index. */
async function monthsOf(db: Kysely<Schema>, kind: RetainedKind): Promise<Month[]> {
  const table = sql.table(retained[kind].table);
  const { rows } = await sql<{ month: Month | null }>`
    with recursive months (month) as (
      select min(${month}) from ${table}
      union all
      select (select min(${month}) from ${table} where ${month} > months.month) from months where months.month is not null
    ) select month from months`.execute(db);
  return rows.flatMap((row) => row.month ?? []);
}

/**
 * What the store holds, by kind and month of its end, in short steps so that others get their turn.
 *
 * @param day `YYYY-MM-DD`; what ends on this day or before is due.
 */
export async function countByMonth(reader: RecordReader, day: string): Promise<MonthCount[]> {
  const counts: MonthCount[] = [];
  for (const kind of retainedKinds) {
    const held = await reader.read((db) => heldByMonth(db, kind, day));
    for (const ofMonth of await reader.read((db) => monthsOf(db, kind))) {
      const count = await reader.read((db) => countOfMonth(db, kind, ofMonth, day));
      counts.push({ ...count, held: held.get(ofMonth) ?? 0 });
      await nextTurn();
    }
  }
  return counts;
}

/** A hold that was neither released nor reached its end. */
function isHeld(kind: RetainedKind, day: string): RawBuilder<boolean> {
  const held = heldWith[kind];
  if (held === undefined) return sql<boolean>`(1 = 0)`;
  const id = sql.ref(`${retained[kind].table}.${held.id}`);
  return sql<boolean>`exists (select 1 from holds where holds.kind = ${held.kind} and holds.record_id = ${id}
    and holds.released_at is null and holds.ends_on > ${day})`;
}
