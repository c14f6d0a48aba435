import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '../../src/config.js';
import { configuredStore } from '../../src/configuredStore.js';
import { developmentKeys } from '../../src/developmentKeys.js';
import { newKey, writeKeyFile } from '../../src/keys/keyFile.js';
import {
  rotateAuditKey,
  rotateLookupKey,
  rotateMasterKey,
  rotateMonthKeys,
} from '../../src/keys/rotation.js';
import { headSigner } from '../../src/oversight/auditHeads.js';
import { openStore } from '../../src/store/store.js';
import { code, folder, newComparison, newDocument } from '../store/fixture.js';
import { by, opened } from './support.js';

test('a new master key and new month keys open everything; the old master key opens nothing', async (t) => {
  const { store, options } = await opened(t);
  const document = newDocument(store);
  await store.documents.create(document);
  const master = newKey();
  let months = 0;
  await rotateMonthKeys(store, by, (done) => {
    months = done;
  });
  assert.ok(months >= 2);
  await rotateMasterKey(store, master, by);
  await store.documents.create(newDocument(store, { retentionEnds: '2041-01-01' }));
  await store.close();
  await assert.rejects(openStore(options), code('keyring-invalid'));
  const again = await openStore({ ...options, masterKey: master });
  t.after(() => again.close());
  assert.deepEqual(Buffer.from((await again.documents.open(document.id)).photo), document.photo);
  const rotations = await again.auditQuery.find({ action: 'keys.rotated' }, 0, 10);
  assert.deepEqual(
    rotations.map(({ facts, outcome }) => [facts['key'], outcome]),
    [
      ['months', 'begun'],
      ['months', 'done'],
      ['master', 'begun'],
      ['master', 'done'],
    ],
  );
});

test('after a change of the look-up key everything is found as before, and the old chain is refused', async (t) => {
  const { store, options } = await opened(t);
  const { lookup } = store;
  const document = newDocument(store, {
    registerKey: lookup.registerNumber('85073003328'),
    numberKey: lookup.documentNumber('EP847215'),
    identityKeys: [lookup.identity('A'), lookup.identity('B')],
  });
  const claim = {
    key: lookup.idempotency('office', 'k1'),
    fingerprint: lookup.fingerprint(Buffer.from('x')),
  };
  const applicationKey = lookup.application('application-1');
  await store.documents.create(document);
  const comparison = newComparison(store, { applicationKey, idempotency: claim });
  await store.comparisons.create(comparison);
  const key = newKey();
  await rotateLookupKey(store, key, by);
  await store.close();

  await assert.rejects(openStore(options), code('keyring-invalid'));
  const lookupKey = new Uint8Array(Buffer.concat([options.lookupKey, key]));
  const again = await openStore({ ...options, lookupKey });
  t.after(() => again.close());
  const found = await again.documents.findByKeys({
    register: again.lookup.registerNumber('85073003328'),
    identity: [again.lookup.identity('B')],
    numbers: [again.lookup.documentNumber('EP847215')],
  });
  assert.equal(found.byRegister[0]?.id, document.id);
  assert.equal(found.byIdentity[0]?.id, document.id);
  assert.equal(found.byNumber[0]?.[0]?.id, document.id);
  const repeated = {
    key: again.lookup.idempotency('office', 'k1'),
    fingerprint: again.lookup.fingerprint(Buffer.from('x')),
  };
  assert.equal(await again.idempotency.find('comparison', repeated), comparison.id);
  assert.equal(await again.comparisons.tries(again.lookup.application('application-1')), 1);
  // Somebody with the database and the first key alone finds nothing by it.
  const old = await again.documents.findByKeys({
    register: lookup.registerNumber('85073003328'),
    identity: [],
    numbers: [lookup.documentNumber('EP847215')],
  });
  assert.deepEqual([old.byRegister, old.byNumber], [[], [[]]]);
  // The trail is found under what it was written with.
  const subject = { application: 'application-1' };
  assert.equal((await again.auditQuery.find({ subject }, 0, 10)).length, 1);
  assert.deepEqual(again.lookup.record(document.id), lookup.record(document.id));
});

test('a new audit key signs the trail on, and the entry in between names it', async (t) => {
  const { store, time, path } = await opened(t);
  await store.documents.create(newDocument(store));
  const [from, to] = [headSigner(newKey()), headSigner(newKey())];
  const headsFile = join(path, 'heads.jsonl');
  await rotateAuditKey(store, { from, to, headsFile }, time.clock, by);
  const heads = readFileSync(headsFile, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { seq: number; publicKey: string });
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  assert.deepEqual(
    heads.map(({ publicKey }) => publicKey),
    [hex(from.publicKey), hex(to.publicKey)],
  );
  assert.equal(heads[1]!.seq, heads[0]!.seq + 1);
  const [entry] = await store.auditQuery.find({ action: 'keys.rotated' }, 0, 10);
  assert.equal(entry?.facts['publicKey'], hex(to.publicKey));
});

test('key files are private, hold one key a line, and are never replaced', async (t) => {
  const file = join(folder(t), 'keys', 'lookup.key');
  const keys = [newKey(), newKey()];
  await writeKeyFile(file, keys);
  assert.equal(statSync(file).mode & 0o077, 0);
  const config = loadConfig({ FACEMATCH_LOOKUP_KEY_FILE: file });
  assert.deepEqual(Buffer.from(config.store.lookupKey!), Buffer.concat(keys));
  await assert.rejects(writeKeyFile(file, keys), code('input-invalid'));
});

test('production refuses the keys that were made for development', async (t) => {
  const path = folder(t);
  const database = join(path, 'facematch.db');
  const { masterKey, lookupKey } = developmentKeys(database);
  const env = {
    FACEMATCH_DATABASE: database,
    FACEMATCH_MASTER_KEY: Buffer.from(masterKey).toString('base64'),
    FACEMATCH_LOOKUP_KEY: Buffer.from(lookupKey).toString('base64'),
  };
  const clock = () => new Date();
  assert.throws(() => configuredStore(loadConfig(env), clock), code('config-invalid'));
  configuredStore(loadConfig({ ...env, FACEMATCH_MODE: 'development' }), clock);
  const own = { ...env, FACEMATCH_MASTER_KEY: randomBytes(32).toString('base64') };
  configuredStore(loadConfig(own), clock);
  assert.throws(
    () => configuredStore(loadConfig({ FACEMATCH_DATABASE: database }), clock),
    code('config-invalid'),
  );
});
