/** Retention, holds and destruction. Rows are found by the month in which they end, then by key, as the keyring is. */
export const retentionSql = `
alter table store add column ledger_id text;
alter table store add column ledger_seq integer not null default 0;
alter table store add column trusted_at text;

create index documents_by_retention on documents (substr(retention_ends, 1, 7), key_id, retention_ends);
create index comparisons_by_retention on comparisons (substr(retention_ends, 1, 7), key_id, retention_ends);
create index probes_by_retention on probes (substr(retention_ends, 1, 7), key_id, retention_ends);
create index idempotency_by_resource on idempotency (resource_id);

create table holds (
  id text primary key,
  kind text not null check (kind in ('document', 'comparison')),
  record_id text not null,
  ground text not null check (ground in ('inquiry', 'judicial')),
  placed_at text not null,
  ends_on text not null,
  released_at text,
  key_id text not null unique,
  retention_ends text not null,
  detail blob not null
) strict;
create index holds_by_record on holds (kind, record_id);
create index holds_by_retention on holds (substr(retention_ends, 1, 7), key_id, retention_ends);

create table destruction_intents (
  id text primary key,
  kind text not null,
  month text not null,
  ground text not null,
  begun_at text not null,
  records text not null
) strict;

create table retention_runs (
  id text primary key,
  started_at text not null,
  ended_at text,
  outcome text not null,
  destroyed text not null,
  key_id text unique,
  retention_ends text,
  detail blob
) strict;
create index retention_runs_by_start on retention_runs (started_at);
`;
