import type { Migration } from './migrations/migrate.js';

export const keyringMigrations: readonly Migration[] = [
  {
    id: '0001-keys',
    sha256: '91a6f4759c53deb04809d3a8871327d509bed6911a466cad2ff9c0d9eac0c10f',
    sql: `
create table $schema.keyring (
  one integer primary key check (one = 1),
  id text not null,
  master_check blob not null,
  generation integer not null,
  created_at text not null
) strict;
create table $schema.month_keys (
  month text primary key,
  wrapped blob not null
) strict, without rowid;
create table $schema.data_keys (
  key_id text primary key,
  month text not null references month_keys (month),
  wrapped blob not null
) strict, without rowid;
create index $schema.data_keys_by_month on data_keys (month);
create table $schema.destroyed (
  kind text not null check (kind in ('month', 'record')),
  id text not null,
  destroyed_at text not null,
  primary key (kind, id)
) strict, without rowid;
`,
  },
];
