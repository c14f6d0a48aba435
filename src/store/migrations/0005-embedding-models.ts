/** Which model's embeddings count, and photos that a model found no usable face in. */
export const embeddingModelsSql = `
create table embedding_models (
  one integer primary key check (one = 1),
  active text not null,
  previous text,
  since text not null
) strict;
create table embedding_failures (
  document_id text not null references documents (id) on delete cascade,
  model text not null,
  reason text not null,
  primary key (document_id, model)
) strict;
`;
