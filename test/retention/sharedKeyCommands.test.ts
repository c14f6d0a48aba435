import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '../../src/config.js';
import { openConfiguredStore } from '../../src/configuredStore.js';
import type { Month } from '../../src/store/month.js';
import { openKeys } from '../../src/store/openKeys.js';
import { folder, newDocument, now } from '../store/fixture.js';
import { postgres } from '../store/keyKinds.js';
import { facematch } from '../support/command.js';
import { withoutPostgres } from '../support/postgres.js';

const key = () => randomBytes(32).toString('base64');

test('with the keyring on PostgreSQL keys are changed beside a running service', {
  skip: withoutPostgres,
}, async (t) => {
  const path = folder(t);
  const master = join(path, 'master.key');
  const [first, second] = [key(), key()];
  writeFileSync(master, `${first}\n`, { mode: 0o600 });
  const env = {
    FACEMATCH_DATABASE: join(path, 'facematch.db'),
    FACEMATCH_KEYRING_URL: (await postgres()).createDatabase(`keys_${Date.now()}`),
    FACEMATCH_MASTER_KEY_FILE: master,
    FACEMATCH_LOOKUP_KEY: key(),
  };
  const clock = () => new Date();
  const before = await openConfiguredStore(loadConfig(env), clock);
  const document = newDocument(before);
  await before.documents.create(document);
  await before.close();

  writeFileSync(master, `${first}\n${second}\n`, { mode: 0o600 });
  const serving = await openConfiguredStore(loadConfig(env), clock);
  t.after(() => serving.close());
  const rotated = await facematch(env, 'keys', 'rotate', 'master');
  assert.equal(rotated.status, 0, rotated.err);
  assert.equal((await facematch(env, 'keys', 'rotate', 'months')).status, 0);
  await serving.documents.open(document.id);
  await serving.documents.create(newDocument(serving));
  const entries = await serving.auditQuery.find({ action: 'keys.rotated' }, 0, 10);
  assert.deepEqual(
    entries.map(({ outcome, facts }) => [outcome, facts['key']]),
    [
      ['begun', 'master'],
      ['done', 'master'],
      ['begun', 'months'],
      ['done', 'months'],
    ],
  );

  writeFileSync(master, `${first}\n`, { mode: 0o600 });
  const old = await facematch(env, 'keys', 'status');
  assert.equal(old.status, 1);
  assert.match(old.err, /keyring-invalid/);
  writeFileSync(master, `${second}\n`, { mode: 0o600 });
  const status = await facematch(env, 'keys', 'status', '--verify');
  assert.equal(status.status, 0, status.err);
  assert.match(status.out, /verified/);

  const to = join(path, 'copies');
  const backup = await facematch(env, 'backup', '--to', to, '--keyring-to', join(path, 'keyring'));
  assert.equal(backup.status, 1);
  assert.match(backup.err, /FACEMATCH_KEYRING_URL/);
  assert.equal(existsSync(to), false, 'nothing was copied');
  const alone = await facematch(env, 'backup', '--to', to);
  assert.equal(alone.status, 0, alone.err);
  for (const { err, out } of [rotated, old, status, backup, alone]) {
    for (const secret of [first, second]) assert.equal(`${err}${out}`.includes(secret), false);
  }
});

test('the keys of a key service are changed where it runs, without the records', async (t) => {
  const path = folder(t);
  const keyringPaths = [join(path, 'a.db'), join(path, 'b.db')] as const;
  const first = randomBytes(32);
  const made = await openKeys({ keyringPaths, masterKey: first }, 'any', () => now);
  const reserved = await made.keyring.reserve('2046-03' as Month);
  const env = {
    FACEMATCH_DATABASE: join(path, 'none', 'facematch.db'),
    FACEMATCH_KEYRING: keyringPaths[0],
    FACEMATCH_KEYRING_MIRROR: keyringPaths[1],
    FACEMATCH_MASTER_KEY: first.toString('base64'),
  };
  const to = join(path, 'master-2.key');
  const rotate = () => facematch(env, 'keys', 'rotate', 'master', '--keys-only', '--to', to);
  const held = await rotate();
  assert.equal(held.status, 1);
  assert.match(held.err, /holds the keyring: stop it first/);
  assert.equal(existsSync(to), false);
  await made.keyring.close();
  await made.ledger.close();
  assert.match(
    (await facematch(env, 'keys', 'rotate', 'lookup', '--keys-only', '--to', to)).err,
    /input-invalid/,
  );
  assert.equal((await facematch(env, 'keys', 'rotate', 'months', '--keys-only')).status, 0);
  const rotated = await rotate();
  assert.equal(rotated.status, 0, rotated.err);
  const masterKey = Buffer.from(readFileSync(to, 'utf8').trim(), 'base64');
  const again = await openKeys({ keyringPaths, masterKey }, 'any', () => now);
  t.after(() => again.keyring.close());
  t.after(() => again.ledger.close());
  assert.deepEqual(await again.keyring.open(reserved.id, reserved.month), reserved.key);
  assert.equal(existsSync(join(path, 'none')), false);
});
