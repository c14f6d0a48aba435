import { sql, type Transaction } from 'kysely';
import { type RetainedKind, retained } from './retained.js';
import type { Schema } from './schema.js';

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
