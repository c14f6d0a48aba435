import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '../../src/config.js';
import { openConfiguredStore } from '../../src/configuredStore.js';
import type { RetentionPlan } from '../../src/retention/plan.js';
import { folder, newDocument } from '../store/fixture.js';
import { facematch } from '../support/command.js';

/** Settings out of the lines that `keys` prints. */
const settings = (out: string) =>
  Object.fromEntries(
    out
      .trim()
      .split('\n')
      .map((line) => line.split('=') as [string, string]),
  );

test('keys, plan, run, backup, restore: the whole drill from the command line', async (t) => {
  const path = folder(t);
  const base = {
    FACEMATCH_MODE: 'production',
    FACEMATCH_DATABASE: join(path, 'data', 'facematch.db'),
    FACEMATCH_KEYRING: join(path, 'one', 'keyring.db'),
    FACEMATCH_KEYRING_MIRROR: join(path, 'two', 'keyring.db'),
  };
  const made = await facematch(base, 'keys', 'init', '--to', join(path, 'keys'));
  assert.equal(made.status, 0, made.err);
  const { FACEMATCH_TOKEN_KEY: tokenKey, ...files } = settings(made.out);
  assert.ok(tokenKey !== undefined && existsSync(tokenKey));
  let env: Record<string, string> = { ...base, ...files };
  const twice = await facematch(base, 'keys', 'init', '--to', join(path, 'keys'));
  assert.equal(twice.status, 1);
  assert.match(twice.err, /there already/);

  const today = new Date().toISOString().slice(0, 10);
  let store = await openConfiguredStore(loadConfig(env), () => new Date());
  for (const retentionEnds of [today, '2061-01-01', '2061-02-01']) {
    await store.documents.create(newDocument(store, { retentionEnds }));
  }
  const held = await facematch(env, 'retention', 'run');
  assert.equal(held.status, 1);
  assert.match(held.err, /The service is running and holds the keyring/);
  const plan = await facematch(env, 'retention', 'plan', '--format', 'json');
  const { periods } = JSON.parse(plan.out) as RetentionPlan;
  assert.deepEqual(
    periods
      .filter(({ records }) => records.document)
      .map(({ period, records }) => [period, records.document]),
    [
      ['due', 1],
      ['2061', 2],
    ],
    'beside the open store',
  );
  const backup = await facematch(env, 'backup', '--to', join(path, 'backups'));
  assert.equal(backup.status, 0, backup.err);
  await store.close();

  const keyring = await facematch(
    env,
    'backup',
    '--to',
    join(path, 'backups-2'),
    '--keyring-to',
    join(path, 'key-backups'),
  );
  assert.equal(keyring.out.trim().split('\n').length, 2, keyring.err);
  const table = await facematch(env, 'retention', 'plan');
  assert.match(table.out, new RegExp(`by ${today}.*█`));
  const ran = await facematch(env, 'retention', 'run');
  assert.match(ran.out, /document\s*│\s*1 │/, ran.err);

  const rotated = await facematch(
    env,
    'keys',
    'rotate',
    'master',
    '--to',
    join(path, 'keys', 'master-2.key'),
  );
  assert.equal(rotated.status, 0, rotated.err);
  const refused = await facematch(env, 'keys', 'status');
  assert.match(refused.err, /keyring-invalid/);
  env = { ...env, ...settings(rotated.out) };
  const lookup = await facematch(env, 'keys', 'rotate', 'lookup', '--to', join(path, 'keys', 'lookup-2.key'));
  env = { ...env, ...settings(lookup.out) };
  assert.equal(readFileSync(env['FACEMATCH_LOOKUP_KEY_FILE']!, 'utf8').trim().split('\n').length, 2);
  const status = await facematch(env, 'keys', 'status', '--verify');
  assert.match(status.out, /keys, both copies, and the ledger/, status.err);

  const occupied = await facematch(env, 'restore', '--from', backup.out.trim());
  assert.match(occupied.err, /A database is in place/);
  renameSync(base.FACEMATCH_DATABASE, join(path, 'lost'));
  const older = await facematch(env, 'restore', '--from', backup.out.trim());
  assert.match(older.err, /look-up key is not the one/, 'its hashes are those of the key before');
  env = { ...env, ...{ FACEMATCH_LOOKUP_KEY_FILE: files['FACEMATCH_LOOKUP_KEY_FILE']! } };
  const restored = await facematch(env, 'restore', '--from', backup.out.trim());
  assert.match(restored.out, /1 records that were destroyed since were destroyed again/, restored.err);
  store = await openConfiguredStore(loadConfig(env), () => new Date());
  t.after(() => store.close());
  assert.equal((await store.stats()).documents, 2);
  assert.ok((await store.audit.verify()).intact);
});

test('what needs the store to itself says so while the service holds it, and changes nothing', async (t) => {
  const path = folder(t);
  const database = join(path, 'data', 'facematch.db');
  const base = {
    FACEMATCH_MODE: 'production',
    FACEMATCH_DATABASE: database,
    FACEMATCH_KEYRING: join(path, 'one', 'keyring.db'),
    FACEMATCH_KEYRING_MIRROR: join(path, 'two', 'keyring.db'),
  };
  const { FACEMATCH_TOKEN_KEY: _token, ...files } = settings(
    (await facematch(base, 'keys', 'init', '--to', join(path, 'keys'))).out,
  );
  const env: Record<string, string> = { ...base, ...files };
  const store = await openConfiguredStore(loadConfig(env), () => new Date());
  t.after(() => store.close());
  await store.documents.create(newDocument(store));
  const backup = await facematch(env, 'backup', '--to', join(path, 'backups'));
  assert.equal(backup.status, 0, 'the database alone can be copied beside it');
  const restore = ['restore', '--from', backup.out.trim()];
  assert.match((await facematch(env, ...restore)).err, /A database is in place/);

  const before = await store.stats();
  const { id } = store.keyring;
  const { generation } = await store.keyring.state();
  const made = (name: string) => join(path, 'keys', name);
  const commands = [
    ['reembed'],
    ['reembed', '--rollback'],
    ['reembed', '--discard'],
    ['keys', 'rotate', 'lookup', '--to', made('lookup-2.key')],
    ['keys', 'rotate', 'master', '--to', made('master-2.key')],
    ['keys', 'rotate', 'audit', '--to', made('audit-2.key')],
    ['keys', 'rotate', 'months'],
    ['keys', 'status'],
    ['backup', '--to', join(path, 'more'), '--keyring-to', join(path, 'keyring-copies')],
    ['retention', 'run'],
  ];
  for (const command of commands) {
    const { status, err } = await facematch(env, ...command);
    assert.equal(status, 1, command.join(' '));
    assert.match(err, /The service is running and holds the keyring: .+ \(store-unavailable\)/);
  }
  for (const name of ['lookup-2.key', 'master-2.key', 'audit-2.key'])
    assert.ok(!existsSync(made(name)), name);
  assert.deepEqual(await store.stats(), before);
  assert.deepEqual([store.keyring.id, (await store.keyring.state()).generation], [id, generation]);

  // The database moved away under the running service: its keyring is held all the same.
  renameSync(database, join(path, 'moved'));
  const { status, err } = await facematch(env, ...restore);
  assert.equal(status, 1);
  assert.match(err, /The service is running and holds the keyring: stop it first, nothing was put in place/);
  assert.ok(!existsSync(database) && !existsSync(`${database}.restoring`));
  renameSync(join(path, 'moved'), database);
});

test('the rules are listed with their legal basis, and wrong words are refused', async (t) => {
  const env = { FACEMATCH_DATABASE: join(folder(t), 'none.db') };
  const rules = await facematch(env, 'retention', 'rules');
  for (const word of [
    'passport',
    '20 years',
    '180 days',
    'Directive',
    'staff',
    'ledger',
    'reason',
    'review',
    'audit',
  ]) {
    assert.ok(rules.out.includes(word), word);
  }
  const cases: [string[], RegExp][] = [
    [['retention', 'plan', '--by', 'week'], /--by takes month or year/],
    [['keys', 'rotate', 'nothing', '--to', 'x'], /master, months, lookup, audit or token/],
    [['backup', '--to', 'a', '--keyring-to', 'a'], /name two folders/],
  ];
  for (const [args, expected] of cases) {
    const { status, err } = await facematch(env, ...args);
    assert.equal(status, 1, args.join(' '));
    assert.match(err, expected);
  }
});
