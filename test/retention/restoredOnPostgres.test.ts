import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import type { KeyCopies } from '../../src/backup/keyFiles.js';
import { backupKeyring } from '../../src/backup/keyringBackup.js';
import { restoredInPlace } from '../../src/backup/restoredInPlace.js';
import { loadConfig } from '../../src/config.js';
import { configuredStore, openConfiguredStore } from '../../src/configuredStore.js';
import { createAuditHeads } from '../../src/oversight/auditHeads.js';
import { auditSigner } from '../../src/oversightParts.js';
import { ledgerPaths } from '../../src/store/ledgerFiles.js';
import type { Store } from '../../src/store/store.js';
import { code, folder, newDocument } from '../store/fixture.js';
import { facematch } from '../support/command.js';
import { PrivatePostgres, programPath, withoutPostgres } from '../support/postgres.js';

const skip = withoutPostgres;
const key = () => randomBytes(32).toString('base64');
const clock = () => new Date();
const entry = { client: 'office', actor: 'clerk', action: 'document.read', outcome: 'done' };
let postgres: PrivatePostgres;
before(async () => {
  if (!skip) postgres = await PrivatePostgres.start();
});
after(() => postgres?.dispose());

function tool(name: string, ...parameters: string[]): void {
  const { status, stderr } = spawnSync(programPath(name), parameters, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}

type Env = Record<string, string>;
const open = (env: Env) => openConfiguredStore(loadConfig(env), clock);

/** Entries, the last of them signed and the head kept outside the database, as the service does every hour. */
async function signed(env: Env, store: Store, entries: number): Promise<void> {
  const config = loadConfig(env);
  const heads = createAuditHeads({
    trail: store.audit,
    signer: auditSigner(config),
    clock,
    file: config.audit.headsFile,
    failed: (error) => assert.fail(String(error)),
  });
  for (let n = 0; n < entries; n++) {
    await store.audit.append(entry);
    await heads.signHead();
  }
}

/** A store with a copy that PostgreSQL's own tool made of it, and what happened after that. */
async function copied(t: TestContext, name: string, keyring: Env) {
  const path = folder(t);
  const env: Env = {
    DATABASE_URL: postgres.createDatabase(name),
    FACEMATCH_DATABASE: join(path, 'unused.db'),
    FACEMATCH_AUDIT_HEADS: join(path, 'elsewhere', 'heads'),
    FACEMATCH_MASTER_KEY: key(),
    FACEMATCH_LOOKUP_KEY: key(),
    FACEMATCH_AUDIT_KEY: key(),
    ...keyring,
  };
  const store = await open(env);
  const [destroyed, kept, later] = [newDocument(store), newDocument(store), newDocument(store)];
  await store.documents.createMany([destroyed, kept]);
  await signed(env, store, 2);
  const copy = join(path, 'copy');
  tool('pg_dump', '--format=custom', `--file=${copy}`, env['DATABASE_URL'] ?? '');
  const { seq: inCopy } = await store.audit.position();
  await store.documents.create(later);
  const order = { client: 'test', actor: 'test', ground: 'judgment' };
  assert.ok(await store.destruction.destroyNow('document', destroyed.id, order));
  await signed(env, store, 3);
  await store.close();
  const putBack = (into: string): Env => {
    const url = postgres.createDatabase(into);
    tool('pg_restore', '--no-owner', '--exit-on-error', `--dbname=${url}`, copy);
    return { ...env, DATABASE_URL: url };
  };
  return { path, env, destroyed, kept, later, inCopy, putBack };
}

const fileKeyring = (path: string): Env => ({
  FACEMATCH_KEYRING: join(path, 'a', 'keyring.db'),
  FACEMATCH_KEYRING_MIRROR: join(path, 'b', 'keyring.db'),
});

test('a copy that pg_restore put back is noted before it is used: destroyed again, signed, and the trail is whole', {
  skip,
}, async (t) => {
  const keys = fileKeyring(folder(t));
  const { env, destroyed, kept, later, inCopy, putBack } = await copied(t, 'records', keys);
  assert.equal((await facematch(env, 'audit', 'verify')).status, 0);
  const back = putBack('restored');
  const cut = await facematch(back, 'audit', 'verify');
  assert.equal(cut.status, 1);
  assert.match(cut.err, new RegExp(`truncated at entry ${inCopy + 1}`));

  const noted = await facematch(back, 'restore', '--in-place');
  assert.equal(noted.status, 0, noted.err);
  assert.match(
    noted.out,
    new RegExp(
      `as of ${now()}.*\\. 1 records that were destroyed since were destroyed again; entry ${inCopy + 1} `,
    ),
  );
  const whole = await facematch(back, 'audit', 'verify', '--json');
  assert.equal(whole.status, 0, whole.err);
  const found = JSON.parse(whole.out) as { restores: number; entries: number; signedUpTo: number };
  assert.deepEqual([found.restores, found.entries, found.signedUpTo], [1, inCopy + 1, inCopy + 1]);

  const store = await open(back);
  t.after(() => store.close());
  await assert.rejects(store.documents.open(destroyed.id), code('not-found'));
  await assert.rejects(store.documents.open(later.id), code('not-found'));
  await store.documents.open(kept.id);
  assert.equal(store.resumed, 0);
  // The service goes on from there, beyond what was lost.
  await signed(back, store, 9);
  const after = await facematch(back, 'audit', 'verify');
  assert.equal(after.status, 0, after.err);
});

const now = () => new Date().toISOString().slice(0, 10);

test('what was written before the restore was noted is said, and a service is to be stopped first', {
  skip,
}, async (t) => {
  const shared = { FACEMATCH_KEYRING_URL: postgres.createDatabase('keys') };
  const { env, putBack } = await copied(t, 'shared', shared);
  const back = putBack('used');
  const serving = await open(back);
  const deaf = serving.models.onAnnounced(() => {});
  const listening = async () => {
    const [row] = await postgres.query<{ n: string }>(
      `select count(*) as n from pg_stat_activity where datname = 'used' and application_name = 'facematch-listener'`,
    );
    return Number(row?.n);
  };
  for (let tries = 0; tries < 500 && (await listening()) === 0; tries++)
    await new Promise((done) => setTimeout(done, 10));
  const running = await facematch(back, 'restore', '--in-place');
  assert.equal(running.status, 1);
  assert.match(running.err, /A service uses the database/);
  // As many as were under the first head that the copy lacks.
  for (let n = 0; n < 3; n++) await serving.audit.append(entry);
  await deaf();
  await serving.close();
  const late = await facematch(back, 'restore', '--in-place');
  assert.equal(late.status, 1);
  assert.match(late.err, /does not explain the trail: head-differs at entry \d+.*integrity-failure/);

  const nothing = await facematch(
    { ...env, DATABASE_URL: postgres.createDatabase('nothing') },
    'restore',
    '--in-place',
  );
  assert.equal(nothing.status, 1);
  assert.match(nothing.err, /holds no records/);
  const { DATABASE_URL: _, ...file } = env;
  for (const [settings, args, said] of [
    [file, ['--in-place'], /The records are in a file/],
    [env, ['--from', 'x'], /restore --in-place/],
    [env, [], /Either --from .* or --in-place/],
    [env, ['--in-place', '--keyring-from', 'x'], /FACEMATCH_KEYRING_URL says where/],
  ] as const) {
    const refused = await facematch(settings, 'restore', ...args);
    assert.equal(refused.status, 1);
    assert.match(refused.err, said);
  }
});

/** What the command does, in this process. */
function restoring(env: Env, copies: KeyCopies) {
  const config = loadConfig(env);
  return restoredInPlace({
    ...copies,
    ...{ store: configuredStore(config, clock), signer: auditSigner(config), clock, actor: 'operator-1' },
    headsFile: config.audit.headsFile,
  });
}

test('with the files of the keyring lost too, a copy of them is put in place: none that fails stays in the way', {
  skip,
}, async (t) => {
  const path = folder(t);
  const keys = fileKeyring(path);
  const keyringFiles = [join(path, 'a', 'keyring.db'), join(path, 'b', 'keyring.db')] as const;
  const ledgerFiles = ledgerPaths(keyringFiles);
  const inPlace = () => [...keyringFiles, ...ledgerFiles].filter((file) => existsSync(file));
  const env: Env = {
    DATABASE_URL: postgres.createDatabase('keyless'),
    FACEMATCH_DATABASE: join(path, 'unused.db'),
    FACEMATCH_AUDIT_HEADS: join(path, 'elsewhere', 'heads'),
    FACEMATCH_MASTER_KEY: key(),
    FACEMATCH_LOOKUP_KEY: key(),
    FACEMATCH_AUDIT_KEY: key(),
    ...keys,
  };
  const store = await open(env);
  const copyOfKeys = async (name: string) => {
    const { keyring, ledger } = store;
    const copy = { keyring, ledger, to: join(path, name), now: new Date(), version: 'test' };
    return (await backupKeyring(copy)).folder;
  };
  const old = await copyOfKeys('old');
  // More than one block of keys: the database knows of some that the old copy lacks.
  const [destroyed, kept] = [newDocument(store), newDocument(store)];
  await store.documents.createMany([destroyed, kept]);
  await store.documents.createMany(Array.from({ length: 600 }, () => newDocument(store)));
  await signed(env, store, 2);
  const copy = join(path, 'copy');
  tool('pg_dump', '--format=custom', `--file=${copy}`, env['DATABASE_URL'] ?? '');
  const recent = await copyOfKeys('recent');
  const order = { client: 'test', actor: 'test', ground: 'judgment' };
  assert.ok(await store.destruction.destroyNow('document', destroyed.id, order));
  await signed(env, store, 1);
  await store.close();
  const url = postgres.createDatabase('keyless_restored');
  tool('pg_restore', '--no-owner', '--exit-on-error', `--dbname=${url}`, copy);
  const back = { ...env, DATABASE_URL: url };

  await assert.rejects(restoring(back, { keyringFrom: recent }), code('input-invalid'));
  for (const file of keyringFiles) rmSync(file);
  // What does not fit, each for its own reason, leaves the ledger alone in place, so that the next may be tried.
  const otherKey = { ...back, FACEMATCH_MASTER_KEY: key() };
  for (const [settings, copies, said] of [
    [back, {}, 'keyring-invalid'],
    [back, { keyringFrom: join(path, 'nothing') }, 'backup-invalid'],
    [back, { keyringFrom: old }, 'keyring-invalid'],
    [otherKey, { keyringFrom: recent }, 'keyring-invalid'],
    [back, { keyringFrom: recent, ledgerFrom: recent }, 'input-invalid'],
  ] as const) {
    await assert.rejects(restoring(settings, copies), code(said));
    assert.deepEqual(inPlace(), [...ledgerFiles], said);
  }
  const noted = await facematch(back, 'restore', '--in-place', '--keyring-from', recent);
  assert.equal(noted.status, 0, noted.err);
  assert.match(noted.out, /1 records that were destroyed since were destroyed again/);
  assert.deepEqual(inPlace(), [...keyringFiles, ...ledgerFiles]);
  const verified = await facematch(back, 'audit', 'verify');
  assert.equal(verified.status, 0, verified.err);
  const status = await facematch(back, 'keys', 'status', '--verify');
  assert.equal(status.status, 0, status.err);
  const restored = await open(back);
  t.after(() => restored.close());
  await assert.rejects(restored.documents.open(destroyed.id), code('not-found'));
  await restored.documents.open(kept.id);
  await restored.documents.create(newDocument(restored));
});

test('with the ledger lost as well its newest copy is believed, and one file that is left is not overwritten', {
  skip,
}, async (t) => {
  const keys = fileKeyring(folder(t));
  const { path, env, destroyed, putBack } = await copied(t, 'ledgerless', keys);
  const files = [keys['FACEMATCH_KEYRING'] ?? '', keys['FACEMATCH_KEYRING_MIRROR'] ?? ''] as const;
  const store = await open(env);
  const { keyring, ledger } = store;
  const parts = { keyring, ledger, to: join(path, 'copies'), now: new Date(), version: 'test' };
  const { folder: newest } = await backupKeyring(parts);
  await store.close();
  const back = putBack('ledgerless_restored');
  const all = [...files, ...ledgerPaths(files)];
  for (const file of all) rmSync(file);
  await assert.rejects(restoring(back, { keyringFrom: newest }), code('ledger-invalid'));
  assert.ok(all.every((file) => !existsSync(file)));
  writeFileSync(files[1], 'half of something');
  const both = { keyringFrom: newest, ledgerFrom: newest };
  await assert.rejects(restoring(back, both), code('input-invalid'));
  rmSync(files[1]);
  const noted = await facematch(
    back,
    ...['restore', '--in-place', '--keyring-from', newest, '--ledger-from', newest],
  );
  assert.equal(noted.status, 0, noted.err);
  const verified = await facematch(back, 'audit', 'verify');
  assert.equal(verified.status, 0, verified.err);
  const restored = await open(back);
  t.after(() => restored.close());
  await assert.rejects(restored.documents.open(destroyed.id), code('not-found'));
});
