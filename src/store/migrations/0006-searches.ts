/**
 * Searches of one face, and sweeps of all of them, in the store: what was asked, decided, searched and found. What is
 * found hangs on the document too, and goes with it.
 */
export const searchesSql = `
create table searches (
  id text primary key,
  inquiry_id text not null,
  kind text not null check (kind in ('search', 'sweep')),
  status text not null check (status in ('requested', 'refused', 'running', 'done', 'failed')),
  requested_at text not null,
  requested_by blob not null,
  decided_at text,
  started_at text,
  ended_at text,
  mode text,
  model text,
  documents integer,
  compared integer,
  reached integer,
  last_document text,
  error text,
  key_id text not null unique,
  retention_ends text not null,
  detail blob not null,
  photo blob,
  decision blob
) strict;
create index searches_by_inquiry on searches (inquiry_id, id);
create index searches_by_status on searches (status) where status in ('requested', 'running');
create index searches_by_retention on searches (substr(retention_ends, 1, 7), key_id, retention_ends);

create table search_findings (
  search_id text not null references searches (id) on delete cascade,
  rank integer not null,
  document_id text not null references documents (id) on delete cascade,
  other_id text references documents (id) on delete cascade,
  detail blob not null,
  primary key (search_id, rank)
) strict;
create index search_findings_by_document on search_findings (document_id);
create index search_findings_by_other on search_findings (other_id) where other_id is not null;

create table search_verifications (
  search_id text not null,
  rank integer not null,
  position integer not null,
  person_key blob not null,
  at text not null,
  detail blob not null,
  primary key (search_id, rank, position),
  unique (search_id, rank, person_key),
  foreign key (search_id, rank) references search_findings (search_id, rank) on delete cascade
) strict;
`;
