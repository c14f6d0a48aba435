import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { startKeyService } from '../../src/keyService/server.js';
import type { Month } from '../../src/store/month.js';
import { openKeys } from '../../src/store/openKeys.js';
import { openStore } from '../../src/store/store.js';
import { code, folder, newDocument, now, storeOptions } from './fixture.js';
import { serveFiles } from './keyKinds.js';

const march = '2046-03' as Month;
const silent = pino({ level: 'silent' });
const at = (keyringUrl: string, keyService: Record<string, string>) =>
  openKeys({ keyringPaths: ['', ''], keyringUrl, keyService }, undefined, () => now);

test('a key service serves those with its token alone, and says nothing of keys in its log', async (t) => {
  const { url, token, lines } = await serveFiles(t);
  await assert.rejects(at(url, {}), code('store-unavailable'));
  await assert.rejects(at(url, { token: `${token}!` }), code('store-unavailable'));
  const { keyring } = await at(url, { token });
  t.after(() => keyring.close());
  const key = await keyring.reserve(march);
  assert.deepEqual(await keyring.open(key.id, march), key.key);
  const log = lines.join('');
  assert.match(log, /"url":"\/v1\/reserve".*"status":200/);
  assert.match(log, /"status":401/);
  for (const secret of [token, Buffer.from(key.key).toString('base64'), key.id]) {
    assert.equal(log.includes(secret), false);
  }
  await assert.rejects(keyring.backup('/nowhere'), code('input-invalid'));
  await assert.rejects(keyring.rotateMaster(randomBytes(32) as never), code('input-invalid'));
});

test('requests that are none get a problem with a code, and nothing of what they said', async (t) => {
  const { url, token } = await serveFiles(t);
  const ask = async (path: string, body: string, method = 'POST') => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(`${url}${path}`, {
      method,
      headers,
      ...(method === 'POST' ? { body } : {}),
    });
    const problem = (await response.json()) as { code: string };
    return [response.status, problem.code, response.headers.get('content-type')];
  };
  const problem = 'application/problem+json';
  assert.deepEqual(await ask('/v1/reserve', '{"month":"2046-13","count":1}'), [
    400,
    'input-invalid',
    problem,
  ]);
  assert.deepEqual(await ask('/v1/reserve', '{'), [400, 'input-invalid', problem]);
  assert.deepEqual(await ask('/v1/reserve', '{"month":"2046-12","count":1,"more":1}'), [
    400,
    'input-invalid',
    problem,
  ]);
  assert.deepEqual(await ask('/v1/nothing', '{}'), [404, 'unknown-operation', problem]);
  assert.deepEqual(await ask('/v1/state', '', 'GET'), [404, 'unknown-operation', problem]);
  assert.deepEqual(await ask('/v1/constructor', '{}'), [404, 'unknown-operation', problem]);
});

test('keys never cross a network in clear, and never go to anybody unknown', async (t) => {
  const { keys, token } = await serveFiles(t);
  await assert.rejects(at('http://keys.example:8443', { token }), code('config-invalid'));
  const serve = (host: string, access: Record<string, string>) =>
    startKeyService({ keys, host, port: 0, access, logger: silent });
  await assert.rejects(serve('0.0.0.0', { token }), code('config-invalid'));
  await assert.rejects(serve('127.0.0.1', {}), code('config-invalid'));
});

/** An authority with a certificate for the service and one for a client, by the names of their files. */
function certificates(t: TestContext) {
  const path = folder(t);
  const file = (name: string) => join(path, name);
  const openssl = (...parameters: string[]) =>
    execFileSync('openssl', parameters, { cwd: path, stdio: 'ignore' });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...curve,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-subj',
    '/CN=authority',
    '-days',
    '2',
  );
  writeFileSync(file('names'), 'subjectAltName=IP:127.0.0.1');
  for (const name of ['service', 'client']) {
    openssl('req', ...curve, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    openssl(
      ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'],
      ...['-out', `${name}.pem`, '-days', '2', '-extfile', 'names'],
    );
  }
  const of = (name: string) => ({
    ca: file('ca.pem'),
    certificate: file(`${name}.pem`),
    certificateKey: file(`${name}.key`),
  });
  return { service: of('service'), client: of('client') };
}

test('by TLS both sides know each other by their certificates', async (t) => {
  const { keys } = await serveFiles(t);
  const { service: access, client } = certificates(t);
  const lines: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => lines.push(line) });
  const service = await startKeyService({ keys, host: '127.0.0.1', port: 0, access, logger });
  t.after(() => service.close());
  assert.match(service.url, /^https:/);
  await assert.rejects(at(service.url, { ca: access.ca }), code('store-unavailable'));
  const { keyring } = await at(service.url, client);
  t.after(() => keyring.close());
  await keyring.reserve(march);
  assert.match(lines.join(''), /"by":"client"/);
  const { certificate, certificateKey } = client;
  await assert.rejects(at(service.url, { certificate, certificateKey }), code('store-unavailable'));
  await assert.rejects(at(service.url, { ...client, ca: '/nowhere.pem' }), code('config-invalid'));
});

test('a key service away is said, and serves again when it is back; another in its place does not', async (t) => {
  const first = await serveFiles(t);
  const { token, url, path, masterKey } = first;
  const { keyring, ledger } = await at(url, { token });
  t.after(() => keyring.close());
  const key = await keyring.reserve(march);
  await first.stop();
  await assert.rejects(keyring.open(key.id, march), code('store-unavailable'));
  await assert.rejects(ledger.lastSeq(), code('store-unavailable'));
  await assert.rejects(keyring.check(), code('store-unavailable'));
  // Reserved ahead and durable: records to come do not wait for it.
  const ahead = await keyring.reserve(march);
  const port = Number(new URL(url).port);
  const back = await serveFiles(t, { path, masterKey, port });
  assert.deepEqual(await keyring.open(key.id, march), key.key);
  assert.deepEqual(await keyring.open(ahead.id, march), ahead.key);
  await back.stop();
  await serveFiles(t, { port });
  await assert.rejects(keyring.check(), code('keyring-invalid'));
});

/** `facematch keys serve`, as an operator starts it. */
async function serving(t: TestContext, path: string, master: string, token: string, port: number) {
  const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.js');
  const child = spawn(process.execPath, [main, 'keys', 'serve', '--listen', `127.0.0.1:${port}`], {
    env: {
      PATH: process.env['PATH'],
      FACEMATCH_DATABASE: join(path, 'none', 'records.db'),
      FACEMATCH_KEYRING: join(path, 'a', 'keyring.db'),
      FACEMATCH_KEYRING_MIRROR: join(path, 'b', 'keyring.db'),
      FACEMATCH_MASTER_KEY_FILE: master,
      FACEMATCH_KEYRING_TOKEN: token,
    },
  });
  t.after(() => child.kill('SIGKILL'));
  let said = '';
  child.stdout.resume();
  for await (const chunk of child.stderr) {
    said += String(chunk);
    const [, url] = /served on (\S+)/.exec(said) ?? [];
    if (url !== undefined) {
      child.stderr.resume();
      return { child, url };
    }
  }
  throw new Error(`keys serve ended: ${said}`);
}

test('stores share the keys of a process of its own, also when it is killed', async (t) => {
  const path = folder(t);
  const token = randomBytes(24).toString('base64url');
  const master = join(path, 'master.key');
  writeFileSync(master, randomBytes(32).toString('base64'), { mode: 0o600 });
  const { child, url } = await serving(t, path, master, token, 0);
  const options = storeOptions(join(path, 'records'), {
    masterKey: undefined,
    keyringUrl: url,
    keyService: { token },
  });
  const store = await openStore(options);
  t.after(() => store.close());
  const [document, kept] = [newDocument(store), newDocument(store)];
  await store.documents.create(document);
  await store.documents.create(kept);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await assert.rejects(store.documents.open(document.id), code('store-unavailable'));
  await assert.rejects(store.check(), code('store-unavailable'));
  await serving(t, path, master, token, Number(new URL(url).port));
  assert.equal((await store.documents.open(document.id)).photo.length, document.photo.length);
  const order = { client: 'facematch-cli', actor: 'operator', ground: 'court order 7' };
  await store.destruction.destroyNow('document', document.id, order);
  await assert.rejects(store.documents.open(document.id), code('not-found'));
  await store.close();
  const again = await openStore(options);
  t.after(() => again.close());
  await again.documents.open(kept.id);
  assert.equal((await again.ledger.find(again.lookup.record(document.id)))?.ground, order.ground);
  assert.equal(readFileSync(join(path, 'a', 'keyring.db')).includes(readFileSync(master)), false);
  await assert.rejects(
    openStore({ ...options, keyService: { token: 'x'.repeat(40) } }),
    code('store-unavailable'),
  );
});
