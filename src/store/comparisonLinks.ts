import { sql, type Transaction } from 'kysely';
import { FacematchError } from '../errors.js';
import type { NewComparison } from './comparisons.js';
import type { Schema } from './schema.js';

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
  const rows = await trx
    .selectFrom('documents')
    .select(['id', 'revision'])
    .where('id', 'in', [...references])
    .execute();
  for (const { id, revision } of rows) {
    if (revisions[references.indexOf(id)] === revision) continue;
    throw new FacematchError('revision-conflict', 'A reference was corrected meanwhile.', { id });
  }
}

/** Ties a new comparison to its references and the identifiers it was made under, and counts it by group. */
export async function linkComparison(
  trx: Transaction<Schema>,
  { id, references = [], subjectKeys = [], group, outcome, createdAt }: NewComparison,
  mode: string,
): Promise<void> {
  if (references.length > 0) {
    await trx
      .insertInto('comparison_references')
      .values(references.map((document_id, position) => ({ comparison_id: id, position, document_id })))
      .execute();
  }
  if (subjectKeys.length > 0) {
    await trx
      .insertInto('comparison_subjects')
      .values(subjectKeys.map((subject_key) => ({ subject_key, comparison_id: id })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  const { ageBand = 'unknown', sex = 'unknown' } = group ?? {};
  await trx
    .insertInto('comparison_counts')
    .values({ day: createdAt.slice(0, 10), mode, outcome, age_band: ageBand, sex, n: 1 })
    .onConflict((conflict) =>
      conflict
        .columns(['day', 'mode', 'outcome', 'age_band', 'sex'])
        .doUpdateSet({ n: sql<number>`comparison_counts.n + 1` }),
    )
    .execute();
}
