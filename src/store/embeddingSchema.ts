/** Rows about models of embeddings, as the database holds them. */
export interface EmbeddingSchema {
  /** One row, once a model was first used. */
  embedding_models: { one: number; active: string; previous: string | null; since: string };
  /** Why a model made no embedding of a document's photo. */
  embedding_failures: { document_id: string; model: string; reason: string };
  /** Photos that could not be read for a model the last time, and when that was (ISO 8601). */
  embedding_unread: { document_id: string; model: string; code: string; at: string };
}
