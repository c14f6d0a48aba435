/**
 * Reviews: their queue, what was done in each and the words and names about it, which go before it. And what comparisons
 * are asked for by, beside their encrypted detail: each way to ask has an index in the order of the answer.
 */
export const reviewsSql = `
alter table comparisons add column score real;
alter table comparisons add column strength real;
alter table comparisons add column verdict text;
alter table comparisons add column queryable integer not null default 0;
drop index comparisons_by_time;
create index comparisons_by_time on comparisons (created_at, id);
create index comparisons_by_outcome on comparisons (outcome, created_at, id);
create index comparisons_by_office on comparisons (office, created_at, id);
create index comparisons_by_office_and_outcome on comparisons (office, outcome, created_at, id);
create index comparisons_by_model on comparisons (model, created_at, id);
create index comparisons_by_model_and_outcome on comparisons (model, outcome, created_at, id);
create index comparisons_by_verdict on comparisons (verdict, created_at, id) where verdict is not null;
create index comparisons_by_score on comparisons (score, id) where score is not null;
create index comparisons_not_queryable on comparisons (id) where queryable = 0;

alter table comparison_subjects add column created_at text not null default '';
update comparison_subjects set created_at = coalesce(
  (select comparisons.created_at from comparisons where comparisons.id = comparison_subjects.comparison_id), '');
create index comparison_subjects_by_time on comparison_subjects (subject_key, created_at, comparison_id);
create table comparison_reasons (
  reason text not null,
  created_at text not null,
  comparison_id text not null references comparisons (id) on delete cascade,
  primary key (reason, created_at, comparison_id)
) strict;
create index comparison_reasons_by_comparison on comparison_reasons (comparison_id);

create table reviews (
  id text primary key,
  comparison_id text not null references comparisons (id) on delete cascade,
  office text not null,
  mode text not null,
  status text not null check (status in
    ('waiting', 'claimed', 'second-waiting', 'second-claimed', 'disputed', 'settling', 'done')),
  opened_at text not null,
  ready_at text not null,
  claimed_at text,
  claim_ends_at text,
  claimed_by blob,
  claimed_name blob,
  done_at text,
  verdict text,
  key_id text not null unique,
  retention_ends text not null
) strict;
create index reviews_by_status on reviews (status, opened_at, id);
create index reviews_by_office on reviews (office, status, opened_at, id);
create index reviews_by_comparison on reviews (comparison_id, id);
create index reviews_by_claim on reviews (claim_ends_at) where claim_ends_at is not null;
create unique index reviews_not_done on reviews (comparison_id) where status <> 'done';
create index reviews_by_retention on reviews (substr(retention_ends, 1, 7), key_id, retention_ends);

create table review_events (
  id text primary key,
  review_id text not null references reviews (id) on delete cascade,
  at text not null,
  action text not null check (action in ('opened', 'claimed', 'released', 'expired', 'verdict', 'withdrawn')),
  step text not null check (step in ('first', 'second', 'settlement')),
  verdict text,
  waited_seconds integer,
  handling_seconds integer,
  spent_seconds integer
) strict;
create index review_events_by_review on review_events (review_id, id);

create table review_words (
  id text primary key references review_events (id) on delete cascade,
  review_id text not null,
  comparison_id text not null,
  person_key blob not null,
  key_id text not null unique,
  retention_ends text not null,
  detail blob not null
) strict;
create index review_words_by_review on review_words (review_id, id);
create index review_words_by_comparison on review_words (comparison_id);
create index review_words_by_retention on review_words (substr(retention_ends, 1, 7), key_id, retention_ends);

create table review_counts (
  day text not null,
  mode text not null,
  step text not null,
  verdict text not null,
  n integer not null,
  waited_seconds integer not null,
  handling_seconds integer not null,
  primary key (day, mode, step, verdict)
) strict;
`;
