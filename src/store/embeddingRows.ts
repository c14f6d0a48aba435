import { createHash } from 'node:crypto';
import { sql, type Transaction } from 'kysely';
import type { Schema } from './schema.js';
import { seenBy } from './seenPhotos.js';

/** What rows that {@link followIn} are written by: one at a time, and whatever else is written goes on. */
export const following = createHash('sha256').update('passport-facematch/v1/embedding-rows').digest();

/**
 * The documents after `after` up to `last` say what `model` made of their photos, those that it saw; what the model
 * before made of them is kept beside.
 */
export async function followIn(
  trx: Transaction<Schema>,
  model: string,
  { after, last }: { readonly after: string; readonly last: string },
): Promise<void> {
  // The failures of another model stand in the documents' rows alone, which are about to change.
  await sql`
    insert into embedding_failures (document_id, model, reason)
    select id, embedding_model, embedding_state from documents
    where id > ${after} and id <= ${last} and embedding_state <> 'embedded' and embedding_model <> ${model}
    on conflict do nothing`.execute(trx);
  await sql`
    update documents set embedding_model = ${model}, embedding_state = case
      when exists (select 1 from embeddings e where e.document_id = documents.id and e.model = ${model})
      then 'embedded'
      else (select f.reason from embedding_failures f where f.document_id = documents.id and f.model = ${model}) end
    where id > ${after} and id <= ${last} and embedding_model <> ${model} and ${seenBy(model)}`.execute(trx);
}
