import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { deflateSync, gzipSync } from 'node:zlib';
import { UnsecuredJWT } from 'jose';
import sharp from 'sharp';
import type { ComparisonAnswer } from '../../src/comparison/answer.js';
import { background, portraitOf, twoPeople } from '../support/samples.js';
import { startTestService, type TestService } from '../support/service.js';
import {
  bearer,
  boundary,
  formBytes,
  formType,
  marker,
  type PartSpec,
  problemOf,
  sendRaw,
} from './harness.js';
import { pngChunk, pngHeader } from './png.js';

const application = {
  applicationId: `a-${marker}`,
  office: 'be-gent',
  requestedBy: `clerk ${marker}`,
  familyName: `Peeters${marker}`,
  givenNames: ['Ann'],
  birthDate: '1980-02-03',
  birthPlace: 'Gent',
  claimedDocuments: [],
  documentType: 'passport',
  procedure: 'normal',
  receivedAt: new Date().toISOString(),
};

const record = {
  holder: {
    familyName: application.familyName,
    givenNames: application.givenNames,
    birthDate: application.birthDate,
    birthPlace: 'Gent',
    sex: 'F',
    nationality: 'BEL',
  },
  document: {
    number: 'EP123456',
    type: 'passport',
    procedure: 'normal',
    issuedOn: '2020-05-06',
    issuedAt: 'Gent',
    issuingAuthority: 'Stad Gent',
    expiresOn: '2027-05-05',
  },
  production: {
    place: 'Brussel',
    application: {
      place: 'Gent',
      receivedOn: '2020-04-20',
      sequenceNumber: '17',
      administration: 'Stad Gent',
      sentOn: '2020-05-05',
      sendingNumber: '4',
    },
    status: { value: 'delivered', on: '2020-05-08' },
    chipStatus: 'ok',
  },
};

/**
 * The bad inputs 1 to 40, each against the whole service: networks, store, keyring and audit trail. Rows 22 to 24
 * are recorded outcomes, not errors: a good photo without one usable face is a result a clerk acts on.
 */
describe('bad inputs against the running service', () => {
  let service: TestService;
  let token: string;
  let portrait: Buffer;
  let applications = 0;
  /** Another application each time: many tries for one are a reason for review of their own. */
  const applicationPart = (): PartSpec => ({
    name: 'application',
    content: JSON.stringify({ ...application, applicationId: `a-${marker}-${applications++}` }),
    type: 'application/json',
  });
  const photo = (content: string | Buffer, type?: string, filename = `${marker}.jpg`): PartSpec => ({
    name: 'photo',
    content,
    filename,
    ...(type !== undefined && { type }),
  });

  const send = (
    parts: readonly PartSpec[] | Buffer,
    {
      headers = {},
      path = '/v1/comparisons',
      as = token,
    }: { headers?: Record<string, string>; path?: string; as?: string } = {},
  ) =>
    fetch(service.url + path, {
      method: 'POST',
      headers: { ...bearer(as), 'Content-Type': formType, ...headers },
      body: new Uint8Array(Buffer.isBuffer(parts) ? parts : formBytes(parts as PartSpec[])),
    });
  const sendPhoto = (content: string | Buffer, type?: string) =>
    send([applicationPart(), photo(content, type)]);
  const sendJson = (content: string | Buffer) => send([{ ...applicationPart(), content }, photo(portrait)]);
  const refused = async (answer: Promise<Response> | Response, status: number, slug: string) => {
    const response = await answer;
    const problem = await problemOf(response);
    assert.deepEqual([response.status, problem.slug], [status, slug], problem.text);
    assert.equal(response.headers.get('content-type'), 'application/problem+json');
    assert.ok(!problem.text.includes(marker) && !problem.text.includes('SECRET'), 'the input is echoed');
  };
  const compared = async (answer: Promise<Response> | Response): Promise<ComparisonAnswer> => {
    const response = await answer;
    assert.equal(response.status, 201, await response.clone().text());
    return (await response.json()) as ComparisonAnswer;
  };
  const reasonsOf = async (content: Buffer): Promise<string[]> =>
    (await compared(sendPhoto(content))).reasons.map(({ code }) => code);

  before(async () => {
    service = await startTestService();
    token = await service.token(
      ['documents:write', 'comparisons:write', 'comparisons:read', 'comparisons:evidence'],
      { office: 'be-gent' },
    );
    portrait = await portraitOf('1-left');
    const enrolled = await send([{ name: 'record', content: JSON.stringify(record) }, photo(portrait)], {
      path: '/v1/documents',
    });
    assert.equal(enrolled.status, 201, await enrolled.text());
  });
  after(() => service.dispose());

  it('row 0: the good request that the others spoil', async () => {
    assert.equal((await compared(sendPhoto(portrait, 'image/jpeg'))).outcome, 'consistent');
  });

  it('row 1: no file', () => refused(send([applicationPart()]), 400, 'photo-missing'));
  it('row 2: zero bytes', () => refused(sendPhoto(''), 400, 'photo-empty'));
  it('row 3: two files', () =>
    refused(send([applicationPart(), photo(portrait), photo(portrait)]), 400, 'too-many-parts'));
  it('row 4: wrong field name', () =>
    refused(send([applicationPart(), { ...photo(portrait), name: marker }]), 400, 'unexpected-part'));
  it('row 5: truncated multipart', () =>
    refused(
      send(formBytes([applicationPart(), photo(portrait)]).subarray(0, 4000)),
      400,
      'malformed-multipart',
    ));
  it('row 6: no boundary', () =>
    refused(
      send([applicationPart()], { headers: { 'Content-Type': 'multipart/form-data' } }),
      400,
      'malformed-multipart',
    ));
  it('row 7: empty field name', () =>
    refused(send([applicationPart(), { ...photo(portrait), name: '' }]), 400, 'malformed-multipart'));
  it('row 8: over the byte limit', () =>
    refused(
      sendPhoto(Buffer.concat([portrait, Buffer.alloc(service.config.photo.maxBytes)])),
      413,
      'photo-too-large',
    ));
  it('row 9: text named .jpg', () =>
    refused(sendPhoto(`I am ${marker}`, 'image/jpeg'), 415, 'unsupported-image'));

  it('row 10: SVG, GIF, TIFF, HEIC, PDF', async () => {
    const canvas = sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } });
    const others = [
      Buffer.from(
        `<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"><text>${marker}</text></svg>`,
      ),
      await canvas.clone().gif().toBuffer(),
      await canvas.clone().tiff().toBuffer(),
      Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic\0\0\0\0mif1heic'), Buffer.alloc(64)]),
      Buffer.from(`%PDF-1.7\n${marker}`),
    ];
    for (const other of others) await refused(sendPhoto(other), 415, 'unsupported-image');
  });

  it('row 11: PNG declared as JPEG', async () =>
    refused(sendPhoto(await sharp(portrait).png().toBuffer(), 'image/jpeg'), 415, 'image-type-mismatch'));
  it('row 12: a flat PNG of 12000 × 12000', async () => {
    const flat = await sharp({ create: { width: 12_000, height: 12_000, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    await refused(sendPhoto(flat), 422, 'image-too-many-pixels');
  });
  it('row 13: a tiny PNG that claims 60000 × 60000', async () => {
    const lying = Buffer.concat([
      pngHeader(60_000, 60_000),
      pngChunk('IDAT', deflateSync(Buffer.alloc(4))),
      pngChunk('IEND', Buffer.alloc(0)),
    ]);
    assert.ok(lying.length < 80);
    await refused(sendPhoto(lying), 422, 'image-too-many-pixels');
  });
  it('row 14: 1 × 1 and 20000 × 1', async () => {
    for (const [width, height] of [
      [1, 1],
      [20_000, 1],
    ] as const) {
      const thin = await sharp({ create: { width, height, channels: 3, background: 'red' } })
        .png()
        .toBuffer();
      await refused(sendPhoto(thin), 422, 'image-dimensions');
    }
  });
  it('row 15: half a JPEG', () =>
    refused(sendPhoto(portrait.subarray(0, portrait.length / 2)), 422, 'image-corrupt'));
  it('row 16: a PNG with too little pixel data', async () => {
    const short = Buffer.concat([
      pngHeader(200, 200),
      pngChunk('IDAT', deflateSync(Buffer.alloc(601))),
      pngChunk('IEND', Buffer.alloc(0)),
    ]);
    await refused(sendPhoto(short), 422, 'image-corrupt');
  });

  it('row 17: a JPEG with a ZIP behind it is compared as if the ZIP were not there', async () => {
    const zip = Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.from(marker)]);
    assert.equal((await compared(sendPhoto(Buffer.concat([portrait, zip])))).outcome, 'consistent');
  });

  it('row 18: a PNG with 150 MB of compressed text is compared without it', async () => {
    const png = await sharp(portrait).png().toBuffer();
    const text = Buffer.concat([Buffer.from('Comment\0\0'), deflateSync(Buffer.alloc(150_000_000, 'x'))]);
    const headerEnd = 8 + 25;
    const bomb = Buffer.concat([png.subarray(0, headerEnd), pngChunk('zTXt', text), png.subarray(headerEnd)]);
    assert.equal((await compared(sendPhoto(bomb))).outcome, 'consistent');
  });

  it('row 19: EXIF orientation 6 gives the score of the upright photo', async () => {
    const upright = await sharp(portrait).png().toBuffer();
    const turned = await sharp(await sharp(upright).rotate(270).png().toBuffer())
      .withMetadata({ orientation: 6 })
      .png()
      .toBuffer();
    const scoreOf = async (content: Buffer) => (await compared(sendPhoto(content))).evidence?.fused?.score;
    const [expected, actual] = [await scoreOf(upright), await scoreOf(turned)];
    assert.ok(expected !== undefined && actual !== undefined && Math.abs(expected - actual) < 1e-6);
  });

  it('row 20: CMYK, grey and 16 bit with alpha are compared', async () => {
    const variants = [
      await sharp(portrait).toColourspace('cmyk').jpeg().toBuffer(),
      await sharp(portrait).grayscale().jpeg().toBuffer(),
      await sharp(portrait).ensureAlpha().toColourspace('rgb16').png().toBuffer(),
    ];
    for (const variant of variants) {
      const { evidence } = await compared(sendPhoto(variant));
      assert.ok((evidence?.fused?.score ?? 0) > 0.6, String(evidence?.fused?.score));
    }
  });

  it('row 21: a file name that climbs is ignored', async () => {
    await compared(send([applicationPart(), photo(portrait, 'image/jpeg', '../../etc/passwd')]));
  });

  it('row 22: no face, and a blank photo, are outcomes', async () => {
    const blank = await sharp({ create: { width: 400, height: 500, channels: 3, background: '#ccc' } })
      .jpeg()
      .toBuffer();
    for (const content of [await background(), blank]) {
      assert.ok((await reasonsOf(content)).includes('failure-no-face'));
    }
  });
  it('row 23: two faces are an outcome', async () =>
    assert.ok((await reasonsOf(await twoPeople())).includes('failure-multiple-faces')));
  it('row 24: a tiny face and a blurred one are outcomes', async () => {
    const small = await sharp(portrait).resize(60).jpeg().toBuffer();
    const tiny = await sharp({ create: { width: 600, height: 700, channels: 3, background: '#999' } })
      .composite([{ input: small, left: 270, top: 300 }])
      .jpeg()
      .toBuffer();
    const found = await compared(sendPhoto(tiny));
    assert.equal(found.outcome, 'not-comparable');
    assert.ok(found.reasons.some(({ code }) => code === 'failure-face-too-small'));
    const framed = await sharp(await portraitOf('2-left'))
      .extend({ top: 150, bottom: 150, left: 150, right: 150, extendWith: 'copy' })
      .png()
      .toBuffer();
    const blurred = await sharp(framed).blur(12).png().toBuffer();
    assert.ok((await reasonsOf(blurred)).includes('quality-too-low'));
  });

  it('row 25: a connection aborted mid-upload leaves no row and no file', async () => {
    const before = await service.store.stats();
    const files = await readdir(service.folder);
    const body = formBytes([applicationPart(), photo(portrait)]);
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      `POST /v1/comparisons HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: ${formType}\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    socket.write(body.subarray(0, body.length - 30));
    await pause(100);
    socket.destroy();
    await pause(100);
    assert.deepEqual(await service.store.stats(), before);
    assert.deepEqual(await readdir(service.folder), files);
  });

  it('row 26: broken JSON and NaN', async () => {
    await refused(sendJson(`{"familyName":${marker}}`), 400, 'malformed-json');
    await refused(sendJson('{"a":NaN}'), 400, 'malformed-json');
  });
  it('row 27: empty body, empty document', async () => {
    await refused(sendJson(''), 400, 'body-missing');
    await refused(
      fetch(`${service.url}/v1/comparisons`, { method: 'POST', headers: bearer(token) }),
      400,
      'body-missing',
    );
  });
  it('row 28: text/plain', () =>
    refused(
      send([applicationPart()], { headers: { 'Content-Type': 'text/plain' } }),
      415,
      'unsupported-media-type',
    ));
  it('row 29: charset utf-7', async () => {
    await refused(
      send([applicationPart()], { headers: { 'Content-Type': `${formType}; charset=utf-7` } }),
      415,
      'unsupported-charset',
    );
    const part = { ...applicationPart(), type: 'application/json; charset=utf-7' };
    await refused(send([part, photo(portrait)]), 415, 'unsupported-charset');
  });

  const spoilt = (extra: string) => JSON.stringify(application).replace('{', `{${extra},`);
  it('row 30: __proto__, constructor', async () => {
    await refused(sendJson(spoilt('"__proto__":{"admin":true}')), 422, 'validation');
    await refused(sendJson(spoilt('"constructor":{}')), 422, 'validation');
  });
  it('row 31: duplicate keys', () =>
    refused(sendJson(spoilt(`"office":"${marker}"`)), 400, 'malformed-json'));
  it('row 32: an array 4,500 deep', () =>
    refused(sendJson(spoilt(`"x":${'['.repeat(4500)}${']'.repeat(4500)}`)), 422, 'validation'));
  it('row 33: gzip bomb, oversize', async () => {
    await refused(sendJson(`"${marker.repeat(6000)}"`), 413, 'body-too-large');
    const bomb = gzipSync(
      formBytes([{ ...applicationPart(), content: Buffer.alloc(50_000_000, ' ') }, photo(portrait)]),
    );
    await refused(send(bomb, { headers: { 'Content-Encoding': 'gzip' } }), 413, 'body-too-large');
  });
  it('row 34: unknown encoding', () =>
    refused(
      send([applicationPart()], { headers: { 'Content-Encoding': 'br' } }),
      415,
      'unsupported-encoding',
    ));
  it('row 35: 2^53 + 1 and 1e400', async () => {
    await refused(sendJson(spoilt('"x":9007199254740993')), 422, 'validation');
    await refused(sendJson(spoilt('"x":1e400')), 422, 'validation');
  });
  it('row 36: NUL, lone surrogate, invalid UTF-8', async () => {
    const named = (name: string) => JSON.stringify(application).replace('"Gent"', `"${name}"`);
    await refused(sendJson(named('Ge\\u0000nt')), 422, 'validation');
    await refused(sendJson(named('Ge\\ud800nt')), 422, 'validation');
    await refused(sendJson(Buffer.from(named('G\xe9nt'), 'latin1')), 422, 'validation');
  });

  it('row 37: alg none', async () => {
    const { issuer = '', audience } = service.config.token;
    const none = new UnsecuredJWT({ client_id: 'x', scope: 'comparisons:write' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject('s')
      .setIssuedAt()
      .setExpirationTime('5m')
      .encode();
    await refused(send([applicationPart(), photo(portrait)], { as: none }), 401, 'invalid-token');
  });
  it('row 38: a token for another audience', async () => {
    const [head, , signature] = token.split('.');
    const payload = Buffer.from(JSON.stringify({ aud: marker })).toString('base64url');
    await refused(
      send([applicationPart(), photo(portrait)], { as: `${head}.${payload}.${signature}` }),
      401,
      'invalid-token',
    );
  });
  it('row 39: wrong role 403, wrong office 403, a record of another office 404', async () => {
    const reader = await service.token(['comparisons:read'], { office: 'be-luik' });
    await refused(send([applicationPart(), photo(portrait)], { as: reader }), 403, 'forbidden');
    const elsewhere = await service.token(['comparisons:write'], { office: 'be-luik' });
    await refused(send([applicationPart(), photo(portrait)], { as: elsewhere }), 403, 'forbidden');
    const { comparisonId } = await compared(sendPhoto(portrait));
    const read = (as: string) =>
      fetch(`${service.url}/v1/comparisons/${comparisonId}`, { headers: bearer(as) });
    assert.equal((await read(token)).status, 200);
    await refused(read(reader), 404, 'not-found');
  });
  it('row 40: an idempotency key used again for other data', async () => {
    const headers = { 'Idempotency-Key': 'row-40' };
    const form = [{ ...applicationPart(), content: JSON.stringify(application) }, photo(portrait)];
    const first = await compared(send(form, { headers }));
    const again = await send(form, { headers });
    assert.equal(again.status, 200);
    assert.equal(((await again.json()) as ComparisonAnswer).comparisonId, first.comparisonId);
    const other = { ...applicationPart(), content: JSON.stringify({ ...application, birthPlace: 'Luik' }) };
    await refused(send([other, photo(portrait)], { headers }), 422, 'idempotency-mismatch');
  });

  it('broken HTTP: both lengths, two lengths, a header of 20 KB', async () => {
    const port = Number(new URL(service.url).port);
    const answer = async (headers: string) =>
      (await sendRaw(port, [`POST /v1/comparisons HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\nabc`])).status;
    assert.equal(await answer('Content-Length: 3\r\nTransfer-Encoding: chunked'), 400);
    assert.equal(await answer('Content-Length: 3\r\nContent-Length: 4'), 400);
    assert.equal(await answer(`X-Big: ${'x'.repeat(20_000)}`), 431);
  });

  it('forbidden fields are named, and neither answered nor logged', async () => {
    const spoiltRecord = { ...record, holder: { ...record.holder, email: `${marker}@example.org` } };
    const response = await send(
      [{ name: 'record', content: JSON.stringify(spoiltRecord) }, photo(portrait)],
      {
        path: '/v1/documents',
      },
    );
    const problem = await problemOf(response);
    assert.deepEqual([response.status, problem.slug], [422, 'forbidden-field']);
    assert.deepEqual(problem.body['errors'], [{ pointer: '/holder/email', code: 'forbidden' }]);
  });

  it('after all this the service works, and its log holds nothing of what was sent', async () => {
    assert.equal((await fetch(`${service.url}/health/ready`)).status, 200);
    const log = service.log.join('\n');
    assert.ok(log.includes('"event":"request"'));
    for (const secret of [marker, 'Peeters', 'passwd', token, boundary])
      assert.ok(!log.includes(secret), secret);
  });
});
