import { sql, type Transaction } from 'kysely';
import { FacematchError } from '../errors.js';
import type { NewComparison } from './comparisons.js';
import { atEnd } from './database.js';
import { prepared } from './prepared.js';
import type { Schema } from './schema.js';

/** Lets a comparison be found by the identifiers it was made under and by its reasons, newest first. */
export async function findableBy(
  trx: Transaction<Schema>,
  {
    id,
    createdAt,
    subjectKeys = [],
    numberKeys = [],
    reasons = [],
  }: Pick<NewComparison, 'id' | 'createdAt' | 'subjectKeys' | 'numberKeys' | 'reasons'>,
): Promise<void> {
  const keys = [...subjectKeys, ...numberKeys];
  if (keys.length > 0) await insertSubjects(trx, { id, createdAt, keys });
  if (reasons.length > 0) await insertReasons(trx, { id, createdAt, reasons: [...reasons] });
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

/**
 * What was computed from a record that was corrected meanwhile must not be stored: the correction would never reach it.
 *
 * @throws FacematchError `revision-conflict`
 */
export async function requireRevisions(
  trx: Transaction<Schema>,
  { references = [], revisions = [] }: NewComparison,
): Promise<void> {
  if (revisions.length === 0) return;
  const rows = await revisionsOf(trx, { references: [...references] });
  for (const { id, revision } of rows) {
    if (revisions[references.indexOf(id)] === revision) continue;
    throw new FacematchError('revision-conflict', 'A reference was corrected meanwhile.', { id });
  }
}

/** Ties a new comparison to its references and the identifiers it was made under, and counts it by group. */
export async function linkComparison(
  trx: Transaction<Schema>,
  comparison: NewComparison,
  mode: string,
): Promise<void> {
  const { id, references = [], group, outcome, createdAt } = comparison;
  if (references.length > 0) await insertReferences(trx, { id, references: [...references] });
  await findableBy(trx, comparison);
  const { ageBand = 'unknown', sex = 'unknown' } = group ?? {};
  const day = createdAt.slice(0, 10);
  await atEnd(trx, async () => {
    await countComparison(trx, { day, mode, outcome, age_band: ageBand, sex, n: 1 });
  });
}

const revisionsOf = prepared((db, { references }: { references: string[] }) =>
  db.selectFrom('documents').select(['id', 'revision']).where('id', 'in', references),
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
