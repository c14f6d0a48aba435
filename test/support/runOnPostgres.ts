import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PrivatePostgres, withoutPostgres } from './postgres.js';

/** What stores something; the other rooms know no database. */
const rooms = ['store', 'http', 'records', 'comparison', 'inquiry', 'oversight', 'retention'];

/** Runs the tests of these rooms, or the files named, on a PostgreSQL of their own. */
const tests = fileURLToPath(new URL('..', import.meta.url));
const named = process.argv.slice(2);
const files = named.length > 0 ? named : rooms.flatMap((room) => testsIn(join(tests, room)));
if (withoutPostgres) throw new Error(withoutPostgres);
const postgres = await PrivatePostgres.start(['max_connections=300']);
try {
  const env = {
    ...process.env,
    FACEMATCH_TEST_DATABASE: 'postgres',
    FACEMATCH_TEST_POSTGRES: postgres.url(),
  };
  const run = spawn(process.execPath, ['--test', '--test-concurrency=2', ...files], {
    env,
    stdio: 'inherit',
  });
  const [code] = await new Promise<[number | null]>((done) => run.once('close', (status) => done([status])));
  process.exitCode = code ?? 1;
} finally {
  await postgres.dispose();
}

function testsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.test.js'))
    .map((name) => join(folder, name));
}
