import { sql, type Transaction } from 'kysely';
import { type RetainedKind, retained } from './retained.js';
import type { Schema } from './schema.js';
import { countGone } from './trialFigures.js';

/**
 * Deletes the rows of these keys, with all that hangs on them: images, embeddings, look-up hashes, answers to repeated
 * requests, holders without documents.
 *
 * @returns how many records there were.
 */
export async function deleteRecords(
  trx: Transaction<Schema>,
  kind: RetainedKind,
  keyIds: readonly string[],
): Promise<number> {
  if (keyIds.length === 0) return 0;
  const { table, id } = retained[kind];
  const keys = sql.join(keyIds);
  const { rows } = await sql<{ id: string }>`
    select ${sql.ref(id)} as id from ${sql.table(table)} where key_id in (${keys})`.execute(trx);
  if (rows.length === 0) return 0;
  const ids = rows.map((row) => row.id);
  const holders =
    kind === 'document'
      ? await trx.selectFrom('documents').select('holder_id').distinct().where('id', 'in', ids).execute()
      : [];
  if (kind === 'document') await forgetNumbers(trx, ids);
  if (kind === 'comparison') await countGone(trx, ids);
  await sql`delete from ${sql.table(table)} where key_id in (${keys})`.execute(trx);
  if (kind === 'document' || kind === 'comparison') {
    await trx.deleteFrom('idempotency').where('resource_id', 'in', ids).execute();
  }
  if (holders.length > 0) {
    await trx
      .deleteFrom('holders')
      .where(
        'id',
        'in',
        holders.map(({ holder_id }) => holder_id),
      )
      .where((holder) =>
        holder.not(
          holder.exists(
            holder
              .selectFrom('documents')
              .select('documents.id')
              .whereRef('documents.holder_id', '=', 'holders.id'),
          ),
        ),
      )
      .execute();
  }
  return ids.length;
}

/** Comparisons are no longer found by the numbers of documents that are gone, unless another document has one too. */
async function forgetNumbers(trx: Transaction<Schema>, ids: readonly string[]): Promise<void> {
  const rows = await trx
    .selectFrom('documents')
    .select('number_key')
    .where('id', 'in', [...ids])
    .execute();
  const going = rows.map(({ number_key }) => number_key);
  const staying = await trx
    .selectFrom('documents')
    .select('number_key')
    .where('number_key', 'in', going)
    .where('id', 'not in', [...ids])
    .execute();
  const kept = new Set(staying.map(({ number_key }) => hex(number_key)));
  const gone = going.filter((key) => !kept.has(hex(key)));
  if (gone.length > 0) await trx.deleteFrom('comparison_subjects').where('subject_key', 'in', gone).execute();
}

const hex = (key: Uint8Array): string => Buffer.from(key).toString('hex');
