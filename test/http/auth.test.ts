import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { exportSPKI, importJWK, type JWK, SignJWT, UnsecuredJWT } from 'jose';
import { systemClock } from '../../src/clock.js';
import { type Authenticator, createAuthenticator } from '../../src/http/auth.js';
import { issueToken, openTokenKey } from '../../src/http/devToken.js';
import {
  applicationPart,
  audience,
  bearer,
  formBytes,
  type Harness,
  issuer,
  type Keys,
  makeKeys,
  photoPart,
  postForm,
  problemOf,
  startHarness,
  tokenOf,
} from './harness.js';

const seconds = () => Math.floor(Date.now() / 1000);
const with_ = (jwks: readonly JWK[], more = {}): Authenticator =>
  createAuthenticator({ issuer, audience, keys: { jwks }, clock: systemClock, ...more });

describe('bearer tokens', () => {
  let keys: Keys;
  let authenticate: Authenticator;
  before(async () => {
    keys = await makeKeys();
    authenticate = with_([keys.publicJwk]);
  });

  it('reads the caller out of a good token', async () => {
    const token = await tokenOf(keys, {
      act: { sub: 'clerk-9' },
      office: 'be-gent',
      scope: 'comparisons:write comparisons:read',
    });
    assert.deepEqual(await authenticate(`Bearer ${token}`), {
      client: 'desk-app',
      subject: 'system-1',
      person: 'clerk-9',
      office: 'be-gent',
      scopes: new Set(['comparisons:write', 'comparisons:read']),
    });
    const bare = await authenticate(
      `bearer ${await tokenOf(keys, { scope: undefined, person: 'p' }, { typ: 'application/AT+JWT' })}`,
    );
    assert.deepEqual([bare.person, bare.office, bare.scopes.size], ['p', undefined, 0]);
  });

  const faults: [string, (keys: Keys) => Promise<string> | string][] = [
    [
      '37 alg none',
      () =>
        new UnsecuredJWT({ client_id: 'x' })
          .setIssuer(issuer)
          .setAudience(audience)
          .setSubject('s')
          .setIssuedAt()
          .setExpirationTime('1h')
          .encode(),
    ],
    [
      '37 HS256 with the public key as secret',
      async ({ publicJwk }) => {
        const secret = new TextEncoder().encode(
          await exportSPKI((await importJWK(publicJwk, 'ES256', { extractable: true })) as never),
        );
        return new SignJWT({
          iss: issuer,
          aud: audience,
          sub: 's',
          client_id: 'x',
          iat: seconds(),
          exp: seconds() + 60,
        })
          .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: 'k1' })
          .sign(secret);
      },
    ],
    ['37 another key under the same id', async () => tokenOf(await makeKeys())],
    ['37 a key nobody knows', (k) => tokenOf(k, {}, { kid: 'unknown' })],
    [
      '37 a changed payload',
      async (k) => {
        const [head, , signature] = (await tokenOf(k)).split('.');
        const payload = Buffer.from(
          JSON.stringify({
            iss: issuer,
            aud: audience,
            sub: 'admin',
            client_id: 'x',
            iat: seconds(),
            exp: seconds() + 60,
          }),
        );
        return `${head}.${payload.toString('base64url')}.${signature}`;
      },
    ],
    ['38 wrong audience', (k) => tokenOf(k, { aud: 'another' })],
    ['38 no audience', (k) => tokenOf(k, { aud: undefined })],
    ['38 wrong issuer', (k) => tokenOf(k, { iss: 'another' })],
    ['38 no issuer', (k) => tokenOf(k, { iss: undefined })],
    ['38 wrong type', (k) => tokenOf(k, {}, { typ: 'logout+jwt' })],
    ['38 no type', (k) => tokenOf(k, {}, { typ: undefined })],
    ['38 no expiry', (k) => tokenOf(k, { exp: undefined })],
    ['38 no time of issue', (k) => tokenOf(k, { iat: undefined })],
    ['38 no subject', (k) => tokenOf(k, { sub: undefined })],
    ['38 no client', (k) => tokenOf(k, { client_id: undefined })],
    ['38 expired', (k) => tokenOf(k, { iat: seconds() - 600, exp: seconds() - 60 })],
    ['38 not valid yet', (k) => tokenOf(k, { nbf: seconds() + 600 })],
    ['38 issued in the future', (k) => tokenOf(k, { iat: seconds() + 600, exp: seconds() + 900 })],
    [
      '38 issued too long ago, expiry in the year 9999',
      (k) => tokenOf(k, { iat: seconds() - 7200, exp: 253370764800 }),
    ],
    ['38 a scope that is no text', (k) => tokenOf(k, { scope: ['documents:write'] })],
    ['38 an office that is no text', (k) => tokenOf(k, { office: { $ne: null } })],
    ['38 garbage', () => 'a.b.c'],
    ['38 nothing', () => ''],
  ];
  for (const [name, make] of faults) {
    it(`row ${name}: invalid-token`, async () => {
      await assert.rejects(authenticate(`Bearer ${await make(keys)}`), { code: 'invalid-token' });
    });
  }

  it('refuses other authorisation schemes and none', async () => {
    const token = await tokenOf(keys);
    for (const header of [undefined, '', token, `Basic ${token}`, `Bearer  ${token}`, `Bearer ${token} x`]) {
      await assert.rejects(authenticate(header), { code: 'invalid-token' });
    }
  });

  it('holds an RSA key to the algorithm its owner names, not to the one the token names', async () => {
    const rsa = await makeKeys('RS256');
    const { publicJwk } = rsa;
    const asPs256 = await importJWK({ ...(await exportPrivate(rsa)), alg: 'PS256' }, 'PS256');
    const rs256 = await tokenOf(rsa, {}, { alg: 'RS256' });
    const ps256 = await tokenOf({ privateKey: asPs256 as Keys['privateKey'] }, {}, { alg: 'PS256' });
    const accepts = async (authenticator: Authenticator, token: string) =>
      authenticator(`Bearer ${token}`).then(
        () => true,
        () => false,
      );
    assert.deepEqual(
      [await accepts(with_([publicJwk]), rs256), await accepts(with_([publicJwk]), ps256)],
      [true, false],
    );
    const ps = with_([publicJwk], { rsaAlgorithm: 'PS256' });
    assert.deepEqual([await accepts(ps, rs256), await accepts(ps, ps256)], [false, true]);
    const named = with_([{ ...publicJwk, alg: 'PS256' }]);
    assert.deepEqual([await accepts(named, rs256), await accepts(named, ps256)], [false, true]);
  });

  it('takes EdDSA', async () => {
    const ed = await makeKeys('Ed25519');
    const token = await tokenOf(ed, {}, { alg: 'EdDSA' });
    assert.equal((await with_([ed.publicJwk])(`Bearer ${token}`)).client, 'desk-app');
  });

  it('fetches published keys; while they cannot be had it answers auth-unavailable, not invalid-token', async () => {
    let fail = true;
    let passed = 0;
    const server = createServer((_, response) => {
      response.statusCode = fail ? 500 : 200;
      response.end(JSON.stringify({ keys: [keys.publicJwk] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
    const elapsed = () => passed;
    const remote = createAuthenticator({ issuer, audience, keys: { jwksUrl }, clock: systemClock, elapsed });
    const token = `Bearer ${await tokenOf(keys)}`;
    await assert.rejects(remote(token), { code: 'auth-unavailable' });
    fail = false;
    passed += 1000;
    assert.equal((await remote(token)).client, 'desk-app');
    fail = true;
    assert.equal((await remote(token)).client, 'desk-app', 'cached keys still serve');
    await assert.rejects(remote(`Bearer ${await tokenOf(keys, {}, { kid: 'new' })}`), {
      code: 'invalid-token',
    });
    server.close();
    server.closeAllConnections();
    const unreachable = createAuthenticator({ issuer, audience, keys: { jwksUrl }, clock: systemClock });
    await assert.rejects(unreachable(token), { code: 'auth-unavailable' });
  });
});

async function exportPrivate({ privateKey }: Keys): Promise<JWK> {
  const { exportJWK } = await import('jose');
  return exportJWK(privateKey);
}

describe('access over HTTP', () => {
  let harness: Harness;
  before(async () => {
    harness = await startHarness();
  });
  beforeEach(() => {
    harness.services.refusals.length = 0;
    harness.services.auditFails = false;
  });
  after(() => harness.server.close(1000));

  const form = formBytes([applicationPart, photoPart]);

  it('asks for a token without naming an error, and names one for a bad token', async () => {
    const none = await fetch(`${harness.url}/v1/comparisons/c1`);
    assert.deepEqual([none.status, none.headers.get('www-authenticate')], [401, 'Bearer']);
    const bad = await fetch(`${harness.url}/v1/comparisons/c1`, { headers: bearer('a.b.c') });
    assert.deepEqual(
      [bad.status, bad.headers.get('www-authenticate')],
      [401, 'Bearer error="invalid_token"'],
    );
    assert.deepEqual(harness.services.refusals, [
      { caller: undefined, action: 'comparisons.read', code: 'invalid-token' },
      { caller: undefined, action: 'comparisons.read', code: 'invalid-token' },
    ]);
  });

  it('row 39 right token, wrong scope: 403, in the trail, and nothing read', async () => {
    const token = await tokenOf(harness.keys, { scope: 'comparisons:read' });
    const response = await postForm({ url: harness.url, token }, form);
    assert.equal(response.status, 403);
    assert.equal(
      response.headers.get('www-authenticate'),
      'Bearer error="insufficient_scope", scope="comparisons:write"',
    );
    assert.equal((await problemOf(response)).slug, 'forbidden');
    assert.equal(harness.services.comparisonRequests.length, 0);
    const [refusal] = harness.services.refusals;
    assert.deepEqual(
      [refusal?.caller?.client, refusal?.action, refusal?.code],
      ['desk-app', 'comparisons.create', 'forbidden'],
    );
  });

  it('every route under /v1 and /metrics refuses a caller without a token and one without its scope', async () => {
    const empty = await tokenOf(harness.keys, { scope: '' });
    const routes: [string, string][] = [
      ['POST', '/v1/documents'],
      ['POST', '/v1/comparisons'],
      ['GET', '/v1/comparisons/c1'],
      ['GET', '/metrics'],
    ];
    for (const [method, path] of routes) {
      assert.equal((await fetch(harness.url + path, { method })).status, 401, path);
      assert.equal((await fetch(harness.url + path, { method, headers: bearer(empty) })).status, 403, path);
    }
  });

  it('row 39 a record that is not there, or has no form of an id: 404, in the trail', async () => {
    for (const id of ['c2', '..%2f..%2fetc', 'x'.repeat(65)]) {
      const response = await fetch(`${harness.url}/v1/comparisons/${id}`, { headers: bearer(harness.token) });
      assert.equal((await problemOf(response)).slug, 'not-found');
    }
    assert.deepEqual(
      harness.services.refusals.map(({ code }) => code),
      ['not-found', 'not-found', 'not-found'],
    );
  });

  it('answers 503 when a refusal cannot be recorded', async () => {
    harness.services.auditFails = true;
    const response = await fetch(`${harness.url}/v1/comparisons/c1`);
    assert.equal(response.status, 503);
    assert.ok(response.headers.get('retry-after'));
    assert.equal((await problemOf(response)).slug, 'store-unavailable');
  });
});

describe('the development token', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'facematch-token-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('makes a key pair once, readable by its owner only, whose tokens are accepted', async () => {
    const file = join(folder, 'new', 'key.json');
    const key = await openTokenKey(file);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.deepEqual(await openTokenKey(file), key);
    assert.ok(!('d' in key.publicKey) && !JSON.stringify(key.publicKey).includes(String(key.privateKey.d)));
    const token = await issueToken(
      key,
      {
        issuer,
        audience,
        client: 'c',
        subject: 's',
        person: 'p',
        office: 'o',
        scopes: ['metrics:read'],
        lifetimeSeconds: 60,
      },
      systemClock,
    );
    const caller = await with_([key.publicKey])(`Bearer ${token}`);
    assert.deepEqual(caller, {
      client: 'c',
      subject: 's',
      person: 'p',
      office: 'o',
      scopes: new Set(['metrics:read']),
    });
    const later = createAuthenticator({
      issuer,
      audience,
      keys: { jwks: [key.publicKey] },
      clock: () => new Date(Date.now() + 120_000),
    });
    await assert.rejects(later(`Bearer ${token}`), { code: 'invalid-token' });
  });

  it('refuses a file that others may read or that holds no key, and leaves it as it is', async () => {
    const file = join(folder, 'key.json');
    await openTokenKey(file);
    await chmod(file, 0o644);
    await assert.rejects(openTokenKey(file), { code: 'config-invalid' });
    await writeFile(file, '{"kty":"EC"}');
    await chmod(file, 0o600);
    await assert.rejects(openTokenKey(file), { code: 'config-invalid' });
    assert.equal(await readFile(file, 'utf8'), '{"kty":"EC"}');
  });
});
