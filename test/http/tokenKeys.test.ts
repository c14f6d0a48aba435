import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { JWK } from 'jose';
import { systemClock } from '../../src/clock.js';
import { createAuthenticator } from '../../src/http/auth.js';
import { keysKeptMs, pauseMs, readAgainMs, readEveryMs } from '../../src/http/tokenKeys.js';
import { rememberedMs } from '../../src/http/verifiedTokens.js';
import { until as eventually } from '../support/until.js';
import { audience, issuer, type Keys, makeKeys, tokenOf } from './harness.js';

/** An issuer's key address: what it publishes and how it behaves can be changed, and each asking is counted. */
class KeyAddress {
  keys: JWK[] = [];
  behaviour: 'answers' | 'fails' | 'hangs' | 'redirects' | 'no-json' | 'drips' = 'answers';
  asked = 0;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      this.asked++;
      if (this.behaviour === 'hangs') return;
      if (this.behaviour === 'drips') return void response.write('{"keys":[');
      if (this.behaviour === 'redirects' && request.url === '/jwks') {
        return void response.writeHead(302, { location: '/elsewhere' }).end();
      }
      response.statusCode = this.behaviour === 'fails' ? 500 : 200;
      response.end(this.behaviour === 'no-json' ? '<html>' : JSON.stringify({ keys: this.keys }));
    });
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/jwks`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

describe('published keys', () => {
  let address: KeyAddress;
  let keys: Keys;
  let passed: number;
  let day: number;
  let authenticate: (token: string) => Promise<string>;
  beforeEach(async () => {
    [address, keys, passed, day] = [new KeyAddress(), await makeKeys(), 0, 0];
    address.keys = [keys.publicJwk];
    const verify = createAuthenticator({
      issuer,
      audience,
      keys: { jwksUrl: await address.open() },
      clock: () => new Date(systemClock().getTime() + day * 86_400_000),
      elapsed: () => passed,
    });
    authenticate = (token) =>
      verify(`Bearer ${token}`).then(
        ({ client }) => client,
        ({ code }: { code: string }) => code,
      );
  });
  afterEach(() => address.close());

  /** Each a token of its own, as one that was verified is remembered. */
  const fresh = (of: Keys = keys, kid = 'k1') => tokenOf(of, { jti: String(Math.random()) }, { kid });

  it('a key that comes is found, and one that was taken back counts no longer than the bound', async () => {
    const next = await makeKeys();
    const old = await fresh();
    assert.equal(await authenticate(old), 'desk-app');
    address.keys = [keys.publicJwk, { ...next.publicJwk, kid: 'k2' }];
    assert.equal(await authenticate(await fresh(next, 'k2')), 'invalid-token', 'the set was just read');
    passed = readAgainMs;
    assert.equal(await authenticate(await fresh(next, 'k2')), 'desk-app');

    address.keys = [{ ...next.publicJwk, kid: 'k2' }];
    passed = readAgainMs + readEveryMs + rememberedMs;
    // Goes on with what is known, and has the set read beside.
    await authenticate(await fresh(next, 'k2'));
    await until(() => address.asked === 3);
    await eventually(async () => (await authenticate(await fresh())) === 'invalid-token', 'it is taken in');
    assert.equal(await authenticate(old), 'invalid-token');
    assert.equal(await authenticate(await fresh()), 'invalid-token');
    assert.equal(await authenticate(await fresh(next, 'k2')), 'desk-app');
  });

  it('a token that was verified counts no longer than a minute after its key was taken back', async () => {
    const old = await fresh();
    assert.equal(await authenticate(old), 'desk-app');
    address.keys = [];
    passed = keysKeptMs - 1;
    const late = await fresh();
    assert.equal(await authenticate(late), 'desk-app', 'at most until the set is too old');
    await until(() => address.asked === 2);
    assert.equal(await authenticate(late), 'desk-app', 'remembered');
    passed += rememberedMs;
    assert.equal(await authenticate(late), 'invalid-token');
  });

  it('a clock set back lengthens neither', async () => {
    const old = await fresh();
    assert.equal(await authenticate(old), 'desk-app');
    address.keys = [];
    passed = keysKeptMs + rememberedMs;
    day = -1;
    assert.equal(await authenticate(old), 'invalid-token');
  });

  it('a storm of unknown keys asks once in half a minute, a thousand at a time and one by one', async () => {
    assert.equal(await authenticate(await fresh()), 'desk-app');
    const unknown = await Promise.all(
      Array.from({ length: 200 }, (_, index) => fresh(keys, `unknown-${index}`)),
    );
    const answers = async () => new Set(await Promise.all(unknown.map(authenticate)));
    assert.deepEqual(await answers(), new Set(['invalid-token']));
    assert.equal(address.asked, 1);
    passed = readAgainMs;
    assert.deepEqual(await answers(), new Set(['invalid-token']));
    assert.equal(address.asked, 2, 'all of them together');
    for (const token of unknown.slice(0, 20)) assert.equal(await authenticate(token), 'invalid-token');
    assert.equal(address.asked, 2);
  });

  for (const behaviour of ['fails', 'redirects', 'no-json'] as const) {
    it(`${behaviour}: auth-unavailable, asked once a second however many come, known keys go on`, async () => {
      address.behaviour = behaviour;
      const storm = await Promise.all(Array.from({ length: 50 }, () => fresh()));
      assert.deepEqual(new Set(await Promise.all(storm.map(authenticate))), new Set(['auth-unavailable']));
      for (const token of storm) assert.equal(await authenticate(token), 'auth-unavailable');
      assert.equal(address.asked, 1);
      passed = pauseMs;
      address.behaviour = 'answers';
      assert.equal(await authenticate(await fresh()), 'desk-app', 'and is back at once');

      address.behaviour = behaviour;
      passed += keysKeptMs - 1;
      assert.equal(await authenticate(await fresh()), 'desk-app', 'while the set is not too old');
      await until(() => address.asked === 3);
      passed += pauseMs;
      assert.equal(await authenticate(await fresh()), 'auth-unavailable', 'and not for ever');
    });
  }

  it('an issuer that hangs or drips keeps nobody waiting longer than it may', async () => {
    for (const behaviour of ['hangs', 'drips'] as const) {
      address.behaviour = behaviour;
      passed += pauseMs;
      const tokens = await Promise.all(Array.from({ length: 10 }, () => fresh()));
      assert.deepEqual(new Set(await Promise.all(tokens.map(authenticate))), new Set(['auth-unavailable']));
    }
    assert.equal(address.asked, 2);
  });

  it('takes no secret, no private key and no key of another use out of the set', async () => {
    const { exportJWK } = await import('jose');
    const spoilt: JWK[] = [
      { kty: 'oct', k: 'c2VjcmV0', kid: 'k1' },
      { ...(await exportJWK(keys.privateKey)), kid: 'k1' },
      { ...keys.publicJwk, use: 'enc' },
      { ...keys.publicJwk, key_ops: ['sign'] },
      { ...keys.publicJwk, alg: 'RS256' },
      { ...keys.publicJwk, crv: 'P-384' },
    ];
    for (const jwk of spoilt) {
      address.keys = [jwk];
      passed += keysKeptMs;
      assert.match(
        await authenticate(await fresh()),
        /^(invalid-token|auth-unavailable)$/,
        JSON.stringify(Object.keys(jwk)),
      );
    }
  });
});

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error('What was waited for did not happen.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  // The answer has still to be taken in.
  await new Promise((resolve) => setTimeout(resolve, 50));
}
