import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import type { DirectAnswer, DirectRequest } from './directWorker.js';
import { databaseUrlFor, programPath } from './postgres.js';

type Value = string | number | Uint8Array | null;
type Values = readonly Value[] | readonly [Readonly<Record<string, Value>>];

/** What tests use of a connection behind the store's back, on either database; nothing of it waits. */
export interface DirectDatabase {
  prepare<R = unknown>(sql: string): DirectStatement<R>;
  exec(sql: string): void;
  /** Everything in it, bytes as they are. */
  serialize(): Buffer;
  close(): void;
}

export interface DirectStatement<R> {
  /** The first column alone. */
  pluck(): DirectStatement<unknown>;
  /** Rows as lists. */
  raw(): DirectStatement<unknown[]>;
  get(...values: Values): R | undefined;
  all(...values: Values): R[];
  run(...values: Values): void;
}

/** The records' database of the store or service in a folder, as somebody with a connection of their own has it. */
export function directDatabase(databasePath: string, options: Database.Options = {}): DirectDatabase {
  const url = databaseUrlFor(dirname(databasePath));
  if (url === undefined) return new Database(databasePath, options) as unknown as DirectDatabase;
  return {
    prepare: <R>(sql: string) => statement<R>(url, sql, (row) => row as R),
    exec: (sql) => void ask(url, inPostgres(sql)),
    serialize: () => dumped(url),
    close: () => undefined,
  };
}

type Row = Record<string, unknown>;

function statement<R>(url: string, sql: string, shape: (row: Row) => R): DirectStatement<R> {
  const rows = (values: Values): R[] => {
    const query = inPostgres(withValues(sql, values));
    const text = ask(url, `select coalesce(json_agg(row_to_json(t)), '[]')::text from (${query}) as t`);
    return (JSON.parse(text) as Row[]).map(withBytes).map(shape);
  };
  return {
    pluck: () => statement<unknown>(url, sql, (row) => Object.values(row)[0]),
    raw: () => statement<unknown[]>(url, sql, (row) => Object.values(row)),
    all: (...values) => rows(values),
    get: (...values) => rows(values)[0],
    run: (...values) => void ask(url, inPostgres(withValues(sql, values))),
  };
}

/** A dump, with what it holds in hexadecimal as bytes after it. */
function dumped(url: string): Buffer {
  const run = spawnSync(programPath('pg_dump'), ['--inserts', '-d', url], { maxBuffer: 1024 * 1024 * 1024 });
  if (run.status !== 0) throw new Error(run.stderr.toString());
  const bytes = [...run.stdout.toString('latin1').matchAll(/\\x([0-9a-f]+)/g)].map(([, hex = '']) =>
    Buffer.from(hex, 'hex'),
  );
  return Buffer.concat([run.stdout, ...bytes]);
}

let worker: Worker | undefined;

/** Another thread asks, as the driver does not wait. */
function ask(url: string, sql?: string): string {
  worker ??= new Worker(new URL('./directWorker.js', import.meta.url));
  worker.unref();
  const ready = new Int32Array(new SharedArrayBuffer(4));
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ url, sql, ready, port: port2 } satisfies DirectRequest, [port2]);
  Atomics.wait(ready, 0, 0, 60_000);
  const answer = receiveMessageOnPort(port1)?.message as DirectAnswer | undefined;
  port1.close();
  if (answer === undefined) throw new Error('the database did not answer');
  if ('error' in answer) throw new Error(answer.error);
  return answer.text;
}

/** Values in the place of `?`, or of `$name` and `@name`. */
function withValues(sql: string, values: Values): string {
  const [first] = values;
  if (first !== null && typeof first === 'object' && !(first instanceof Uint8Array)) {
    return sql.replaceAll(/[$@:](\w+)/g, (_, name: string) => literal(first[name] ?? null));
  }
  let next = 0;
  return sql.replaceAll('?', () => literal((values as readonly Value[])[next++] ?? null));
}

function literal(value: Value): string {
  if (value === null) return 'null';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  return `'\\x${Buffer.from(value).toString('hex')}'::bytea`;
}

function withBytes(row: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(row).map(([name, value]) => [
    name,
    typeof value === 'string' && value.startsWith('\\x') ? Buffer.from(value.slice(2), 'hex') : value,
  ]);
  return Object.fromEntries(entries);
}

/** What tests say in SQLite's words only. */
function inPostgres(sql: string): string {
  return sql
    .replaceAll(/zeroblob\((\d+)\)/g, `decode(repeat('00', $1), 'hex')`)
    .replaceAll(
      /drop trigger (if exists )?(\w+?)_(is|are)_never_(\w+)/g,
      'drop trigger $1$2_$3_never_$4 on $2',
    )
    .replaceAll(
      "sqlite_schema where type = 'table' and name not like 'sqlite%'",
      "(select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace) as s",
    )
    .replaceAll(/json_extract\((\w+), '\$\.(\w+)'\)/g, "($1::json ->> '$2')::integer")
    .replaceAll(/drop trigger (full|refuse)\b/g, 'drop function "$1" cascade')
    .replaceAll(
      /create trigger (\w+) before (insert|update|delete) on (\w+) begin select raise\(abort, '([^']*)'\); end/g,
      `create function "$1"() returns trigger language plpgsql as $body$ begin raise exception '$4'; end $body$;
       create trigger "$1" before $2 on $3 for each row execute function "$1"()`,
    );
}

/** The database as it is now, for a store that is closed. @returns what puts it back as it was. */
export function snapshotOf(databasePath: string): () => void {
  const url = databaseUrlFor(dirname(databasePath));
  if (url === undefined) {
    const copy = readFileSync(databasePath);
    return () => writeFileSync(databasePath, copy);
  }
  ask(url);
  const name = new URL(url).pathname.slice(1);
  const admin = process.env['FACEMATCH_TEST_POSTGRES'] ?? '';
  const kept = `${name}_${++snapshots}`;
  ask(admin, `create database "${kept}" template "${name}"`);
  return () => {
    ask(url);
    ask(admin, `drop database "${name}"`);
    ask(admin, `create database "${name}" template "${kept}"`);
  };
}

let snapshots = 0;
