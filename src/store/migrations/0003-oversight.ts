/**
 * What oversight needs beside the records: who did what in which role, signed heads of the trail, trial and
 * suspension, status and correction of documents, and figures that name nobody.
 */
export const oversightSql = `
alter table audit add column format integer not null default 1;
alter table audit add column role text;
alter table audit add column behalf_kind text;
alter table audit add column behalf_key blob;
alter table audit add column ground text;
create index audit_by_time on audit (at);
create index audit_by_subject on audit (subject_key);
create index audit_by_behalf on audit (behalf_key);

create table audit_periods (
  month text primary key,
  key_id text not null unique,
  retention_ends text not null
) strict;
create table audit_people (
  month text not null references audit_periods (month) on delete cascade,
  actor_key blob not null,
  sealed blob not null,
  primary key (month, actor_key)
) strict;

create table audit_heads (
  seq integer primary key,
  at text not null,
  hash blob not null,
  public_key blob not null,
  signature blob not null
) strict;
create trigger audit_heads_are_never_updated before update on audit_heads
begin select raise(abort, 'the audit trail is append-only'); end;
create trigger audit_heads_are_never_deleted before delete on audit_heads
begin select raise(abort, 'the audit trail is append-only'); end;

create table use_counts (
  day text not null,
  action text not null,
  outcome text not null,
  n integer not null,
  primary key (day, action, outcome)
) strict;
create table comparison_counts (
  day text not null,
  mode text not null,
  outcome text not null,
  age_band text not null,
  sex text not null,
  n integer not null,
  primary key (day, mode, outcome, age_band, sex)
) strict;

create table modes (
  position integer primary key,
  change_id text not null unique,
  mode text not null check (mode in ('active', 'trial', 'suspended')),
  ends_at text,
  since text not null
) strict;
create table mode_changes (
  id text primary key,
  mode text not null check (mode in ('active', 'trial', 'suspended')),
  ends_at text,
  requested_at text not null,
  requested_by blob not null,
  expires_at text not null,
  approved_at text,
  key_id text not null unique,
  retention_ends text not null,
  detail blob not null
) strict;

alter table comparisons add column mode text not null default 'active';
create index comparisons_by_time on comparisons (created_at);
create table comparison_references (
  comparison_id text not null references comparisons (id) on delete cascade,
  position integer not null,
  document_id text not null references documents (id) on delete cascade,
  primary key (comparison_id, position)
) strict;
create index comparison_references_by_document on comparison_references (document_id);
create table comparison_subjects (
  subject_key blob not null,
  comparison_id text not null references comparisons (id) on delete cascade,
  primary key (subject_key, comparison_id)
) strict;
create index comparison_subjects_by_comparison on comparison_subjects (comparison_id);
create table comparison_decisions (
  comparison_id text primary key references comparisons (id) on delete cascade,
  decision text not null,
  decided_at text not null
) strict;
create table comparison_reevaluations (
  id text primary key,
  comparison_id text not null references comparisons (id) on delete cascade,
  at text not null,
  outcome text,
  detail blob not null
) strict;
create index comparison_reevaluations_by_comparison on comparison_reevaluations (comparison_id);

alter table documents add column source text not null default 'production';
alter table documents add column status text not null default 'valid';
alter table documents add column revision integer not null default 1;
create table document_statuses (
  position integer primary key autoincrement,
  document_id text not null references documents (id) on delete cascade,
  kind text not null,
  on_day text not null,
  recorded_at text not null,
  detail blob
) strict;
create index document_statuses_by_document on document_statuses (document_id);
create table rectifications (
  id text primary key,
  document_id text not null references documents (id) on delete cascade,
  revision integer not null,
  at text not null,
  detail blob not null,
  unique (document_id, revision)
) strict;
create table rectification_images (
  rectification_id text not null references rectifications (id) on delete cascade,
  kind text not null check (kind in ('photo', 'signature')),
  content blob not null,
  primary key (rectification_id, kind)
) strict;
`;
