import { sql, type Transaction } from 'kysely';
import type { EffectiveMode } from './modes.js';
import type { NewComparison } from './newComparison.js';
import { prepared, type Statement } from './prepared.js';
import type { Schema } from './schema.js';

/** Ties a comparison to its references, and lets it be found by the identifiers it was made under and its reasons. */
export function linksOf(comparison: NewComparison): readonly Statement[] {
  const { id, references = [] } = comparison;
  return [
    ...(references.length > 0 ? [insertReferences.with({ id, references: [...references] })] : []),
    ...findableBy(comparison),
  ];
}

type Findable = Pick<NewComparison, 'id' | 'createdAt' | 'subjectKeys' | 'numberKeys' | 'reasons'>;

/** Newest first, by the identifiers it was made under and by its reasons. */
export function findableBy({
  id,
  createdAt,
  subjectKeys = [],
  numberKeys = [],
  reasons = [],
}: Findable): readonly Statement[] {
  const keys = [...subjectKeys, ...numberKeys];
  return [
    ...(keys.length > 0 ? [insertSubjects.with({ id, createdAt, keys })] : []),
    ...(reasons.length > 0 ? [insertReasons.with({ id, createdAt, reasons: [...reasons] })] : []),
  ];
}

/** Counts it by group. Everybody counts on the same rows: for the end of a transaction. */
export function counting({ group, outcome, createdAt }: NewComparison, mode: string): Statement {
  const { ageBand = 'unknown', sex = 'unknown' } = group ?? {};
  return countComparison.with({ day: createdAt.slice(0, 10), mode, outcome, age_band: ageBand, sex, n: 1 });
}

/** What decides, at the commit, whether a comparison may be stored. */
export interface Standing {
  readonly change: Pick<EffectiveMode, 'mode' | 'endsAt'> | undefined;
  /** Whether one of its references was corrected since it was read: the correction would never reach it. */
  readonly outdated: boolean;
}

export async function standingOf(
  trx: Transaction<Schema>,
  { references = [], revisions = [] }: Pick<NewComparison, 'references' | 'revisions'>,
): Promise<Standing> {
  const [row] = await readStanding(trx, { references: [...references], revisions: [...revisions] });
  return {
    change: row?.mode == null ? undefined : { mode: row.mode, endsAt: row.ends_at ?? undefined },
    outdated: row?.outdated != null,
  };
}

const insertSubjects = prepared(
  (db, { id, createdAt, keys }: { id: string; createdAt: string; keys: Uint8Array[] }) =>
    db
      .insertInto('comparison_subjects')
      .values(keys.map((subject_key) => ({ subject_key, comparison_id: id, created_at: createdAt })))
      .onConflict((conflict) => conflict.doNothing()),
);

const insertReasons = prepared(
  (db, { id, createdAt, reasons }: { id: string; createdAt: string; reasons: string[] }) =>
    db
      .insertInto('comparison_reasons')
      .values(reasons.map((reason) => ({ reason, created_at: createdAt, comparison_id: id })))
      .onConflict((conflict) => conflict.doNothing()),
);

const readStanding = prepared(
  (db, { references, revisions }: { references: string[]; revisions: number[] }) => {
    const last = db.selectFrom('modes').orderBy('position', 'desc').limit(1);
    return db.selectNoFrom([
      last.select('mode').as('mode'),
      last.select('ends_at').as('ends_at'),
      db
        .selectFrom('documents')
        .select('id')
        .where((is) =>
          is.or(
            revisions.map((revision, index) =>
              is('id', '=', references[index] ?? '').and('revision', '<>', revision),
            ),
          ),
        )
        .limit(1)
        .as('outdated'),
    ]);
  },
);

const insertReferences = prepared((db, { id, references }: { id: string; references: string[] }) =>
  db
    .insertInto('comparison_references')
    .values(references.map((document_id, position) => ({ comparison_id: id, position, document_id }))),
);

const countComparison = prepared((db, row: Schema['comparison_counts']) =>
  db
    .insertInto('comparison_counts')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(['day', 'mode', 'outcome', 'age_band', 'sex'])
        .doUpdateSet({ n: sql<number>`comparison_counts.n + 1` }),
    ),
);
