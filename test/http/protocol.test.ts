import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { errorCodes, FacematchError } from '../../src/errors.js';
import { statusOf } from '../../src/http/problems.js';
import { text } from '../../src/messages/text.js';
import { until } from '../support/until.js';
import {
  applicationPart,
  bearer,
  formBytes,
  type Harness,
  marker,
  photoPart,
  postForm,
  problemOf,
  sendRaw,
  startHarness,
} from './harness.js';

const form = formBytes([applicationPart, photoPart]);

describe('the HTTP surface', () => {
  let harness: Harness;
  before(async () => {
    harness = await startHarness();
  });
  beforeEach(() => {
    harness.services.before = () => {};
    harness.services.ready = true;
  });
  after(() => harness.server.close(1000));

  const read = (headers: Record<string, string> = {}) =>
    fetch(`${harness.url}/v1/comparisons/c1`, { headers: { ...bearer(harness.token), ...headers } });
  const failWith = (error: unknown) => {
    harness.services.before = () => {
      throw error;
    };
  };

  it('answers every error code with its status as a problem document', async () => {
    for (const code of errorCodes) {
      failWith(new FacematchError(code, `message ${marker}`, { name: marker }));
      const response = await read();
      assert.equal(response.status, statusOf[code], code);
      assert.equal(response.headers.get('content-type'), 'application/problem+json');
      assert.equal(response.headers.get('cache-control'), 'no-store');
      if (response.status === 503) assert.ok(Number(response.headers.get('retry-after')) > 0, code);
      const problem = await problemOf(response);
      assert.equal(problem.slug, code);
      assert.equal(problem.body['status'], statusOf[code]);
      assert.equal(problem.body['title'], text('en', `problem.${code}.title`));
      assert.equal(problem.body['instance'], `urn:uuid:${response.headers.get('x-request-id')}`);
      assert.ok(!problem.text.includes(marker));
    }
  });

  it('answers what nobody foresaw as internal, and logs where it happened but not what it said', async () => {
    failWith(new TypeError(`cannot read ${marker}\n    at ${marker}`));
    const response = await read();
    assert.equal(response.status, 500);
    const problem = await problemOf(response);
    assert.equal(problem.slug, 'internal');
    assert.ok(!problem.text.includes(marker) && !harness.rawLog().includes(marker));
    const failure = harness.log().findLast(({ event }) => event === 'failure');
    assert.equal(failure?.['kind'], 'TypeError');
    assert.ok(Array.isArray(failure?.['frames']) && failure['frames'].length > 0);
    failWith(marker);
    assert.equal((await read()).status, 500);
    assert.ok(!harness.rawLog().includes(marker));
  });

  it('names the fields at fault, but no name that could be a value', async () => {
    failWith(
      new FacematchError('validation', 'x', {
        pointers: [
          '/holder/birthDate',
          `/holder/${'x'.repeat(65)}`,
          '/a b/0',
          `/holder/Jean-Claude ${marker}`,
          `/${marker}/familyName`,
        ],
        codes: ['missing', 'unknown', 'Not A Code'],
      }),
    );
    const { body } = await problemOf(await read());
    assert.deepEqual(body['errors'], [
      { pointer: '/holder/birthDate', code: 'missing' },
      { pointer: '/holder/?', code: 'unknown' },
      { pointer: '/?/0', code: 'invalid' },
      { pointer: '/holder/?', code: 'invalid' },
      { pointer: '/?/familyName', code: 'invalid' },
    ]);
    failWith(new FacematchError('forbidden-field', 'x', { pointers: ['/holder/email', `/${marker}/email`] }));
    assert.deepEqual((await problemOf(await read())).body['errors'], [
      { pointer: '/holder/email', code: 'forbidden' },
      { pointer: '/?/email', code: 'forbidden' },
    ]);
    failWith(new FacematchError('image-corrupt', 'x', { part: 'signature' }));
    assert.deepEqual((await problemOf(await read())).body['errors'], [
      { part: 'signature', code: 'image-corrupt' },
    ]);
  });

  it("speaks the caller's language, and tells the use case which it is", async () => {
    const wanted: [string, 'en' | 'fr' | 'nl' | 'de'][] = [
      ['fr-BE,en;q=0.5', 'fr'],
      ['de', 'de'],
      ['nl;q=0.8, fr;q=0.7', 'nl'],
      ['ja', 'en'],
      ['*', 'en'],
      ['fr;q=0, nl', 'nl'],
      ['\u00ff;;;q=', 'en'],
    ];
    failWith(new FacematchError('busy', 'x'));
    for (const [header, language] of wanted) {
      const response = await read({ 'Accept-Language': header });
      assert.equal(response.headers.get('content-language'), language, header);
      assert.equal((await problemOf(response)).body['title'], text(language, 'problem.busy.title'));
    }
    harness.services.before = () => {};
    const response = await postForm(harness, form, { 'Accept-Language': 'nl' });
    assert.equal(response.headers.get('content-language'), 'nl');
    assert.equal(harness.services.comparisonRequests.at(-1)?.caller.language, 'nl');
  });

  it('answers 201 with a Location, then 200 for what was there before', async () => {
    const first = await postForm(harness, form, { 'Idempotency-Key': 'k-1' });
    assert.equal(first.status, 201);
    const { comparisonId } = (await first.json()) as { comparisonId: string };
    assert.equal(first.headers.get('location'), `/v1/comparisons/${comparisonId}`);
    assert.equal(first.headers.get('cache-control'), 'no-store');
    assert.equal(harness.services.comparisonRequests.at(-1)?.idempotencyKey, 'k-1');
    const record = formBytes([{ name: 'record', content: '{}' }, photoPart]);
    const statuses = [];
    for (let i = 0; i < 2; i++) statuses.push((await postForm(harness, record, {}, '/v1/documents')).status);
    assert.deepEqual(statuses, [201, 200]);
  });

  it('row 40 passes on what the store says of a reused idempotency key, and refuses keys of another form', async () => {
    failWith(new FacematchError('idempotency-mismatch', 'x'));
    const reused = await postForm(harness, form, { 'Idempotency-Key': 'k-1' });
    assert.deepEqual([reused.status, (await problemOf(reused)).slug], [422, 'idempotency-mismatch']);
    for (const key of ['', 'a b', 'x'.repeat(256), 'é']) {
      const response = await postForm(harness, form, { 'Idempotency-Key': key });
      assert.equal(response.status, 422, key);
      assert.deepEqual((await problemOf(response)).body['errors'], [
        { header: 'Idempotency-Key', code: 'invalid' },
      ]);
    }
  });

  it('answers 404 for no route, 405 with Allow for another method, and OPTIONS and HEAD', async () => {
    for (const path of ['/', '/v1', '/v2/comparisons', '/V1/comparisons', '/v1/comparisons/', `/${marker}`]) {
      const response = await fetch(harness.url + path);
      const problem = await problemOf(response);
      assert.deepEqual([response.status, problem.slug], [404, 'not-found'], path);
      assert.ok(!problem.text.includes(marker));
    }
    const wrong = await fetch(`${harness.url}/v1/comparisons`, { method: 'DELETE' });
    assert.deepEqual([wrong.status, wrong.headers.get('allow')], [405, 'POST, OPTIONS']);
    assert.equal((await problemOf(wrong)).slug, 'method-not-allowed');
    const options = await fetch(`${harness.url}/v1/comparisons/c1`, { method: 'OPTIONS' });
    assert.deepEqual([options.status, options.headers.get('allow')], [204, 'GET, HEAD, OPTIONS']);
    assert.equal((await fetch(`${harness.url}/health/live`, { method: 'HEAD' })).status, 200);
    const encoding = await fetch(`${harness.url}/v1/comparisons/%E0%A4%A`, {
      headers: bearer(harness.token),
    });
    assert.deepEqual([encoding.status, (await problemOf(encoding)).slug], [400, 'malformed-request']);
  });

  it('answers in full whatever the request makes its answer depend on, and passes over what it expects', async () => {
    for (const header of [
      'If-None-Match: *',
      'If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT',
      'Expect: x',
    ]) {
      const { status, body } = await sendRaw(harness.port, [
        `GET /v1/comparisons/c1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${harness.token}\r\n${header}\r\nConnection: close\r\n\r\n`,
      ]);
      assert.equal(status, 200, header);
      assert.equal((JSON.parse(body) as { comparisonId: string }).comparisonId, 'c1');
    }
  });

  it('explains every type of problem, as JSON and as a page', async () => {
    for (const code of errorCodes) {
      const json = await fetch(`${harness.url}/problems/${code}`);
      assert.equal(((await json.json()) as { status: number }).status, statusOf[code]);
      const page = await fetch(`${harness.url}/problems/${code}`, {
        headers: { Accept: 'text/html', 'Accept-Language': 'fr' },
      });
      assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
      assert.ok((await page.text()).includes('<html lang="fr">'));
    }
    assert.equal((await fetch(`${harness.url}/problems/${marker}`)).status, 404);
  });

  it('says whether it lives, whether it can work, and its figures', async () => {
    assert.deepEqual(await (await fetch(`${harness.url}/health/live`)).json(), { status: 'live' });
    assert.equal((await fetch(`${harness.url}/health/ready`)).status, 200);
    harness.services.ready = false;
    const notReady = await fetch(`${harness.url}/health/ready`);
    assert.equal(notReady.status, 503);
    assert.deepEqual(await notReady.json(), { ready: false, checks: { store: 'closed' } });
    const figures = await (await fetch(`${harness.url}/metrics`, { headers: bearer(harness.token) })).text();
    assert.match(
      figures,
      /facematch_http_request_duration_seconds_count\{method="GET",route="\/health\/ready",status="503"\} 1/,
    );
    assert.match(figures, /facematch_http_requests_in_flight 1/);
    assert.ok(!figures.includes('c1'));
  });

  it('logs a request by its pattern and in allowed fields only', async () => {
    await fetch(`${harness.url}/v1/comparisons/${marker}?q=${marker}`, {
      headers: { ...bearer(harness.token), 'X-Request-Id': marker, 'User-Agent': marker, Cookie: marker },
    });
    await postForm(
      harness,
      formBytes([
        { ...applicationPart, content: `{"${marker}":"${marker}"}` },
        { ...photoPart, filename: marker },
      ]),
    );
    const logged = (of: string) =>
      harness.log().findLast(({ event, route }) => event === 'request' && route === of);
    await until(() => logged('/v1/comparisons') !== undefined, 'both are logged');
    const entry = logged('/v1/comparisons/{id}');
    const allowed = [
      'level',
      'time',
      'event',
      'method',
      'route',
      'status',
      'ms',
      'requestId',
      'client',
      'problem',
    ];
    assert.deepEqual(Object.keys(entry!).sort(), allowed.sort());
    assert.deepEqual([entry!['client'], entry!['problem'], entry!['status']], ['desk-app', 'not-found', 404]);
    const raw = harness.rawLog();
    assert.ok(!raw.includes(marker) && !raw.includes(harness.token));
  });

  it('sets protective headers and does not say what it runs on', async () => {
    const { headers } = await read();
    assert.equal(headers.get('x-powered-by'), null);
    assert.equal(headers.get('etag'), null);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('x-frame-options'), 'DENY');
    assert.match(headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/);
  });

  const raw: [string, string, number, string][] = [
    [
      'Content-Length and Transfer-Encoding',
      'Content-Length: 3\r\nTransfer-Encoding: chunked',
      400,
      'malformed-request',
    ],
    ['two Content-Lengths', 'Content-Length: 3\r\nContent-Length: 4', 400, 'malformed-request'],
    ['a header of 20 KB', `X-Big: ${marker.repeat(1250)}`, 431, 'headers-too-large'],
    ['a broken header', `No colon ${marker}`, 400, 'malformed-request'],
  ];
  for (const [name, header, status, slug] of raw) {
    it(`${name}: ${status} ${slug}`, async () => {
      const answer = await sendRaw(harness.port, [
        `POST /v1/comparisons HTTP/1.1\r\nHost: x\r\n${header}\r\n\r\nabc`,
      ]);
      assert.equal(answer.status, status);
      assert.match(answer.head, /application\/problem\+json/);
      const problem = JSON.parse(answer.body) as { type: string; instance: string };
      assert.equal(problem.type, `/problems/${slug}`);
      const id = /\r\nX-Request-Id: (\S+)/.exec(answer.head)?.[1];
      assert.equal(problem.instance, `urn:uuid:${id}`);
      assert.match(answer.head, /\r\nX-Content-Type-Options: nosniff\r\n/);
      assert.ok(!answer.body.includes(marker));
    });
  }

  it('a target that is no address: 400 malformed-request, with a line in the log', async () => {
    const before = harness.log().length;
    const answer = await sendRaw(harness.port, [`GET http://[/${marker} HTTP/1.1\r\nHost: x\r\n\r\n`]);
    assert.equal(answer.status, 400);
    assert.match(answer.head, /application\/problem\+json/);
    assert.equal((JSON.parse(answer.body) as { type: string }).type, '/problems/malformed-request');
    const lines = harness.log().slice(before);
    assert.ok(lines.some(({ problem }) => problem === 'malformed-request'));
    assert.ok(!answer.body.includes(marker) && !harness.rawLog().includes(marker));
  });

  it('a request that names no host: 400 malformed-request, and the connection is closed', async () => {
    for (const [lines, status] of [
      ['GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close', 200],
      ['GET /health/live HTTP/1.0', 200],
      ['GET /health/live HTTP/1.1\r\nHosp: x', 400],
      ['POST /v1/comparisons HTTP/1.1\r\nContent-Length: 9000\r\nExpect: 100-continue', 400],
    ] as const) {
      const answer = await sendRaw(harness.port, [`${lines}\r\n\r\n`]);
      assert.equal(answer.status, status, lines);
      if (status === 200) continue;
      assert.match(answer.head, /application\/problem\+json/);
      assert.match(answer.head, /\r\nConnection: close\r\n/);
      assert.equal((JSON.parse(answer.body) as { type: string }).type, '/problems/malformed-request');
    }
  });

  it('survives noise', async () => {
    assert.equal(
      (await sendRaw(harness.port, [Buffer.from([22, 3, 1, 2, 0, 1, 0]), 'GET\r\n\r\n'])).status,
      400,
    );
    assert.equal((await read()).status, 200);
  });
});

describe('slow callers and stopping', () => {
  it('ends a caller that drips its headers or its body, while others are served', async () => {
    const harness = await startHarness({
      limits: { headersTimeoutMs: 300, requestTimeoutMs: 600, connectionsCheckingIntervalMs: 100 },
    });
    const slowHeaders = sendRaw(harness.port, ['GET /health/live HTTP/1.1\r\nHost: x\r\n']);
    const head = `POST /v1/comparisons HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${harness.token}\r\nContent-Type: multipart/form-data; boundary=XtestX\r\nContent-Length: ${form.length}\r\n\r\n`;
    const slowBody = sendRaw(harness.port, [head, form.subarray(0, 50)]);
    assert.equal((await fetch(`${harness.url}/health/live`)).status, 200);
    const headers = await slowHeaders;
    assert.equal(headers.status, 408);
    assert.equal(JSON.parse(headers.body).type, '/problems/request-timeout');
    assert.equal((await slowBody).status, 408);
    assert.equal(harness.services.comparisonRequests.length, 0);
    await harness.server.close(1000);
  });

  it('takes no more connections than allowed', async () => {
    const harness = await startHarness({ limits: { maxConnections: 2 } });
    const held = [connect(harness.port, '127.0.0.1'), connect(harness.port, '127.0.0.1')];
    for (const socket of held) if (socket.connecting) await once(socket, 'connect');
    assert.equal((await sendRaw(harness.port, ['GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n'])).status, 0);
    for (const socket of held) socket.destroy();
    const answered = () =>
      fetch(`${harness.url}/health/live`).then(
        ({ status }) => status === 200,
        () => false,
      );
    await until(answered, 'there is room again');
    await harness.server.close(1000);
  });

  it('finishes what is in flight, refuses what is new, and does not wait for a silent connection', async () => {
    const harness = await startHarness();
    const silent = connect(harness.port, '127.0.0.1');
    silent.on('error', () => {});
    let release = () => {};
    harness.services.before = () =>
      new Promise((resolve) => {
        release = resolve;
      });
    const inFlight = postForm(harness, form);
    while (harness.services.comparisonRequests.length === 0) await pause(5);
    // Longer than any test runs: the silent one is not waited for.
    const closing = harness.server.close(600_000);
    await assert.rejects(fetch(`${harness.url}/health/live`));
    release();
    const response = await inFlight;
    assert.deepEqual([response.status, response.headers.get('connection')], [201, 'close']);
    assert.equal(await closing, true);
  });

  it('cuts off at the deadline what does not finish, and says so', async () => {
    const harness = await startHarness();
    harness.services.before = () => new Promise(() => {});
    const inFlight = assert.rejects(postForm(harness, form));
    while (harness.services.comparisonRequests.length === 0) await pause(5);
    assert.equal(await harness.server.close(100), false);
    await inFlight;
  });

  it('fails to start where the address is taken', async () => {
    const harness = await startHarness();
    const { startServer } = await import('../../src/http/server.js');
    const { createLogger } = await import('../../src/http/log.js');
    const { Registry } = await import('prom-client');
    await assert.rejects(
      startServer({
        services: harness.services,
        auth: { issuer: 'i', audience: 'a', keys: { jwks: [] }, clock: () => new Date() },
        host: '127.0.0.1',
        port: harness.port,
        logger: createLogger('silent'),
        metrics: new Registry(),
        version: '0',
      }),
      { code: 'EADDRINUSE' },
    );
    await harness.server.close(1000);
  });
});
