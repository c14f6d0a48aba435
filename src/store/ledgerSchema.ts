import type { Migration } from './migrations/migrate.js';

/** Entries are packed: 32 bytes of the record's keyed hash and 16 of its data key's id for each. */
export const ledgerMigrations: readonly Migration[] = [
  {
    id: '0001-ledger',
    sha256: '7072c6294b2bca33b33955a75a2450ef203f2e4e646530a343f63b1de0186948',
    sql: `
create table $schema.ledger (
  one integer primary key check (one = 1),
  id text not null,
  created_at text not null
) strict;
create table $schema.batches (
  seq integer primary key,
  batch_id text not null unique,
  kind text not null,
  month text not null,
  ground text not null,
  at text not null,
  entries blob not null,
  prev_hash blob not null,
  hash blob not null
) strict;
`,
  },
];
