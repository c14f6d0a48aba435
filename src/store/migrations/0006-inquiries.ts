/** Inquiries into fraud: who may act in them, the records they hold, and what was done about them and why. */
export const inquiriesSql = `
create table inquiries (
  id text primary key,
  opened_at text not null,
  ends_at text not null,
  closed_at text,
  key_id text not null unique,
  retention_ends text not null,
  detail blob not null
) strict;
create index inquiries_by_retention on inquiries (substr(retention_ends, 1, 7), key_id, retention_ends);

create table inquiry_members (
  inquiry_id text not null references inquiries (id) on delete cascade,
  person_key blob not null,
  name blob not null,
  primary key (inquiry_id, person_key)
) strict;
create index inquiry_members_by_person on inquiry_members (person_key, inquiry_id);

create table inquiry_records (
  inquiry_id text not null references inquiries (id) on delete cascade,
  kind text not null check (kind in ('document', 'comparison')),
  record_id text not null,
  hold_id text not null,
  added_at text not null,
  detail blob not null,
  primary key (inquiry_id, kind, record_id)
) strict;

create index inquiry_records_by_record on inquiry_records (kind, record_id);

create table inquiry_events (
  id text primary key,
  inquiry_id text not null references inquiries (id) on delete cascade,
  at text not null,
  action text not null,
  detail blob not null
) strict;
create index inquiry_events_by_inquiry on inquiry_events (inquiry_id, id);
`;
