import assert from 'node:assert/strict';
import { createHmac, createSign, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { base64url, exportJWK, importJWK, type JWK } from 'jose';
import { systemClock } from '../../src/clock.js';
import { type Authenticator, type AuthOptions, createAuthenticator } from '../../src/http/auth.js';
import { rememberedMs, VerifiedTokens } from '../../src/http/verifiedTokens.js';
import {
  audience,
  bearer,
  type Harness,
  issuer,
  type Keys,
  makeKeys,
  sendRaw,
  startHarness,
  tokenOf,
} from './harness.js';

const now = () => Math.floor(Date.now() / 1000);
const over = (jwks: readonly JWK[], more: Partial<AuthOptions> = {}): Authenticator =>
  createAuthenticator({ issuer, audience, keys: { jwks }, clock: systemClock, ...more });
const outcome = (verify: Authenticator, token: string): Promise<string> =>
  verify(`Bearer ${token}`).then(
    () => 'accepted',
    ({ code }: { code: string }) => code,
  );
const claims = () => ({ iss: issuer, aud: audience, sub: 's', client_id: 'c', iat: now(), exp: now() + 300 });

/** A token written out by hand: header and payload may be any text. */
function rawToken(
  header: string | object,
  payload: string | object,
  signed: (input: string) => Buffer,
): string {
  const text = (part: string | object) => (typeof part === 'string' ? part : JSON.stringify(part));
  const input = `${base64url.encode(text(header))}.${base64url.encode(text(payload))}`;
  return `${input}.${base64url.encode(signed(input))}`;
}
const es256 = (key: KeyObject) => (input: string) =>
  sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });

describe('tokens made to be taken for others', () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const attacker = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicJwk: JWK = { ...(pair.publicKey.export({ format: 'jwk' }) as JWK), kid: 'k1' };
  const attackerJwk: JWK = { ...(attacker.publicKey.export({ format: 'jwk' }) as JWK), kid: 'k1' };
  const header = { alg: 'ES256', typ: 'at+jwt', kid: 'k1' };
  const good = es256(pair.privateKey);
  const forged = es256(attacker.privateKey);
  const verify = over([publicJwk]);

  it('the good one that the others spoil', async () => {
    assert.equal(await outcome(verify, rawToken(header, claims(), good)), 'accepted');
  });

  const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const hmac =
    (secret: string | Buffer, hash = 'sha256') =>
    (input: string) =>
      createHmac(hash, secret).update(input).digest();
  const doubled = (extra: string) => JSON.stringify(claims()).replace('{', `{${extra},`);
  const x509 = { x5u: 'http://127.0.0.1:1/cert', x5c: ['AAAA'], jku: 'http://127.0.0.1:1/jwks' };

  const faults: readonly [string, () => string][] = [
    ['alg none, with a signature and without', () => rawToken({ ...header, alg: 'none' }, claims(), good)],
    ['alg NONE', () => rawToken({ ...header, alg: 'NONE' }, claims(), () => Buffer.alloc(0))],
    ['no alg', () => rawToken({ typ: 'at+jwt', kid: 'k1' }, claims(), good)],
    ['alg that is a list', () => rawToken({ ...header, alg: ['ES256'] }, claims(), good)],
    ['HS256 with the public key as PEM', () => rawToken({ ...header, alg: 'HS256' }, claims(), hmac(pem))],
    [
      'HS256 with the public key as JWK',
      () => rawToken({ ...header, alg: 'HS256' }, claims(), hmac(JSON.stringify(publicJwk))),
    ],
    ['HS256 with an empty secret', () => rawToken({ ...header, alg: 'HS256' }, claims(), hmac(''))],
    ['HS256 under the name of ES256', () => rawToken(header, claims(), hmac(pem))],
    ['ES384 named for a P-256 key', () => rawToken({ ...header, alg: 'ES384' }, claims(), good)],
    ['ES256K', () => rawToken({ ...header, alg: 'ES256K' }, claims(), good)],
    ['EdDSA named for an EC key', () => rawToken({ ...header, alg: 'EdDSA' }, claims(), good)],
    ['signature of zeros (CVE-2022-21449)', () => rawToken(header, claims(), () => Buffer.alloc(64))],
    [
      'signature in DER',
      () => rawToken(header, claims(), (input) => createSign('sha256').update(input).sign(pair.privateKey)),
    ],
    ['no signature', () => rawToken(header, claims(), () => Buffer.alloc(0))],
    ["another's key under the same kid", () => rawToken(header, claims(), forged)],
    ['a key of its own in jwk', () => rawToken({ ...header, jwk: attackerJwk }, claims(), forged)],
    [
      'a key of its own in jwk, under no kid',
      () => rawToken({ alg: 'ES256', typ: 'at+jwt', jwk: attackerJwk }, claims(), forged),
    ],
    ['addresses of keys: jku, x5u, x5c', () => rawToken({ ...header, ...x509 }, claims(), forged)],
    ['a kid that climbs', () => rawToken({ ...header, kid: '../../../../dev/null' }, claims(), hmac(''))],
    ['a kid that is no text', () => rawToken({ ...header, kid: { $ne: '' } }, claims(), good)],
    ['crit that nobody knows', () => rawToken({ ...header, crit: ['exp'], exp: now() + 60 }, claims(), good)],
    ['crit that is empty', () => rawToken({ ...header, crit: [] }, claims(), good)],
    ['b64 switched off', () => rawToken({ ...header, crit: ['b64'], b64: false }, claims(), good)],
    ['an ID token', () => rawToken({ ...header, typ: 'JWT' }, { ...claims(), nonce: 'n' }, good)],
    ['a refresh token', () => rawToken({ ...header, typ: 'rt+jwt' }, claims(), good)],
    ['a logout token', () => rawToken({ ...header, typ: 'logout+jwt' }, claims(), good)],
    ['a client assertion, with no type', () => rawToken({ alg: 'ES256', kid: 'k1' }, claims(), good)],
    ['a type that is no text', () => rawToken({ ...header, typ: ['at+jwt'] }, claims(), good)],
    ['alg twice', () => rawToken('{"alg":"none","typ":"at+jwt","kid":"k1","alg":"ES256"}', claims(), good)],
    ['aud twice', () => rawToken(header, doubled('"aud":"another"'), good)],
    ['role twice', () => rawToken(header, doubled('"role":"office","role":"supervisor"'), good)],
    ['scope twice, once escaped', () => rawToken(header, doubled('"scope":"a","sc\\u006fpe":"b"'), good)],
    ['a payload that is a list', () => rawToken(header, '[]', good)],
    ['a payload that is no JSON', () => rawToken(header, 'sub=s', good)],
    [
      'an audience among which is nobody here',
      () => rawToken(header, { ...claims(), aud: ['a', 'b'] }, good),
    ],
    [
      'an audience that begins as ours',
      () => rawToken(header, { ...claims(), aud: `${audience}-test` }, good),
    ],
    [
      'an audience in other letters',
      () => rawToken(header, { ...claims(), aud: audience.toUpperCase() }, good),
    ],
    ['an issuer that begins as ours', () => rawToken(header, { ...claims(), iss: `${issuer}/evil` }, good)],
    ['an issuer among others', () => rawToken(header, { ...claims(), iss: [issuer] }, good)],
    ['an end that is text', () => rawToken(header, { ...claims(), exp: String(now() + 300) }, good)],
    ['an end that is null', () => rawToken(header, { ...claims(), exp: null }, good)],
    [
      'an end beyond all numbers',
      () =>
        rawToken(header, JSON.stringify({ ...claims(), iat: 0 }).replace(/"exp":\d+/, '"exp":1e999'), good),
    ],
    ['a time of issue that is text', () => rawToken(header, { ...claims(), iat: String(now()) }, good)],
    ['not valid before a text', () => rawToken(header, { ...claims(), nbf: 'now' }, good)],
    [
      'a lifetime of years, an hour old',
      () => rawToken(header, { ...claims(), iat: now() - 3700, exp: now() + 9e8 }, good),
    ],
    ['a subject that is empty', () => rawToken(header, { ...claims(), sub: '' }, good)],
    ['a subject of a thousand letters', () => rawToken(header, { ...claims(), sub: 'x'.repeat(1000) }, good)],
    ['claims that JSON inherits', () => rawToken(header, '{"__proto__":{"sub":"s","client_id":"c"}}', good)],
  ];
  for (const [name, make] of faults) {
    it(`${name}: invalid-token`, async () => {
      assert.equal(await outcome(verify, make()), 'invalid-token');
    });
  }

  it('a compressed, a JSON and an encrypted form are no bearer tokens', async () => {
    const [head, payload, signature] = rawToken(header, claims(), good).split('.');
    const forms = [
      JSON.stringify({ payload, protected: head, signature }),
      `${head}.${payload}.${signature}.${signature}.${signature}`,
      `${head}..${signature}`,
      `${head}.${payload}.${signature}=`,
      `${head}.${payload}.${signature} `,
    ];
    for (const form of forms) assert.equal(await outcome(verify, form), 'invalid-token', form.slice(-20));
  });

  it('where the issuer declares plain types, they are taken, but never with the claims of an ID token', async () => {
    const plain = over([publicJwk], { plainType: true });
    const jwt = { ...header, typ: 'JWT' };
    assert.equal(await outcome(verify, rawToken(jwt, claims(), good)), 'invalid-token');
    assert.equal(await outcome(plain, rawToken(jwt, claims(), good)), 'accepted');
    assert.equal(await outcome(plain, rawToken(header, claims(), good)), 'accepted');
    for (const claim of ['nonce', 'at_hash', 'c_hash', 's_hash', 'events']) {
      const marked = rawToken(jwt, { ...claims(), [claim]: 'x' }, good);
      assert.equal(await outcome(plain, marked), 'invalid-token', claim);
    }
    assert.equal(
      await outcome(plain, rawToken({ ...jwt, typ: 'logout+jwt' }, claims(), good)),
      'invalid-token',
    );
  });

  it("an algorithm of one key is not another's: kid, curve and kind have to agree", async () => {
    const [ec, rsa, p384, ed] = await Promise.all(
      ['ES256', 'RS256', 'ES384', 'Ed25519'].map((alg) => makeKeys(alg)),
    );
    const named = ({ publicJwk: jwk }: Keys, kid: string) => ({ ...jwk, kid });
    const verifyAll = over([named(ec!, 'ec'), named(rsa!, 'rsa'), named(p384!, 'p384'), named(ed!, 'ed')]);
    const at = (keys: Keys, alg: string, kid?: string) => tokenOf(keys, {}, { alg, kid });
    assert.equal(await outcome(verifyAll, await at(ec!, 'ES256', 'ec')), 'accepted');
    assert.equal(await outcome(verifyAll, await at(rsa!, 'RS256', 'rsa')), 'accepted');
    for (const kid of ['rsa', 'p384', 'ed', 'EC', 'ec ']) {
      assert.equal(await outcome(verifyAll, await at(ec!, 'ES256', kid)), 'invalid-token', kid);
    }
    assert.equal(
      await outcome(verifyAll, await at(p384!, 'ES384', 'p384')),
      'invalid-token',
      'not on the list',
    );
    const pss = await importJWK({ ...(await exportJWK(rsa!.privateKey)), alg: 'PS256' }, 'PS256');
    const ps256 = await tokenOf({ privateKey: pss as Keys['privateKey'] }, {}, { alg: 'PS256', kid: 'rsa' });
    assert.equal(await outcome(verifyAll, ps256), 'invalid-token');
  });

  it('a token for somebody else is not good here, and one from here is not good elsewhere', async () => {
    const token = rawToken(header, claims(), good);
    const elsewhere = over([publicJwk], { audience: 'another-service' });
    assert.deepEqual(
      [await outcome(verify, token), await outcome(elsewhere, token)],
      ['accepted', 'invalid-token'],
    );
    const otherIssuer = over([publicJwk], { issuer: 'another-issuer' });
    assert.equal(await outcome(otherIssuer, token), 'invalid-token');
  });
});

describe('what was verified before', () => {
  let keys: Keys;
  before(async () => {
    keys = await makeKeys();
  });

  it('ends with its token, though the same caller was let in a moment ago', async () => {
    let time = Date.now();
    const verify = over([keys.publicJwk], { clock: () => new Date(time), elapsed: () => 0 });
    const token = await tokenOf(keys, { exp: now() + 20 });
    assert.equal(await outcome(verify, token), 'accepted');
    time += 19_000;
    assert.equal(await outcome(verify, token), 'accepted');
    time += 7_000;
    assert.equal(await outcome(verify, token), 'invalid-token');
  });

  it('opens for exactly the same token: no prefix, no other signature, no other payload', async () => {
    const verify = over([keys.publicJwk]);
    const token = await tokenOf(keys);
    assert.equal(await outcome(verify, token), 'accepted');
    const [head, payload, signature] = token.split('.') as [string, string, string];
    const other = await tokenOf(keys, { sub: 'other', role: 'supervisor' });
    const [, otherPayload, otherSignature] = other.split('.') as [string, string, string];
    const mixed = [
      `${head}.${payload}.${otherSignature}`,
      `${head}.${otherPayload}.${signature}`,
      `${head}.${payload}.${signature.slice(0, -2)}`,
      `${head}.${payload}.${signature}A`,
      `${head}.${payload.slice(0, -1)}.${signature}`,
    ];
    for (const token_ of mixed) assert.equal(await outcome(verify, token_), 'invalid-token');
    assert.equal(await outcome(verify, token), 'accepted');
  });

  it('is not shared between callers, whichever way their tokens arrive', async () => {
    const verify = over([keys.publicJwk]);
    const subjects = Array.from({ length: 40 }, (_, index) => `subject-${index}`);
    const tokens = await Promise.all(subjects.map((sub) => tokenOf(keys, { sub, scope: `s:${sub}` })));
    for (let turn = 0; turn < 3; turn++) {
      const holders = await Promise.all([...tokens].reverse().map((token) => verify(`Bearer ${token}`)));
      assert.deepEqual(
        holders.reverse().map(({ subject, scopes }) => [subject, [...scopes]]),
        subjects.map((sub) => [sub, [`s:${sub}`]]),
      );
    }
  });

  it('a token that was refused is refused again, and is never remembered as good', async () => {
    const verify = over([keys.publicJwk]);
    const bad = await tokenOf(await makeKeys());
    for (let turn = 0; turn < 3; turn++) assert.equal(await outcome(verify, bad), 'invalid-token');
  });

  it('is forgotten after its minute, and the longest known goes where there are too many', () => {
    let passed = 0;
    const verified = new VerifiedTokens(systemClock, () => passed);
    const holder = { client: 'c', subject: 's', scopes: new Set<string>() } as const;
    const expires = now() + 3600;
    verified.keep('first', holder, expires);
    for (let index = 0; index < 1000; index++) verified.keep(`t${index}`, holder, expires);
    assert.equal(verified.find('first'), undefined);
    assert.equal(verified.find('t0'), holder);
    passed = rememberedMs;
    assert.equal(verified.find('t0'), undefined);
  });
});

describe('where a token may stand', () => {
  let harness: Harness;
  before(async () => {
    harness = await startHarness();
  });
  beforeEach(() => {
    harness.services.refusals.length = 0;
  });
  after(() => harness.server.close(1000));

  const get = (path: string, headers: string) =>
    sendRaw(harness.port, [`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n`]);

  it('in one Authorization header: not in two, not in the address, a cookie or another header', async () => {
    const { token } = harness;
    const path = '/v1/comparisons/c1';
    assert.equal((await get(path, `Authorization: Bearer ${token}\r\n`)).status, 200);
    const elsewhere: [string, string][] = [
      [path, `Authorization: Bearer ${token}\r\nAuthorization: Bearer a.b.c\r\n`],
      [path, `Authorization: Bearer a.b.c\r\nauthorization: Bearer ${token}\r\n`],
      [path, `Authorization: Bearer ${token}\r\nAuthorization: Bearer ${token}\r\n`],
      [path, `Authorization: Bearer ${token}, Bearer ${token}\r\n`],
      [`${path}?access_token=${token}`, ''],
      [path, `Cookie: access_token=${token}; Authorization=Bearer ${token}\r\n`],
      [path, `X-Forwarded-Authorization: Bearer ${token}\r\nX-Original-Authorization: Bearer ${token}\r\n`],
      [path, `Proxy-Authorization: Bearer ${token}\r\n`],
    ];
    for (const [where, headers] of elsewhere) {
      assert.equal((await get(where, headers)).status, 401, headers.slice(0, 30));
    }
    assert.equal(harness.services.refusals.length, elsewhere.length);
    assert.ok(!harness.rawLog().includes(token), 'nor does the log hold it');
  });

  it('a token that was verified opens for its own scopes, whoever else called meanwhile', async () => {
    const [may, mayNot] = await Promise.all([
      tokenOf(harness.keys, { scope: 'comparisons:read' }),
      tokenOf(harness.keys, { scope: 'documents:write' }),
    ]);
    for (let turn = 0; turn < 3; turn++) {
      const [one, other] = await Promise.all(
        [may, mayNot].map((token) => fetch(`${harness.url}/v1/comparisons/c1`, { headers: bearer(token) })),
      );
      assert.deepEqual([one?.status, other?.status], [200, 403]);
    }
  });
});
