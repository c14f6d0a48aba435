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
  {
    // Keys lie together by month, as they are destroyed together; each month carries the number and a digest of its
    // keys, so that the two copies are compared without reading every key. An empty key id stands for a whole month.
    id: '0002-months',
    sha256: 'a3b73d4cece52ccb3df1326613c3a8d5252f8c0a42bead6213bf820e7e4424cd',
    sql: `
create table $schema.data_keys_by_month_key (
  month text not null references month_keys (month),
  key_id text not null,
  wrapped blob not null,
  primary key (month, key_id)
) strict, without rowid;
insert into $schema.data_keys_by_month_key select month, key_id, wrapped from $schema.data_keys;
drop table $schema.data_keys;
alter table $schema.data_keys_by_month_key rename to data_keys;

alter table $schema.month_keys add column keys integer;
alter table $schema.month_keys add column digest blob;
alter table $schema.keyring add column ledger_seq integer not null default 0;

create table $schema.destroyed_by_month (
  month text not null,
  key_id text not null,
  destroyed_at text not null,
  primary key (month, key_id)
) strict, without rowid;
insert into $schema.destroyed_by_month select id, '', destroyed_at from $schema.destroyed where kind = 'month';
drop table $schema.destroyed;
alter table $schema.destroyed_by_month rename to destroyed;
`,
  },
];
