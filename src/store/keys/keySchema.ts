import type { Migration } from '../migrations/migrate.js';
import type { Month } from '../month.js';

/** The tables of a keyring and its ledger on PostgreSQL. */
export interface KeySchema {
  keyring: {
    one: number;
    id: string;
    master_check: Uint8Array;
    generation: number;
    ledger_seq: number;
    created_at: string;
  };
  month_keys: { month: Month; wrapped: Uint8Array; keys: number; digest: Uint8Array };
  data_keys: { month: Month; key_id: string; wrapped: Uint8Array };
  /** An empty key id stands for a whole month. */
  destroyed: { month: Month; key_id: string; destroyed_at: string };
  ledger: { one: number; id: string; created_at: string };
  batches: {
    seq: number;
    batch_id: string;
    kind: string;
    month: Month;
    ground: string;
    at: string;
    entries: Uint8Array;
    prev_hash: Uint8Array;
    hash: Uint8Array;
  };
}

/** As the keyring's and the ledger's files hold it, in one database. */
export const keyMigrations: readonly Migration[] = [
  {
    id: '0001-keys',
    sha256: 'e4b405ffc3df0574e1d234ff80fa9a7276adcd7d24b8419bc07cb895aef76cac',
    sql: `
create table keyring (
  one integer primary key check (one = 1),
  id text not null,
  master_check blob not null,
  generation integer not null,
  ledger_seq integer not null,
  created_at text not null
) strict;
create table month_keys (
  month text primary key,
  wrapped blob not null,
  keys integer not null,
  digest blob not null
) strict;
create table data_keys (
  month text not null references month_keys (month),
  key_id text not null,
  wrapped blob not null,
  primary key (month, key_id)
) strict;
create table destroyed (
  month text not null,
  key_id text not null,
  destroyed_at text not null,
  primary key (month, key_id)
) strict;
create table ledger (
  one integer primary key check (one = 1),
  id text not null,
  created_at text not null
) strict;
create table batches (
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
