import { createHash } from 'node:crypto';
import { type SqlBool, sql } from 'kysely';

/** Condition on a row of `documents`: the model embedded its photo, or noted why it did not. */
export const seenBy = (model: string) => sql<SqlBool>`(
  exists (select 1 from embeddings e where e.document_id = documents.id and e.model = ${model})
  or exists (select 1 from embedding_failures f where f.document_id = documents.id and f.model = ${model})
  or (documents.embedding_model = ${model} and documents.embedding_state <> 'embedded'))`;

/** The opposite, each part by itself: so a database may go through two lists side by side. */
export const unseenBy = (model: string) => sql<SqlBool>`(
  not exists (select 1 from embeddings e where e.document_id = documents.id and e.model = ${model})
  and not exists (select 1 from embedding_failures f where f.document_id = documents.id and f.model = ${model})
  and not (documents.embedding_model = ${model} and documents.embedding_state <> 'embedded'))`;

/** It could not be read for the model at that time (ISO 8601) or later. */
export const unreadSince = (model: string, since: string) => sql<SqlBool>`exists (
  select 1 from embedding_unread u where u.document_id = documents.id and u.model = ${model} and u.at >= ${since})`;

/** By which is written what a model made of a photo: whoever writes about the same one waits. */
export const subjectOfEmbedding = (id: string, model: string): Uint8Array =>
  createHash('sha256').update(`passport-facematch/v1/embedding\0${id}\0${model}`).digest();
