import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { FacematchError } from '../../src/errors.js';
import type { JsonRoute } from '../../src/http/route.js';
import { parseStrictJson } from '../../src/http/strictJson.js';
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

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const latin1 = (text: string) => Buffer.from(text, 'latin1');

type Case = [name: string, json: string | Buffer, slug: string, errors?: { pointer: string; code: string }[]];

/** Rows 26, 27, 30, 31, 32, 35 and 36: what a document may not be, wherever it stands. */
const refused: Case[] = [
  ['26 broken', `{"passport":${marker}}`, 'malformed-json'],
  ['26 cut off', `{"passport":"${marker}`, 'malformed-json'],
  ['26 NaN', '{"a":NaN}', 'malformed-json'],
  ['26 a comment', `{"a":1} // ${marker}`, 'malformed-json'],
  ['26 a trailing comma', '{"a":1,}', 'malformed-json'],
  ['26 a byte order mark', '\uFEFF{"a":1}', 'malformed-json'],
  ['26 two documents', '{}{}', 'malformed-json'],
  ['26 a control character in a text', '{"office":"\u0001"}', 'malformed-json'],
  ['27 only white space', ' \r\n\t', 'body-missing'],
  [
    '30 __proto__',
    '{"office":{"__proto__":{"admin":true}}}',
    'validation',
    [{ pointer: '/office/__proto__', code: 'name' }],
  ],
  [
    '30 constructor',
    '{"constructor":{"prototype":1}}',
    'validation',
    [
      { pointer: '/constructor', code: 'name' },
      { pointer: '/constructor/prototype', code: 'name' },
    ],
  ],
  [
    '30 __proto__ written with an escape',
    '{"__pr\\u006fto__":1}',
    'validation',
    [{ pointer: '/__proto__', code: 'name' }],
  ],
  ['31 a field twice', '{"office":1,"b":2,"office":3}', 'malformed-json'],
  ['31 a field twice, once with an escape', '{"a":1,"\\u0061":3}', 'malformed-json'],
  ['31 a field twice, deep', '{"x":[{"office":1,"office":1}]}', 'malformed-json'],
  ['32 4,500 deep', nested(4500).slice(0, 4000), 'validation', [{ pointer: '', code: 'depth' }]],
  ['32 33 deep', nested(33), 'validation', [{ pointer: '', code: 'depth' }]],
  ['35 2^53 + 1', '{"office":[9007199254740993]}', 'validation', [{ pointer: '/office/0', code: 'number' }]],
  ['35 1e400', '{"office":1e400}', 'validation', [{ pointer: '/office', code: 'number' }]],
  ['35 -1e400', '{"office":-1e400}', 'validation', [{ pointer: '/office', code: 'number' }]],
  ['36 NUL', `{"office":"${marker}\\u0000"}`, 'validation', [{ pointer: '/office', code: 'text' }]],
  ['36 a lone surrogate', '{"office":"\\ud800x"}', 'validation', [{ pointer: '/office', code: 'text' }]],
  ['36 a lone surrogate in a name', '{"\\udc00":1}', 'validation', [{ pointer: '/?', code: 'name' }]],
  ['36 a replacement character', '{"office":"\uFFFD"}', 'validation', [{ pointer: '/office', code: 'text' }]],
];

describe('parseStrictJson', () => {
  for (const [name, json, slug] of refused) {
    it(`refuses row ${name}`, () => {
      assert.throws(
        () => parseStrictJson(Buffer.from(json)),
        (error) =>
          error instanceof FacematchError &&
          error.code === slug &&
          !JSON.stringify([error.message, error.facts]).includes(marker),
      );
    });
  }

  it('refuses row 36 invalid UTF-8', () => {
    assert.throws(() => parseStrictJson(latin1('{"a":"\xe9"}')), { code: 'validation' });
  });

  it('takes what is allowed and agrees with JSON.parse', () => {
    const good = [
      '{"a":[1,-0.5,1e-9,9007199254740991,true,null,"Zo\\u00eb","\\ud834\\udd1e","{[\\"]}"]}',
      nested(32),
      '"text"',
      ' {"ab":1,"a":{"a":1},"b":{"a":1}} ',
      '{"toString":1,"hasOwnProperty":2}',
    ];
    for (const json of good) assert.deepEqual(parseStrictJson(Buffer.from(json)), JSON.parse(json));
  });

  it('survives a million brackets', () => {
    assert.throws(() => parseStrictJson(Buffer.from('['.repeat(1_000_000))), { code: 'validation' });
  });
});

describe('JSON over HTTP', () => {
  let harness: Harness;
  const received: unknown[] = [];
  const route: JsonRoute = {
    id: 'test.json',
    method: 'post',
    path: '/v1/test-json',
    tag: 'Test',
    scope: 'comparisons:write',
    summary: 'Takes JSON',
    json: { schema: z.unknown() },
    responses: { 200: { description: 'Taken' } },
    problems: [],
    handler: async ({ document }) => {
      received.push(document);
      return { status: 200, body: {} };
    },
  };
  before(async () => {
    harness = await startHarness({ extraRoutes: [route], limits: { jsonBytes: 4_096 } });
  });
  after(() => harness.server.close(1000));

  const post = (body: string | Buffer, headers: Record<string, string> = {}) =>
    fetch(`${harness.url}/v1/test-json`, {
      method: 'POST',
      headers: { ...bearer(harness.token), 'Content-Type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : new Uint8Array(body),
    });

  for (const [name, json, slug, errors] of refused) {
    it(`row ${name}: ${slug} in a body and in a part`, async () => {
      const inPart = formBytes([{ ...applicationPart, content: json }, photoPart]);
      const inFile = formBytes([{ ...applicationPart, content: json, filename: 'a.json' }, photoPart]);
      for (const response of [
        await post(json),
        await postForm(harness, inPart),
        await postForm(harness, inFile),
      ]) {
        const problem = await problemOf(response);
        assert.equal(problem.slug, slug);
        assert.equal(response.status, slug === 'validation' ? 422 : 400);
        assert.deepEqual(problem.body['errors'], errors);
        assert.ok(!problem.text.includes(marker));
      }
      assert.equal(received.length, 0);
      assert.equal(harness.services.comparisonRequests.length, 0);
    });
  }

  it('row 36 invalid UTF-8: 422 validation in a body and in a part', async () => {
    const json = latin1('{"a":"\xe9"}');
    const inPart = formBytes([{ ...applicationPart, content: json }, photoPart]);
    const inFile = formBytes([{ ...applicationPart, content: json, filename: 'a.json' }, photoPart]);
    for (const response of [
      await post(json),
      await postForm(harness, inPart),
      await postForm(harness, inFile),
    ]) {
      assert.equal(response.status, 422);
      assert.equal((await problemOf(response)).slug, 'validation');
    }
  });

  const envelopes: [string, string | Buffer, Record<string, string>, number, string][] = [
    ['27 empty body', '', {}, 400, 'body-missing'],
    ['28 text/plain', '{}', { 'Content-Type': 'text/plain' }, 415, 'unsupported-media-type'],
    [
      '28 a media type that only looks like JSON',
      '{}',
      { 'Content-Type': 'application/json-seq' },
      415,
      'unsupported-media-type',
    ],
    ['28 no media type at all', '{}', { 'Content-Type': '' }, 415, 'unsupported-media-type'],
    ['29 utf-7', '{}', { 'Content-Type': 'application/json; charset=utf-7' }, 415, 'unsupported-charset'],
    ['33 oversize', `"${marker.repeat(300)}"`, {}, 413, 'body-too-large'],
    [
      '33 gzip bomb of 50 MB',
      gzipSync(Buffer.alloc(50_000_000, ' ')),
      { 'Content-Encoding': 'gzip' },
      413,
      'body-too-large',
    ],
    ['34 br', '{}', { 'Content-Encoding': 'br' }, 415, 'unsupported-encoding'],
    ['34 gzip twice', '{}', { 'Content-Encoding': 'gzip, gzip' }, 415, 'unsupported-encoding'],
    ['34 not gzip in fact', '{}', { 'Content-Encoding': 'gzip' }, 400, 'malformed-json'],
  ];
  for (const [name, body, headers, status, slug] of envelopes) {
    it(`row ${name}: ${status} ${slug}`, async () => {
      const response = await post(body, headers);
      const problem = await problemOf(response);
      assert.equal(problem.slug, slug);
      assert.equal(response.status, status);
      assert.ok(!problem.text.includes(marker));
      assert.equal(received.length, 0);
    });
  }

  it('row 28, 29 and 34 hold for forms too', async () => {
    const form = formBytes([applicationPart, photoPart]);
    const slugOf = async (headers: Record<string, string>) =>
      (await problemOf(await postForm(harness, form, headers))).slug;
    assert.equal(await slugOf({ 'Content-Type': 'text/plain' }), 'unsupported-media-type');
    assert.equal(
      await slugOf({ 'Content-Type': 'multipart/mixed; boundary=XtestX' }),
      'unsupported-media-type',
    );
    assert.equal(await slugOf({ 'Content-Encoding': 'deflate' }), 'unsupported-encoding');
    const utf7 = formBytes([{ ...applicationPart, type: 'application/json; charset=utf-7' }, photoPart]);
    assert.equal((await problemOf(await postForm(harness, utf7))).slug, 'unsupported-charset');
  });

  it('row 33 answers before the rest of an endless body arrives', async () => {
    const head = `POST /v1/test-json HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${harness.token}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const socket = connect(harness.port, '127.0.0.1');
    socket.write(`${head}2000\r\n${' '.repeat(0x2000)}\r\n`);
    const answer = await new Promise<string>((resolve) => {
      socket.once('data', (data) => resolve(data.toString('latin1')));
    });
    socket.destroy();
    assert.match(answer, /^HTTP\/1\.1 413 [\s\S]*body-too-large/);
  });

  it('lets go of a body that is cut off', async () => {
    const head = `POST /v1/test-json HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${harness.token}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`;
    const logged = harness.log().length;
    await sendRaw(harness.port, [head], true);
    await until(() => harness.log().length > logged, 'the request is logged');
    assert.equal(harness.log().at(-1)?.['event'], 'request');
    assert.equal(received.length, 0);
  });

  it('takes UTF-8, plain or gzipped', async () => {
    assert.equal(
      (await post('{"a":"é"}', { 'Content-Type': 'application/json; charset=UTF-8' })).status,
      200,
    );
    assert.equal((await post(gzipSync('{"a":"é"}'), { 'Content-Encoding': 'gzip' })).status, 200);
    assert.deepEqual(received, [{ a: 'é' }, { a: 'é' }]);
  });
});
