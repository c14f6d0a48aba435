import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '../../src/config.js';
import { configuredStore } from '../../src/configuredStore.js';
import { masterKey } from '../../src/store/crypto/keys.js';
import { PostgresDatabase } from '../../src/store/database/postgres.js';
import type { Month } from '../../src/store/month.js';
import { openKeys } from '../../src/store/openKeys.js';
import { openStore } from '../../src/store/store.js';
import { PrivatePostgres, withoutPostgres } from '../support/postgres.js';
import { code, folder, newDocument, now, storeOptions } from './fixture.js';
import { bindingOf, keyKinds, postgres } from './keyKinds.js';

const options = { skip: withoutPostgres };
const march = '2046-03' as Month;
const kind = keyKinds.find(({ name }) => name === 'PostgreSQL')!;
const until = async (what: string, is: () => Promise<boolean>) => {
  const deadline = performance.now() + 20_000;
  while (!(await is())) {
    assert.ok(performance.now() < deadline, what);
    await new Promise((done) => setTimeout(done, 50));
  }
};

test('the keyring is never in the database of the records, by whatever address', options, async (t) => {
  const server = await postgres();
  const url = server.createDatabase(`records_${randomUUID().replaceAll('-', '')}`);
  const records = await PostgresDatabase.open({ url }, () => now);
  t.after(() => records.close());
  const place = { keyringPaths: ['', ''] as const, keyringUrl: url, masterKey: randomBytes(32) };
  await assert.rejects(
    openKeys(place, undefined, () => now),
    code('keyring-invalid'),
  );
  const key = (fill: number) => Buffer.alloc(32, Buffer.from([fill, 1])).toString('base64');
  const config = (databaseUrl: string, keyringUrl: string) =>
    loadConfig({
      DATABASE_URL: databaseUrl,
      FACEMATCH_KEYRING_URL: keyringUrl,
      FACEMATCH_MASTER_KEY: key(1),
      FACEMATCH_LOOKUP_KEY: key(2),
    });
  const one = 'postgres://records@db.example/facematch';
  for (const same of [one, 'postgres://keys:secret@DB.example:5432/facematch?sslmode=require']) {
    assert.throws(() => configuredStore(config(one, same), () => now), code('config-invalid'));
  }
  configuredStore(config(one, 'postgres://keys@db.example/keys'), () => now);
});

test('a keyring away is said at once, and serves again when it is back', options, async (t) => {
  const server = await PrivatePostgres.start();
  t.after(() => server.dispose());
  const place = {
    keyringPaths: ['', ''] as const,
    keyringUrl: server.createDatabase('keys'),
    masterKey: randomBytes(32),
  };
  const { keyring, ledger } = await openKeys(place, undefined, () => now);
  t.after(() => keyring.close());
  const key = await keyring.reserve(march);
  await server.kill();
  const unavailable = code('store-unavailable');
  await assert.rejects(keyring.open(key.id, march), unavailable);
  await assert.rejects(keyring.check(), unavailable);
  await assert.rejects(keyring.destroyKeys(march, [key.id]), unavailable);
  await assert.rejects(ledger.lastSeq(), unavailable);
  // Its last processes may still be going.
  await until('the server does not start', async () => {
    try {
      server.run();
      return true;
    } catch {
      return false;
    }
  });
  await until('it does not serve again', () =>
    keyring.check().then(
      () => true,
      () => false,
    ),
  );
  // What was acknowledged before the server died is there.
  assert.deepEqual(await keyring.open(key.id, march), key.key);
  assert.deepEqual((await keyring.verify()).damaged, []);
});

test('a keyring that went back to an older state is used no further', options, async (t) => {
  const home = await kind.home(t);
  const { keyring, ledger } = await home.open();
  const key = await keyring.reserve(march);
  const name = (
    await (
      await postgres()
    ).query<{ datname: string }>(
      `select datname from pg_stat_activity where application_name = 'facematch' and datname like 'keys_%' order by backend_start desc limit 1`,
    )
  )[0]!.datname;
  await (await postgres()).query('update keyring set generation = generation - 1', name);
  await until('it is still used', () =>
    keyring.open(key.id, march).then(
      () => false,
      (error) => code('keyring-invalid')(error),
    ),
  );
  await assert.rejects(keyring.reserve(march), code('keyring-invalid'));
  await assert.rejects(keyring.destroyKeys(march, [key.id]), code('keyring-invalid'));
  await assert.rejects(keyring.check(), code('keyring-invalid'));
  await assert.rejects(keyring.backup('/nowhere'), code('input-invalid'));
  await assert.rejects(ledger.backup('/nowhere'), code('input-invalid'));
});

test('damage to a key is found when it is needed, and by verification', options, async (t) => {
  const home = await kind.home(t);
  const { keyring } = await home.open();
  const [key, other] = [await keyring.reserve(march), await keyring.reserve(march)];
  const name = (
    await (
      await postgres()
    ).query<{ datname: string }>(
      `select datname from pg_stat_activity where application_name = 'facematch' and datname like 'keys_%' order by backend_start desc limit 1`,
    )
  )[0]!.datname;
  const server = await postgres();
  await server.query(
    `update data_keys set wrapped = set_byte(wrapped, 20, get_byte(wrapped, 20) # 4) where key_id = '${key.id}'`,
    name,
  );
  await assert.rejects(keyring.open(key.id, march), code('integrity-failure'));
  assert.deepEqual(await keyring.open(other.id, march), other.key);
  assert.deepEqual((await keyring.verify()).damaged, [{ copy: 'main', month: march }]);
});

test('the master key changes under running services that have both', options, async (t) => {
  const home = await kind.home(t);
  const fresh = new Uint8Array(randomBytes(32));
  const both = new Uint8Array(Buffer.concat([home.masterKey, fresh]));
  const first = await home.open();
  const key = await first.keyring.reserve(march);
  const bound = await bindingOf(first);
  const replica = await home.open(bound, both);
  assert.deepEqual(await replica.keyring.open(key.id, march), key.key);
  const command = await home.open(bound, both);
  await command.keyring.rotateMaster(masterKey(fresh));
  assert.deepEqual(await replica.keyring.open(key.id, march), key.key);
  const later = await replica.keyring.reserve('2046-07' as Month);
  const afterwards = await home.open(bound, fresh);
  for (const one of [key, later]) assert.deepEqual(await afterwards.keyring.open(one.id, one.month), one.key);
  // One that was left with the old key alone says so, rather than that records are damaged.
  await assert.rejects(first.keyring.open(key.id, march), code('keyring-invalid'));
  await assert.rejects(home.open(bound), code('keyring-invalid'));
});

test('two stores of two machines: what one destroys, the other no longer opens', options, async (t) => {
  const server = await postgres();
  const id = randomUUID().replaceAll('-', '');
  const databaseUrl = server.createDatabase(`records_${id}`);
  const keyringUrl = server.createDatabase(`keys_of_${id}`);
  const open = () => openStore(storeOptions(join(folder(t), 'unused'), { databaseUrl, keyringUrl }));
  const [first, second] = await Promise.all([open(), open()]);
  t.after(() => Promise.all([first.close(), second.close()]));
  const [document, other] = [newDocument(first), newDocument(first)];
  await first.documents.create(document);
  await second.documents.create(other);
  assert.deepEqual(
    new Uint8Array((await second.documents.open(document.id)).photo),
    new Uint8Array(document.photo),
  );
  const order = { client: 'facematch-cli', actor: 'operator', ground: 'court order 7' };
  assert.equal(await second.destruction.destroyNow('document', document.id, order), true);
  await assert.rejects(first.documents.open(document.id), code('not-found'));
  await first.documents.open(other.id);
  // A row that came back, as from a copy of the database, opens nowhere.
  assert.equal((await first.ledger.find(first.lookup.record(document.id)))?.ground, order.ground);
  assert.equal((await first.audit.verify()).intact, true);
  const third = await open();
  t.after(() => third.close());
  assert.equal(third.resumed, 0);
  await third.documents.open(other.id);
});
