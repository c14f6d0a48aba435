import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PostgresDatabase } from '../../src/store/database/postgres.js';
import { PrivatePostgres, templateName, withoutPostgres } from './postgres.js';

/** What stores something; the other rooms know no database, or bring one of their own. */
const rooms = ['store', 'http', 'records', 'comparison', 'inquiry', 'oversight', 'retention', 'reembedding'];
/** And of rooms that mostly do not. */
const others = ['enrolment/enrol.test.js'];

/** Tests of what only SQLite has, and why they have nothing to say of PostgreSQL. */
const ofSqlite: Readonly<Record<string, string>> = {
  'dueCounts.test.js': 'the plans that SQLite makes of the queries',
  'commands.test.js': 'the drill of its backups, from the command line',
  'proof.test.js':
    "the bytes of its files, and backups of them, which on PostgreSQL are its own tools' matter",
  'proofServed.test.js': 'the bytes of its files',
  'timing.test.js': 'times are told apart more sharply without the way to another process',
  'keyring.test.js': 'keyrings, wherever they are kept, know no database of records',
  'keyringKinds.test.js': 'the same',
  'keysOnPostgres.test.js': 'the same, but for one that has its own databases',
  'keyService.test.js': 'the same',
  'keySettings.test.js': 'settings',
  'monthKeys.test.js': 'keys in memory',
  'sharedKeys.test.js': 'restores of its backups',
  'sharedKeyCommands.test.js': 'backups of its file, from the command line',
  'twoServices.test.js': 'it has its own databases',
  'replicas.test.js': 'the same',
  'hangingDatabase.test.js': 'the same',
  'postgresHalfOpen.test.js': 'the same',
  'postgresHangs.test.js': 'the same',
  'postgresFaults.test.js': 'the same',
  'postgresReplicas.test.js': 'the same',
  'restoredOnPostgres.test.js': 'the same',
  'together.test.js': 'the same',
  'searchKilled.test.js': 'the same',
};

/** Runs the tests of these rooms, or the files named, on a PostgreSQL of their own. */
const tests = fileURLToPath(new URL('..', import.meta.url));
const named = process.argv.slice(2);
const files =
  named.length > 0
    ? named
    : [...rooms.flatMap((room) => testsIn(join(tests, room))), ...others.map((file) => join(tests, file))];
if (withoutPostgres) throw new Error(withoutPostgres);
const postgres = await PrivatePostgres.start(['max_connections=300']);
try {
  const template = postgres.createDatabase(templateName);
  await (await PostgresDatabase.open({ url: template }, () => new Date())).close();
  const env = {
    ...process.env,
    FACEMATCH_TEST_DATABASE: 'postgres',
    FACEMATCH_TEST_POSTGRES: postgres.url(),
  };
  const run = spawn(process.execPath, ['--test', '--test-concurrency=2', '--test-timeout=600000', ...files], {
    env,
    stdio: 'inherit',
  });
  // Whoever ends this ends the server too.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => run.kill(signal));
  const [code] = await new Promise<[number | null]>((done) => run.once('close', (status) => done([status])));
  process.exitCode = code ?? 1;
} finally {
  await postgres.dispose();
}

function testsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.test.js') && !(name in ofSqlite))
    .map((name) => join(folder, name));
}
