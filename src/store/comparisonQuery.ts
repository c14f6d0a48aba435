import { type Kysely, sql } from 'kysely';
import type { RecordReader } from './recordReader.js';
import type { Schema } from './schema.js';

/** Every condition given has to hold. */
export interface ComparisonFilter {
  readonly outcome?: string | undefined;
  readonly reason?: string | undefined;
  readonly office?: string | undefined;
  /** ISO 8601 date-times: from the first, before the second. */
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  /** Keyed hashes of document or register numbers: made under each of them. */
  readonly keys?: readonly Uint8Array[] | undefined;
  readonly model?: string | undefined;
  /** Both included. */
  readonly score?: { readonly min?: number | undefined; readonly max?: number | undefined } | undefined;
  readonly verdict?: string | undefined;
}

export interface FoundComparison {
  readonly id: string;
  readonly createdAt: string;
  readonly office: string;
  readonly outcome: string;
  readonly mode: 'active' | 'trial';
  readonly model: string;
  readonly score: number | undefined;
  readonly strength: number | undefined;
  readonly reasons: readonly string[];
}

/** Where a page ended: the moment of its last comparison, or its score where scores were asked for, and its id. */
export type ComparisonPlace = readonly [at: string | number, id: string];

/** What the answer is in the order of. */
const byScore = ({ keys = [], score }: ComparisonFilter): boolean => keys.length === 0 && score !== undefined;

export const placeOfComparison = (
  filter: ComparisonFilter,
  { score, createdAt, id }: FoundComparison,
): ComparisonPlace => [byScore(filter) ? (score ?? 0) : createdAt, id];

/** Past every moment there will be. */
const ever = '9999';

/** Where a query begins: tables, and the columns that its answer is in the order of there. */
const beginnings = {
  subject: {
    tables: sql`comparison_subjects as s cross join comparisons as c`,
    at: sql.ref('s.created_at'),
    id: sql.ref('s.comparison_id'),
  },
  reason: {
    tables: sql`comparison_reasons as r cross join comparisons as c`,
    at: sql.ref('r.created_at'),
    id: sql.ref('r.comparison_id'),
  },
  comparisons: { tables: sql`comparisons as c`, at: sql.ref('c.created_at'), id: sql.ref('c.id') },
} as const;

/** The columns whose index, in the order of the answer, leaves least to look through; by time where none is asked for. */
function columnsBegunAt(filter: ComparisonFilter): readonly string[] {
  const { outcome, office, model, verdict } = filter;
  if (byScore(filter)) return [];
  if (verdict !== undefined) return ['verdict'];
  const where = office !== undefined ? ['office'] : model !== undefined ? ['model'] : [];
  return outcome === undefined ? where : [...where, 'outcome'];
}

/**
 * The comparisons that a filter asks for, as a query that begins where its answer is in order already: at one person
 * or document, at a range of scores, at a reason, or at the comparisons by time. The cross join keeps SQLite from
 * beginning at the other side and sorting afterwards; to PostgreSQL it is an inner join.
 */
function matching(filter: ComparisonFilter) {
  const { keys = [], outcome, reason, office, from, until = ever, model, score, verdict } = filter;
  const [key, ...otherKeys] = keys;
  const scored = byScore(filter);
  const byReason = key === undefined && !scored && reason !== undefined;
  const { tables, at, id } = beginnings[key !== undefined ? 'subject' : byReason ? 'reason' : 'comparisons'];
  const begun = columnsBegunAt(filter);
  // An index of a column that is wrapped cannot be begun at.
  const column = (name: string) =>
    begun.includes(name) ? sql.ref(`c.${name}`) : sql`coalesce(c.${sql.raw(name)}, '')`;
  const when = scored ? column('created_at') : at;
  const where = [sql`${when} < ${until}`];
  // With both bounds SQLite takes the index of one column for as good as that of two, and walks through far more.
  const since = begun.length === 2 ? column('created_at') : when;
  if (from !== undefined) where.push(sql`${since} >= ${from}`);
  if (key !== undefined) where.push(sql`s.subject_key = ${key} and c.id = s.comparison_id`);
  if (byReason) where.push(sql`r.reason = ${reason} and c.id = r.comparison_id`);
  else if (reason !== undefined) {
    where.push(sql`exists (select 1 from comparison_reasons as r
      where r.comparison_id = c.id and r.reason = ${reason})`);
  }
  for (const other of otherKeys) {
    where.push(sql`exists (select 1 from comparison_subjects as o
      where o.subject_key = ${other} and o.comparison_id = c.id)`);
  }
  for (const [name, value] of Object.entries({ outcome, office, model, verdict })) {
    if (value !== undefined) where.push(sql`${column(name)} = ${value}`);
  }
  if (score !== undefined) {
    where.push(sql`c.score >= ${score.min ?? -1}`);
    where.push(sql`c.score <= ${score.max ?? 1}`);
  }
  // What was computed on trial is nobody's to know, nor to find by.
  if (outcome !== undefined || reason !== undefined || score !== undefined)
    where.push(sql`c.mode = 'active'`);
  return { tables, where, place: scored ? sql.ref('c.score') : at, id };
}

interface Row {
  readonly id: string;
  readonly created_at: string;
  readonly office: string;
  readonly outcome: string;
  readonly mode: string;
  readonly model: string;
  readonly score: number | null;
  readonly strength: number | null;
}

export function pageQuery(filter: ComparisonFilter, after: ComparisonPlace | undefined, limit: number) {
  const { tables, where, place, id } = matching(filter);
  if (after !== undefined) where.push(sql`(${place}, ${id}) < (${after[0]}, ${after[1]})`);
  return sql<Row>`select c.id, c.created_at, c.office, c.outcome, c.mode, c.model, c.score, c.strength
    from ${tables} where ${sql.join(where, sql` and `)}
    order by ${place} desc, ${id} desc limit ${limit}`;
}

export function countQuery(filter: ComparisonFilter) {
  const { tables, where } = matching(filter);
  return sql<{ total: number }>`select count(*) as total from ${tables} where ${sql.join(where, sql` and `)}`;
}

/** Finds comparisons by what stands beside their encrypted detail. */
export class ComparisonQuery {
  readonly #database: RecordReader;

  constructor({ database }: { database: RecordReader }) {
    this.#database = database;
  }

  /** Newest first, or by score, highest first, where a range of scores is asked for without numbers. */
  page(
    filter: ComparisonFilter,
    after: ComparisonPlace | undefined,
    limit: number,
  ): Promise<FoundComparison[]> {
    return this.#database.read(async (db) => {
      const { rows } = await pageQuery(filter, after, limit).execute(db);
      const reasons = await reasonsOf(
        db,
        rows.map(({ id }) => id),
      );
      return rows.map(({ id, created_at, office, outcome, mode, model, score, strength }) => ({
        ...{ id, createdAt: created_at, office, outcome, model },
        mode: mode === 'trial' ? 'trial' : 'active',
        ...{ score: score ?? undefined, strength: strength ?? undefined },
        reasons: reasons.get(id) ?? [],
      }));
    });
  }

  /** How many there are in all. */
  count(filter: ComparisonFilter): Promise<number> {
    return this.#database.read(async (db) => {
      const { rows } = await countQuery(filter).execute(db);
      return rows[0]?.total ?? 0;
    });
  }
}

async function reasonsOf(
  db: Kysely<Schema>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('comparison_reasons')
    .select(['comparison_id', 'reason'])
    .where('comparison_id', 'in', [...ids])
    .execute();
  return new Map(
    ids.map((id) => [
      id,
      rows.filter(({ comparison_id }) => comparison_id === id).map(({ reason }) => reason),
    ]),
  );
}
