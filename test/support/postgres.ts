import { createHash } from 'node:crypto';
import type { TestFn } from 'node:test';
import { test } from 'node:test';
import { createDatabase, postgresInstalled } from '../../src/benchmark/privatePostgres.js';

export { createDatabase, PrivatePostgres, programPath } from '../../src/benchmark/privatePostgres.js';

/** For `skip` of a test: false where PostgreSQL is installed. */
export const withoutPostgres = postgresInstalled ? false : 'PostgreSQL is not installed';

/** An empty store, which a new database begins as: making its tables takes longer than copying them. */
export const templateName = 'facematch_template';

/** Tests run on SQLite unless told otherwise. */
export const onPostgres = process.env['FACEMATCH_TEST_DATABASE'] === 'postgres';

/** A test of what only SQLite has, for a reason: on PostgreSQL there is no such test, rather than one that is skipped. */
export function testOfSqlite(_reason: string, name: string, body: TestFn): void {
  if (!onPostgres) test(name, body);
}

/** The database that stands for a file, the same for the same path; undefined where tests run on SQLite. */
export function databaseUrlFor(path: string): string | undefined {
  if (!onPostgres) return undefined;
  const admin = process.env['FACEMATCH_TEST_POSTGRES'];
  if (admin === undefined)
    throw new Error('FACEMATCH_TEST_POSTGRES names no server: run npm run test:postgres');
  const name = `t_${createHash('sha256').update(path).digest('hex').slice(0, 24)}`;
  createDatabase(admin, name, templateName);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return url.href;
}

/** The same as a setting, for a process of its own. */
export function databaseSetting(folder: string): Readonly<Record<string, string>> {
  const url = databaseUrlFor(folder);
  return url === undefined ? {} : { DATABASE_URL: url };
}
