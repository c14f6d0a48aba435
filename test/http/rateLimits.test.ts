import assert from 'node:assert/strict';
import { request } from 'node:http';
import { connect } from 'node:net';
import { after, describe, test } from 'node:test';
import { FacematchError } from '../../src/errors.js';
import { networkOf } from '../../src/http/rateLimits.js';
import { until } from '../support/until.js';
import {
  applicationPart,
  bearer,
  formBytes,
  formType,
  type Harness,
  photoPart,
  postForm,
  problemOf,
  startHarness,
  tokenOf,
} from './harness.js';

const form = formBytes([applicationPart, photoPart]);
const running: Harness[] = [];
async function harnessWith(limits: Parameters<typeof startHarness>[0] & object): Promise<Harness> {
  const harness = await startHarness(limits);
  running.push(harness);
  return harness;
}
after(() => Promise.all(running.map(({ server }) => server.close(1000))));

const read = (harness: Harness, token: string, headers: Record<string, string> = {}) =>
  fetch(`${harness.url}/v1/comparisons/c1`, { headers: { ...bearer(token), ...headers } });
const statuses = async (answers: Promise<Response>[]) =>
  (await Promise.all(answers)).map(({ status }) => status);
const limitedLines = (harness: Harness) => harness.log().filter(({ event }) => event === 'rate-limited');

async function limitedTotal(harness: Harness, limit: string): Promise<number> {
  // A caller of its own: the others have asked enough.
  const token = await tokenOf(harness.keys, { sub: 'prometheus', scope: 'metrics:read' });
  const text = await (await fetch(`${harness.url}/metrics`, { headers: bearer(token) })).text();
  return Number(
    new RegExp(`^facematch_rate_limited_total\\{limit="${limit}"\\} (\\d+)$`, 'm').exec(text)?.[1],
  );
}

describe('one caller', () => {
  test('who asks too often is told how long to wait, noted once, and costs nobody else anything', async () => {
    const harness = await harnessWith({ limits: { callerRequests: 3 } });
    assert.deepEqual(
      await statuses(Array.from({ length: 3 }, () => read(harness, harness.token))),
      [200, 200, 200],
    );
    const refused = await Promise.all(Array.from({ length: 50 }, () => read(harness, harness.token)));
    for (const response of refused) {
      assert.equal(response.status, 429);
      const seconds = Number(response.headers.get('retry-after'));
      assert.ok(seconds >= 1 && seconds <= 60, `${seconds} s`);
      assert.equal((await problemOf(response)).slug, 'rate-limited');
    }
    assert.deepEqual(
      harness.services.refusals.map(({ caller, action, code }) => [caller?.client, action, code]),
      [['desk-app', 'comparisons.read', 'rate-limited']],
    );
    assert.deepEqual(
      limitedLines(harness).map(({ level, limit, client }) => [level, limit, client]),
      [[40, 'caller', 'desk-app']],
    );
    assert.equal(harness.log().filter(({ status }) => status === 429).length, 1, 'nor fill the log');
    assert.equal(await limitedTotal(harness, 'caller'), 50);

    for (const claims of [
      { sub: 'system-2' },
      { client_id: 'other-app' },
      { office: 'gent' },
      { person: 'p' },
    ]) {
      const other = await tokenOf(harness.keys, claims);
      assert.equal((await read(harness, other)).status, 200, JSON.stringify(claims));
    }
    const again = await tokenOf(harness.keys, { jti: 'another token of the same caller' });
    assert.equal((await read(harness, again)).status, 429);
  });

  test('is refused before the photo is received, whatever address it claims', async () => {
    const harness = await harnessWith({ limits: { callerRequests: 1, trustedProxies: 1 } });
    assert.equal((await postForm(harness, form)).status, 201);
    const unread = await declared(harness, 9_000_000);
    assert.match(unread, /^HTTP\/1\.1 429 /);
    assert.equal((await postForm(harness, form, { 'X-Forwarded-For': '192.0.2.9' })).status, 429);
    assert.equal(harness.services.comparisonRequests.length, 1);
  });

  test('without a limit nobody counts', async () => {
    const harness = await harnessWith({});
    const all = await statuses(Array.from({ length: 200 }, () => read(harness, harness.token)));
    assert.deepEqual(new Set(all), new Set([200]));
  });
});

describe('tokens that are refused', () => {
  test('are answered one by one up to the limit; a good token from the same address passes', async () => {
    const harness = await harnessWith({ limits: { refusedTokens: 2 } });
    const wrong = await tokenOf(harness.keys, { aud: 'somebody-else' });
    const answers = [];
    for (let i = 0; i < 20; i++) answers.push((await read(harness, wrong)).status);
    assert.deepEqual(answers, [401, 401, ...Array<number>(18).fill(429)]);
    assert.equal((await fetch(`${harness.url}/v1/comparisons/c1`)).status, 429, 'none is one too');
    assert.equal((await read(harness, harness.token)).status, 200);
    const fresh = await tokenOf(harness.keys, { jti: 'never seen' });
    assert.equal((await read(harness, fresh)).status, 200);
    assert.deepEqual(
      harness.services.refusals.map(({ caller, code }) => [caller, code]),
      [
        [undefined, 'invalid-token'],
        [undefined, 'invalid-token'],
        [undefined, 'rate-limited'],
      ],
    );
    assert.deepEqual(
      limitedLines(harness).map(({ limit }) => limit),
      ['address'],
    );
    assert.equal(await limitedTotal(harness, 'address'), 19);
    assert.equal((await fetch(`${harness.url}/health/live`)).status, 200);
  });

  // One request each; the second of those that count as one address is refused.
  const proxied: [proxies: number, first: string, second: string, same: boolean, why: string][] = [
    [0, '192.0.2.1', '192.0.2.2', true, 'nobody is believed: the connection counts'],
    [1, '192.0.2.1', '192.0.2.2', false, 'what the proxy saw'],
    [1, '192.0.2.1', '192.0.2.1', true, 'the same'],
    [
      1,
      '198.51.100.1, 192.0.2.1',
      '198.51.100.2, 192.0.2.1',
      true,
      'what stands further left the caller wrote',
    ],
    [2, '192.0.2.1, 10.0.0.1', '192.0.2.2, 10.0.0.1', false, 'the outer proxy saw different ones'],
    [2, '198.51.100.1, 192.0.2.1, 10.0.0.1', '198.51.100.2, 192.0.2.1, 10.0.0.1', true, 'left of both'],
    [1, '2001:db8:1:2::1', '2001:db8:1:2:ffff::9', true, 'one IPv6 network'],
    [1, '2001:db8:1:2::1', '2001:db8:1:3::1', false, 'two'],
    [1, 'made up', '<script>', true, 'what is no address is one sender'],
  ];
  for (const [trustedProxies, first, second, same, why] of proxied)
    test(`${trustedProxies} proxies, "${first}" then "${second}": ${why}`, async () => {
      const harness = await harnessWith({ limits: { refusedTokens: 1, trustedProxies } });
      assert.equal((await read(harness, 'a.b.c', { 'X-Forwarded-For': first })).status, 401);
      const status = (await read(harness, 'a.b.c', { 'X-Forwarded-For': second })).status;
      assert.equal(status, same ? 429 : 401);
      assert.ok(!harness.rawLog().includes('192.0.2'), 'addresses stay out of the log');
    });

  test('an address is told from another by what its owner cannot change', () => {
    assert.equal(networkOf('::ffff:192.0.2.1'), '192.0.2.1');
    assert.equal(networkOf('2001:DB8:0:1::'), networkOf('2001:db8::1:ffff:1:2:3'));
    assert.equal(networkOf('2001:0db8:0000:0001:0:0:0:1'), '2001:db8:0:1');
    assert.equal(networkOf('::1'), '0:0:0:0');
    assert.equal(networkOf('64:ff9b::192.0.2.1'), '64:ff9b:0:0');
    assert.equal(networkOf('fe80::1%eth0'), 'fe80:0:0:0');
    assert.equal(networkOf(undefined), networkOf('x'.repeat(5000)));
  });
});

describe('where a photo would be turned away', () => {
  test('the refusal comes before the photo, and the connection still serves', async () => {
    const harness = await harnessWith({});
    const asked: string[] = [];
    harness.services.promiseRoom = (party) => {
      asked.push(party);
      throw new FacematchError('busy', 'x');
    };
    const head = await declared(harness, 9_000_000);
    assert.match(head, /^HTTP\/1\.1 503 [\s\S]*\r\nRetry-After: 1\r\n/);
    assert.deepEqual(asked, ['["desk-app",null]']);
    const office = await tokenOf(harness.keys, { office: 'gent', sub: 'x', person: 'y' });
    assert.equal((await postForm({ ...harness, token: office }, form)).status, 503);
    assert.equal(asked.at(-1), '["desk-app","gent"]');
    assert.equal((await read(harness, harness.token)).status, 200, 'what needs no photo goes on');
    harness.services.promiseRoom = () => () => {};
    assert.equal((await postForm(harness, form)).status, 201);
  });

  test('who asks before sending is not called on to send', async () => {
    const harness = await harnessWith({});
    const expecting = (): Promise<{ status: number | undefined; called: boolean }> =>
      new Promise((resolve, reject) => {
        let called = false;
        const headers = {
          ...bearer(harness.token),
          'Content-Type': formType,
          'Content-Length': form.length,
          Expect: '100-continue',
        };
        const call = request(`${harness.url}/v1/comparisons`, { method: 'POST', headers }, (response) => {
          response.resume();
          response.once('end', () => {
            call.destroy();
            resolve({ status: response.statusCode, called });
          });
        });
        call.once('error', reject);
        call.once('continue', () => {
          called = true;
          call.end(form);
        });
        call.flushHeaders();
      });
    assert.deepEqual(await expecting(), { status: 201, called: true });
    harness.services.promiseRoom = () => {
      throw new FacematchError('busy', 'x');
    };
    assert.deepEqual(await expecting(), { status: 503, called: false });
  });

  test('one caller holds half of the places for uploads at most, so that another finds one', async () => {
    const harness = await harnessWith({ limits: { concurrentUploads: 4 } });
    const held: (() => void)[] = [];
    harness.services.before = () => new Promise((resolve) => held.push(resolve));
    const token = await tokenOf(harness.keys, { office: 'flood' });
    const flood = Array.from({ length: 10 }, () => postForm({ ...harness, token }, form));
    const away: number[] = [];
    for (const one of flood) void one.then(({ status }) => away.push(status));
    await until(() => held.length + away.length === 10, 'each is held or answered');
    assert.deepEqual([held.length, ...away], [2, ...Array<number>(8).fill(503)]);
    const quiet = postForm(harness, form);
    await until(() => held.length === 3, 'another one finds a place');
    assert.equal((await postForm(harness, form)).status, 503, 'one place is left to a third party');
    for (const release of held) release();
    assert.equal((await quiet).status, 201);
    assert.deepEqual((await statuses(flood)).sort().slice(0, 2), [201, 201]);
  });
});

/** The answer to a request of which the body never comes. */
function declared(harness: Harness, bytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(harness.port, '127.0.0.1');
    socket.write(
      `POST /v1/comparisons HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ${harness.token}\r\n` +
        `Content-Type: ${formType}\r\nContent-Length: ${bytes}\r\n\r\n`,
    );
    socket.once('error', reject);
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString());
    });
  });
}
