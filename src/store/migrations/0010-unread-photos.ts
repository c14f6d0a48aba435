/** Photos that could not be read when a model was to embed them, so that each is not tried anew by every run. */
export const unreadPhotosSql = `
create table embedding_unread (
  document_id text not null references documents (id) on delete cascade,
  model text not null,
  code text not null,
  at text not null,
  primary key (document_id, model)
) strict;
`;
