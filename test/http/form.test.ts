import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { until } from '../support/until.js';
import {
  applicationPart,
  bearer,
  formBytes,
  formType,
  type Harness,
  marker,
  type PartSpec,
  photoPart,
  postForm,
  problemOf,
  sendRaw,
  startHarness,
} from './harness.js';

const limits = { photoBytes: 100_000, jsonBytes: 4_096 };

describe('multipart forms', () => {
  let harness: Harness;
  before(async () => {
    harness = await startHarness({ limits });
  });
  beforeEach(() => {
    harness.services.comparisonRequests.length = 0;
    harness.services.transfers.length = 0;
  });
  after(() => harness.server.close(1000));

  const refused: [string, PartSpec[], number, string][] = [
    ['1 no file', [applicationPart], 400, 'photo-missing'],
    ['1 a photo sent as text', [applicationPart, { name: 'photo', content: marker }], 400, 'photo-missing'],
    [
      '1 a photo without a file name',
      [applicationPart, { ...photoPart, filename: '' }],
      400,
      'photo-missing',
    ],
    ['2 zero bytes', [applicationPart, { ...photoPart, content: '' }], 400, 'photo-empty'],
    ['3 two files', [applicationPart, photoPart, photoPart], 400, 'too-many-parts'],
    ['3 many files', [applicationPart, photoPart, photoPart, photoPart, photoPart], 400, 'too-many-parts'],
    ['3 two documents', [applicationPart, applicationPart, photoPart], 400, 'too-many-parts'],
    [
      '3 the document as field and file',
      [applicationPart, { ...applicationPart, filename: 'a.json' }, photoPart],
      400,
      'too-many-parts',
    ],
    ['4 wrong name of a file', [applicationPart, { ...photoPart, name: marker }], 400, 'unexpected-part'],
    [
      '4 wrong name of a file without a file name',
      [applicationPart, { ...photoPart, name: marker, filename: '' }],
      400,
      'unexpected-part',
    ],
    ['4 wrong name of a field', [photoPart, { name: marker, content: '{}' }], 400, 'unexpected-part'],
    [
      '4 a name with brackets',
      [photoPart, { name: 'application[x]', content: '{}' }],
      400,
      'unexpected-part',
    ],
    [
      '4 a name that reaches prototypes',
      [photoPart, { name: '__proto__', content: '{}' }],
      400,
      'unexpected-part',
    ],
    [
      '4 a signature where there is none',
      [applicationPart, { ...photoPart, name: 'signature' }],
      400,
      'unexpected-part',
    ],
    ['7 empty name of a field', [{ name: '', content: marker }, photoPart], 400, 'malformed-multipart'],
    ['7 empty name of a file', [applicationPart, { ...photoPart, name: '' }], 400, 'malformed-multipart'],
    [
      '8 over the limit by one byte',
      [applicationPart, { ...photoPart, content: Buffer.alloc(100_001) }],
      413,
      'photo-too-large',
    ],
    [
      '8 far over the limit',
      [applicationPart, { ...photoPart, content: Buffer.alloc(5_000_000) }],
      413,
      'photo-too-large',
    ],
    [
      '8 document over its limit',
      [{ ...applicationPart, content: `"${marker.repeat(400)}"` }, photoPart],
      413,
      'body-too-large',
    ],
    [
      '8 document as file over its limit',
      [{ ...applicationPart, filename: 'a', content: `"${marker.repeat(400)}"` }, photoPart],
      413,
      'body-too-large',
    ],
    ['27 no document', [photoPart], 400, 'body-missing'],
    ['27 empty document', [{ ...applicationPart, content: '' }, photoPart], 400, 'body-missing'],
  ];
  for (const [name, parts, status, slug] of refused) {
    it(`row ${name}: ${status} ${slug}`, async () => {
      const response = await postForm(harness, formBytes(parts));
      const problem = await problemOf(response);
      assert.equal(problem.slug, slug);
      assert.equal(response.status, status);
      assert.ok(!problem.text.includes(marker));
      assert.equal(harness.services.comparisonRequests.length, 0);
    });
  }

  const whole = formBytes([applicationPart, photoPart]);

  it('row 5 truncated multipart: 400 malformed-multipart, wherever it is cut', async () => {
    for (const length of [10, 60, 130, whole.length - 8]) {
      const problem = await problemOf(await postForm(harness, whole.subarray(0, length)));
      assert.equal(problem.slug, 'malformed-multipart', `cut at ${length}`);
    }
    assert.equal(harness.services.comparisonRequests.length, 0);
  });

  it('row 5 a sender that stops before its Content-Length: 400 or closed, nothing reached a use case', async () => {
    const head = `POST /v1/comparisons HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${harness.token}\r\nContent-Type: ${formType}\r\nContent-Length: ${whole.length}\r\n\r\n`;
    const { status } = await sendRaw(harness.port, [head, whole.subarray(0, 100)], true);
    assert.ok(status === 400 || status === 0, String(status));
    assert.equal(harness.services.comparisonRequests.length, 0);
  });

  it('a boundary longer than any may be: 400 malformed-multipart', async () => {
    for (const length of [71, 4000]) {
      const type = `multipart/form-data; boundary=${'b'.repeat(length)}`;
      const response = await postForm(harness, formBytes([applicationPart, photoPart]), {
        'Content-Type': type,
      });
      assert.deepEqual([response.status, (await problemOf(response)).slug], [400, 'malformed-multipart']);
    }
  });
  it('row 6 no boundary: 400 malformed-multipart', async () => {
    const response = await postForm(harness, whole, { 'Content-Type': 'multipart/form-data' });
    assert.equal((await problemOf(response)).slug, 'malformed-multipart');
  });

  it('row 7 a part with a broken header: 400 malformed-multipart', async () => {
    const broken = Buffer.from(
      whole.toString('latin1').replace('Content-Disposition:', 'Content Disposition:'),
      'latin1',
    );
    assert.equal((await problemOf(await postForm(harness, broken))).slug, 'malformed-multipart');
  });

  it('row 8 answers before the rest of an endless upload arrives', async () => {
    const head = `POST /v1/comparisons HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${harness.token}\r\nContent-Type: ${formType}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const socket = connect(harness.port, '127.0.0.1');
    const part = formBytes([{ ...photoPart, content: Buffer.alloc(200_000) }]).subarray(0, 150_000);
    socket.write(head);
    socket.write(`${part.length.toString(16)}\r\n`);
    socket.write(part);
    socket.write('\r\n');
    const [first] = (await new Promise<Buffer[]>((resolve) =>
      socket.once('data', (data) => resolve([data])),
    )) as [Buffer];
    socket.destroy();
    assert.match(first.toString('latin1'), /^HTTP\/1\.1 413 /);
  });

  it('row 21 ignores file names and passes bytes and declared type on', async () => {
    const response = await postForm(
      harness,
      formBytes([applicationPart, { ...photoPart, filename: '../../etc/passwd' }]),
    );
    assert.equal(response.status, 201);
    const [request] = harness.services.comparisonRequests;
    assert.deepEqual(Buffer.from(request!.photo.bytes), photoPart.content);
    assert.deepEqual(Object.keys(request!.photo).sort(), ['bytes', 'declaredType']);
    assert.equal(request!.photo.declaredType, 'image/jpeg');
    assert.deepEqual(request!.application, { applicationId: 'a1' });
  });

  it('takes octet-stream, text/plain and nothing as no declared type', async () => {
    for (const type of ['application/octet-stream', 'text/plain', undefined]) {
      const { type: _, ...photo } = photoPart;
      await postForm(harness, formBytes([applicationPart, { ...photo, ...(type && { type }) }]));
    }
    const types = harness.services.comparisonRequests.map(({ photo }) => photo.declaredType);
    assert.deepEqual(types, [undefined, undefined, undefined]);
  });

  it('takes the document as field or as file, with a declared UTF-8 or none, and keeps its letters', async () => {
    const content = '{"name":"Zoë Müller-Ďurić 𝄞"}';
    const shapes: Partial<PartSpec>[] = [
      {},
      { type: 'application/json' },
      { type: 'application/json; charset=utf-8' },
      { filename: 'blob', type: 'application/json' },
      { filename: 'blob', type: 'application/octet-stream' },
    ];
    for (const shape of shapes) {
      const response = await postForm(
        harness,
        formBytes([{ ...applicationPart, content, ...shape }, photoPart]),
      );
      assert.equal(response.status, 201, JSON.stringify(shape));
      assert.deepEqual(harness.services.comparisonRequests.at(-1)?.application, JSON.parse(content));
    }
  });

  it('takes what fetch makes of a FormData, and an optional signature', async () => {
    const form = new FormData();
    form.append('record', new Blob(['{"a":1}'], { type: 'application/json' }));
    form.append('photo', new Blob([photoPart.content], { type: 'image/jpeg' }), 'x.jpg');
    form.append('signature', new Blob(['sig'], { type: 'image/png' }), 'y.png');
    const response = await fetch(`${harness.url}/v1/documents`, {
      method: 'POST',
      headers: bearer(harness.token),
      body: form,
    });
    assert.equal(response.status, 201);
    assert.equal(response.headers.get('location'), '/v1/documents/d1');
    const [transfer] = harness.services.transfers;
    assert.equal(Buffer.from(transfer!.signature!.bytes).toString(), 'sig');
  });

  it('inflates a gzipped form, and row 33 stops a gzip bomb: 413', async () => {
    const gzip = { 'Content-Encoding': 'gzip' };
    assert.equal((await postForm(harness, gzipSync(whole), gzip)).status, 201);
    const bomb = gzipSync(
      formBytes([{ ...applicationPart, content: Buffer.alloc(50_000_000, ' ') }, photoPart]),
    );
    const response = await postForm(harness, bomb, gzip);
    assert.equal(response.status, 413);
    assert.equal((await problemOf(response)).slug, 'body-too-large');
    const preamble = gzipSync(Buffer.concat([Buffer.alloc(50_000_000), whole]));
    assert.equal((await problemOf(await postForm(harness, preamble, gzip))).slug, 'body-too-large');
    const broken = gzipSync(whole);
    broken[20]! ^= 0xff;
    assert.equal((await problemOf(await postForm(harness, broken, gzip))).slug, 'malformed-multipart');
  });

  it('row 25 a connection aborted mid-upload starts no use case and is logged as 499', async () => {
    const socket = connect(harness.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      `POST /v1/comparisons HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${harness.token}\r\nContent-Type: ${formType}\r\nContent-Length: 90000\r\n\r\n`,
    );
    const logged = harness.log().length;
    await new Promise((sent) => socket.write(whole.subarray(0, whole.length - 20), sent));
    socket.destroy();
    await until(() => harness.log().length > logged, 'the request is logged');
    assert.equal(harness.services.comparisonRequests.length, 0);
    assert.equal(harness.log().at(-1)?.['status'], 499);
  });

  it('tells a use case when its caller hangs up', async () => {
    let aborted = false;
    const logged = harness.log().length;
    let begun = false;
    harness.services.before = (request) =>
      new Promise((_, reject) => {
        begun = true;
        request?.signal?.addEventListener('abort', () => {
          aborted = true;
          reject(request.signal?.reason);
        });
      });
    const controller = new AbortController();
    const request = fetch(`${harness.url}/v1/comparisons`, {
      method: 'POST',
      headers: { ...bearer(harness.token), 'Content-Type': formType },
      body: new Uint8Array(whole),
      signal: controller.signal,
    });
    await until(() => begun, 'the use case begins');
    controller.abort();
    await assert.rejects(request);
    await until(() => aborted && harness.log().length > logged, 'it is told, and the request logged');
    harness.services.before = () => {};
    const lines = harness.log().slice(logged);
    assert.deepEqual(
      lines.map(({ level, event, status }) => [level, event, status]),
      [[30, 'request', 499]],
    );
  });
});

it('answers busy at once when too many uploads are held, and frees the places', async () => {
  const harness = await startHarness({ limits: { concurrentUploads: 1 } });
  let release = () => {};
  harness.services.before = () => new Promise((resolve) => (release = resolve));
  const first = postForm(harness, formBytes([applicationPart, photoPart]));
  while (harness.services.comparisonRequests.length === 0) await pause(5);
  const second = await postForm(harness, formBytes([applicationPart, photoPart]));
  assert.equal(second.status, 503);
  assert.equal(second.headers.get('retry-after'), '1');
  assert.equal((await problemOf(second)).slug, 'busy');
  harness.services.before = () => {};
  release();
  assert.equal((await first).status, 201);
  assert.equal((await postForm(harness, formBytes([applicationPart, photoPart]))).status, 201);
  await harness.server.close(1000);
});
