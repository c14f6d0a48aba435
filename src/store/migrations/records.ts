import { retentionSql } from './0002-retention.js';
import { oversightSql } from './0003-oversight.js';
import { embeddingModelsSql } from './0005-embedding-models.js';
import { inquiriesSql } from './0006-inquiries.js';
import { reviewsSql } from './0006-reviews.js';
import { searchesSql } from './0006-searches.js';
import { outcomeCountsSql } from './0007-outcome-counts.js';
import { narrowListsSql } from './0008-narrow-lists.js';
import { searchWorkSql } from './0009-search-work.js';
import { unreadPhotosSql } from './0010-unread-photos.js';
import { trialFiguresSql } from './0011-trial-figures.js';
import type { Migration } from './migrate.js';

/** The database of records. Names, numbers, photos and embeddings are in it only as keyed hashes and ciphertext. */
export const recordMigrations: readonly Migration[] = [
  {
    id: '0001-records',
    sha256: '0736c400280afe74df9f6daec3a72e73ce35cf13a15f73bf9cf5fcee06f93a46',
    sql: `
create table store (
  one integer primary key check (one = 1),
  keyring_id text not null,
  keyring_generation integer not null,
  lookup_check blob not null,
  created_at text not null
) strict;

create table holders (
  id text primary key,
  created_at text not null
) strict;

create table documents (
  id text primary key,
  holder_id text not null references holders (id),
  type text not null,
  issued_on text not null,
  number_key blob not null,
  register_key blob,
  pixels_key blob not null,
  fingerprint blob not null,
  embedding_model text not null,
  embedding_state text not null,
  key_id text not null unique,
  retention_ends text not null,
  received_at text not null,
  record blob not null,
  unique (number_key, type)
) strict;
create index documents_by_holder on documents (holder_id);
create index documents_by_register on documents (register_key);
create index documents_by_receipt on documents (received_at);

create table document_images (
  document_id text not null references documents (id) on delete cascade,
  kind text not null check (kind in ('photo', 'signature')),
  content blob not null,
  primary key (document_id, kind)
) strict;

create table document_identity_keys (
  identity_key blob not null,
  document_id text not null references documents (id) on delete cascade,
  primary key (identity_key, document_id)
) strict;
create index document_identity_keys_by_document on document_identity_keys (document_id);

create table embeddings (
  document_id text not null references documents (id) on delete cascade,
  model text not null,
  vector blob not null,
  primary key (document_id, model)
) strict;

create table comparisons (
  id text primary key,
  application_key blob not null,
  office text not null,
  outcome text not null,
  created_at text not null,
  model text not null,
  calibration text not null,
  policy text not null,
  key_id text not null unique,
  retention_ends text not null,
  detail blob not null
) strict;
create index comparisons_by_application on comparisons (application_key);

create table probes (
  comparison_id text primary key references comparisons (id) on delete cascade,
  key_id text not null unique,
  retention_ends text not null,
  photo blob not null,
  embedding blob
) strict;

create table idempotency (
  key blob primary key,
  fingerprint blob not null,
  kind text not null,
  resource_id text not null,
  created_at text not null,
  expires_at text not null
) strict;
create index idempotency_by_expiry on idempotency (expires_at);

create table audit (
  seq integer primary key,
  at text not null,
  actor_key blob not null,
  client text not null,
  action text not null,
  subject_key blob,
  outcome text not null,
  facts text not null,
  prev_hash blob not null,
  hash blob not null
) strict;
create trigger audit_is_never_updated before update on audit
begin select raise(abort, 'the audit trail is append-only'); end;
create trigger audit_is_never_deleted before delete on audit
begin select raise(abort, 'the audit trail is append-only'); end;
`,
  },
  {
    id: '0002-retention',
    sha256: '701f044910b972b639a1de6f97e461753b0efb44e65dda7d3893f54d19181d33',
    sql: retentionSql,
  },
  {
    id: '0003-oversight',
    sha256: 'd09c6215d23d60b322213f84f4ff20247e52097fb45b88b9416ac08034d01a11',
    sql: oversightSql,
  },
  {
    id: '0005-embedding-models',
    sha256: '63baeba76b07cbd1bae1502ea665a380f6303ece2310f3f126221cd1cad86927',
    sql: embeddingModelsSql,
  },
  {
    id: '0006-inquiries',
    sha256: '431a6c548db521f67b687b69450468737aa66796771e07b6fb6d4dc32641ad65',
    sql: inquiriesSql,
  },
  {
    id: '0006-reviews',
    sha256: 'b00e949f68c13b42bb5afa4d7036ed110211ce4206f4e623f077793cb6b51cf7',
    sql: reviewsSql,
  },
  {
    id: '0006-searches',
    sha256: '5cd49bcbc61f9c4ccf1f87d3af65a3c3153846b764c09fea5fd858797618cc07',
    sql: searchesSql,
  },
  {
    id: '0007-outcome-counts',
    sha256: '7560be5a1863ef92850ce80ac11af1d8d93a4fdbccc335626fa12cd26ce758a6',
    sql: outcomeCountsSql,
  },
  {
    id: '0008-narrow-lists',
    sha256: '6197c1792a0e8504ffaa06cda595bd1e381e38d51bb911cea844079d649dfcf8',
    sql: narrowListsSql,
  },
  {
    id: '0009+search-work',
    sha256: '171dc0010ef5cfa924ffff98434dbb83172f8d25e8f1c4674531c107e3d876f6',
    sql: searchWorkSql,
  },
  {
    id: '0010+unread-photos',
    sha256: '8a92b5188ab86d360d7087cc4c36081d5282126f6a7ae77850dfdee74cd9d724',
    sql: unreadPhotosSql,
  },
  {
    id: '0011+trial-figures',
    sha256: 'e4b16eed02f38e45e5b47950108fd5ecd388ded1ce3f0a30178adb7e1a9e7744',
    sql: trialFiguresSql,
  },
];
