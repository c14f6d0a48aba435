import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { applicationOf, type Holder, inventHolder, photo, recordOf } from '../support/office.js';
import { background, portraitOf } from '../support/samples.js';
import { startTestService, type TestService } from '../support/service.js';
import { formOf } from './people.js';

let service: TestService;
let token: string;
let holder: Holder;
let face: Buffer;
const noImage = Buffer.from('no picture at all');
const scopes = ['documents:write', 'documents:rectify', 'comparisons:write', 'quality:check'];

const send = async (method: string, path: string, body: FormData) => {
  const entries = async () => (await service.store.auditQuery.find({}, 0, 1000)).length;
  const before = await entries();
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(service.url + path, { method, headers, body });
  await response.arrayBuffer();
  const noted = (await service.store.auditQuery.find({}, 0, 1000)).slice(before);
  return { status: response.status, noted: noted.map(({ action, outcome }) => `${action} ${outcome}`) };
};

before(async () => {
  service = await startTestService();
  token = await service.token(scopes);
  face = await portraitOf('2-left');
  holder = inventHolder('Geweigerd', ['Ada'], [['2016-01-01', photo(face)]]);
});
after(() => service.dispose());

test('a refused photo of an applicant is noted once, for its application', async () => {
  const application = applicationOf({ as: holder }, 1);
  const refused = await send(
    'POST',
    '/v1/comparisons',
    formOf('application', application, { photo: noImage }),
  );
  assert.deepEqual(refused, { status: 415, noted: ['comparison.create unsupported-image'] });
  const [entry] = await service.store.auditQuery.find(
    { onBehalfOf: { application: `gent\0${application.applicationId}` } },
    0,
    10,
  );
  assert.equal(entry?.outcome, 'unsupported-image');
});

test('an application that is not valid, or of another time, is noted', async () => {
  for (const change of [{ birthDate: 'yesterday' }, { receivedAt: '2009-01-01T00:00:00Z' }]) {
    const application = { ...applicationOf({ as: holder }, 2), ...change };
    const refused = await send(
      'POST',
      '/v1/comparisons',
      formOf('application', application, { photo: face }),
    );
    assert.deepEqual(refused, { status: 422, noted: ['comparisons.create validation'] });
  }
  const bare = await send('POST', '/v1/comparisons', formOf('application', applicationOf({ as: holder }, 3)));
  assert.deepEqual(bare, { status: 400, noted: ['comparisons.create photo-missing'] });
});

test('a photo refused by the quality check is noted; one without a face is an answer', async () => {
  const form = (bytes: Buffer) => {
    const made = new FormData();
    made.append('photo', new Blob([new Uint8Array(bytes)]), 'photo');
    return made;
  };
  assert.deepEqual(await send('POST', '/v1/quality', form(noImage)), {
    status: 415,
    noted: ['quality.check unsupported-image'],
  });
  assert.deepEqual(await send('POST', '/v1/quality', form(await background())), {
    status: 200,
    noted: ['quality.check no-face'],
  });
});

test('a refused transfer is noted once, and so is a refused correction', async () => {
  const record = recordOf(holder, holder.passports[0]!);
  const refused = await send('POST', '/v1/documents', formOf('record', record, { photo: noImage }));
  assert.deepEqual(refused, { status: 415, noted: ['document.transfer unsupported-image'] });
  const malformed = await send('POST', '/v1/documents', formOf('record', record));
  assert.deepEqual(malformed, { status: 400, noted: ['documents.transfer photo-missing'] });

  const headers = { authorization: `Bearer ${token}` };
  const body = formOf('record', record, { photo: face });
  const stored = await fetch(`${service.url}/v1/documents`, { method: 'POST', headers, body });
  const { documentId } = (await stored.json()) as { documentId: string };
  const correct = (rectification: object, photoBytes: Buffer) =>
    send(
      'PATCH',
      `/v1/documents/${documentId}`,
      formOf('rectification', rectification, { photo: photoBytes }),
    );
  const reason = 'The photo was of somebody else.';
  assert.deepEqual(await correct({ revision: 1, reason }, noImage), {
    status: 415,
    noted: ['documents.rectify unsupported-image'],
  });
  assert.deepEqual(await correct({ revision: 7, reason }, face), {
    status: 409,
    noted: ['documents.rectify revision-conflict'],
  });
});
