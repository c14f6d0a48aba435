import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { DocumentView } from '../../src/records/documentView.js';
import type { StatusFeed } from '../../src/records/status.js';
import { directDatabase } from '../support/directDatabase.js';
import { type Holder, inventHolder, photo, recordOf } from '../support/office.js';
import { portraitOf } from '../support/samples.js';
import { startTestService, type TestService } from '../support/service.js';
import { formOf, personIn } from './people.js';

let service: TestService;
let face: Buffer;
const holders: Holder[] = [];
const documentType = 'passport';
const numberOf = (index: number) => holders[index]!.passports[0]!.number;

const transfer = async (record: object, bytes = face) => {
  const system = await personIn(service, 'transfer-system');
  const response = await fetch(`${service.url}/v1/documents`, {
    method: 'POST',
    headers: { authorization: `Bearer ${system.token}` },
    body: formOf('record', record, { photo: bytes }),
  });
  return { status: response.status, body: (await response.json()) as { documentId: string; type?: string } };
};
const report = async (change: object) =>
  (await personIn(service, 'transfer-system')).post<{ changed: boolean }>('/v1/status-changes', change);

before(async () => {
  service = await startTestService();
  face = await portraitOf('2-left');
  for (const name of ['Een', 'Twee', 'Drie']) {
    const holder = inventHolder(`Status-${name}`, ['Ada'], [['2016-01-01', photo(face)]]);
    holders.push(holder);
    const { status } = await transfer(recordOf(holder, holder.passports[0]!));
    assert.equal(status, 201);
  }
});
after(() => service.dispose());

test('Checkdoc: hit or no hit and nothing else', async () => {
  const checkdoc = await personIn(service, 'checkdoc');
  const ask = async (documentNumber: string) =>
    (await checkdoc.post('/v1/checkdoc/lookup', { documentNumber })).body;
  assert.deepEqual(await ask(numberOf(0)), { hit: false });
  assert.deepEqual(await ask('ZZ0000001'), { hit: false }, 'an unknown number looks the same');
  const lost = { documentNumber: numberOf(0).toLowerCase(), documentType, status: 'lost', on: '2026-02-01' };
  assert.deepEqual((await report(lost)).body.changed, true);
  assert.deepEqual((await report(lost)).body.changed, false);
  assert.deepEqual(await ask(numberOf(0)), { hit: true });
  assert.deepEqual(await ask(`${numberOf(0).slice(0, 2)} ${numberOf(0).slice(2)}`), { hit: true });
  await report({ ...lost, status: 'reinstated', on: '2026-02-02' });
  assert.deepEqual(await ask(numberOf(0)), { hit: false });
  assert.deepEqual((await report(lost)).body.changed, false, 'delivered once more after a later report');
  assert.deepEqual(await ask(numberOf(0)), { hit: false });
  const chip = { ...lost, status: 'chip', chipStatus: 'unreadable', on: '2026-02-04' };
  assert.deepEqual((await report(chip)).body.changed, true);
  assert.deepEqual((await report(chip)).body.changed, false);
  assert.deepEqual((await report({ ...chip, chipStatus: 'active' })).body.changed, true);
});

test('a change of status says what it must, about a document that is held', async () => {
  const base = { documentNumber: numberOf(1), documentType, on: '2026-02-03' };
  assert.equal((await report({ ...base, status: 'chip' })).status, 422);
  assert.equal((await report({ ...base, status: 'lost', chipStatus: 'dead' })).status, 422);
  assert.equal((await report({ ...base, status: 'application-refused' })).status, 422);
  assert.equal((await report({ ...base, status: 'eaten' })).status, 422);
  assert.equal((await report({ ...base, documentNumber: 'ZZ0000009', status: 'lost' })).status, 404);
  assert.equal((await report({ ...base, status: 'chip', chipStatus: 'unreadable' })).status, 200);
  assert.equal(
    (await report({ ...base, status: 'application-refused', reason: 'Not entitled' })).status,
    200,
  );
});

test('the feed gives changed numbers in order, page by page, and not the chip', async () => {
  await report({ documentNumber: numberOf(2), documentType, status: 'stolen', on: '2026-02-04' });
  const checkdoc = await personIn(service, 'checkdoc');
  const seen: string[] = [];
  let after = '';
  for (;;) {
    const { body, status } = await checkdoc.get<StatusFeed>(
      `/v1/checkdoc/changes?limit=1${after && `&after=${after}`}`,
    );
    assert.equal(status, 200);
    if (body.changes.length === 0) {
      assert.equal(body.next, after);
      break;
    }
    assert.deepEqual(Object.keys(body.changes[0]!).sort(), [
      'documentNumber',
      'documentType',
      'on',
      'recordedAt',
      'status',
    ]);
    seen.push(`${body.changes[0]!.documentNumber} ${body.changes[0]!.status}`);
    after = body.next;
  }
  assert.deepEqual(seen, [
    `${numberOf(0)} lost`,
    `${numberOf(0)} reinstated`,
    `${numberOf(1)} application-refused`,
    `${numberOf(2)} stolen`,
  ]);
  for (const bad of ['after=x', 'limit=0', 'limit=5000', 'unknown=1', 'after=1&after=2']) {
    assert.equal((await checkdoc.get(`/v1/checkdoc/changes?${bad}`)).status, 422, bad);
  }
});

test('border police read the document presented, with its photo and what was reported', async () => {
  const border = await personIn(service, 'border-police');
  const look = async (documentNumber: string) =>
    (
      await border.post<{ found: boolean; document?: DocumentView & { photo: { base64: string } } }>(
        '/v1/border/lookup',
        { documentNumber, documentType },
      )
    ).body;
  const { found, document } = await look(numberOf(1));
  assert.ok(found);
  assert.equal(document!.record.document.number, numberOf(1));
  assert.equal(document!.status, 'application-refused');
  assert.deepEqual(
    document!.statuses.map(({ status, chipStatus, reason }) => [status, chipStatus, reason]),
    [
      ['chip', 'unreadable', undefined],
      ['application-refused', undefined, 'Not entitled'],
    ],
  );
  assert.ok(document!.photo.base64.length > 1000);
  assert.deepEqual(await look('ZZ0000002'), { found: false });
  const several = await border.post('/v1/border/lookup', {
    documentNumber: [numberOf(0), numberOf(1)],
    documentType,
  });
  assert.equal(several.status, 422, 'one at a time');
});

test('the record of a document for those who fight fraud, and for an inquiry by name only', async () => {
  const { body } = await transfer(recordOf(holders[0]!, holders[0]!.passports[0]!));
  const analyst = await personIn(service, 'fraud-analyst');
  const read = await analyst.get<DocumentView>(`/v1/documents/${body.documentId}`);
  assert.equal(read.body.record.holder.familyName, 'Status-Een');
  assert.ok(!('photo' in read.body));
  assert.equal((await analyst.get('/v1/documents/nothing')).status, 404);
});

test('each processing transfers in its own form; what they add is added, what they contradict is a conflict', async () => {
  const holder = inventHolder('Bronnen', ['Ben'], [['2017-06-01', photo(face)]]);
  const whole = recordOf(holder, holder.passports[0]!);
  const { production, ...billed } = whole;
  const { place: _place, chipStatus: _chip, ...registered } = production!;
  assert.equal((await transfer({ ...billed, source: 'billing', production })).status, 422);
  assert.equal((await transfer({ ...billed, source: 'production' })).status, 422);
  assert.equal((await transfer({ ...billed, source: 'somewhere' })).status, 422);
  assert.equal(
    (await transfer({ ...billed, source: 'billing', holder: { ...billed.holder, email: 'x' } })).status,
    422,
  );

  const first = await transfer({ ...billed, source: 'billing' });
  assert.equal(first.status, 201);
  const second = await transfer({ ...billed, source: 'pre-registration', production: registered });
  assert.deepEqual([second.status, second.body.documentId], [200, first.body.documentId]);
  const third = await transfer(whole);
  assert.deepEqual([third.status, third.body.documentId], [200, first.body.documentId]);
  const again = await transfer({ ...whole, source: 'production' });
  assert.equal(again.status, 200);
  const analyst = await personIn(service, 'fraud-analyst');
  const { body } = await analyst.get<DocumentView>(`/v1/documents/${first.body.documentId}`);
  assert.deepEqual(body.record, whole);
  assert.equal(body.source, 'billing');
  const other = { ...whole, holder: { ...whole.holder, familyName: 'Anders' } };
  const conflict = await transfer(other);
  assert.deepEqual([conflict.status, conflict.body.type], [409, '/problems/transfer-conflict']);
});

test('when the trail cannot be written nothing is told', async () => {
  const db = directDatabase(service.config.store.database);
  db.exec("create trigger full before insert on audit begin select raise(abort, 'no room'); end");
  db.close();
  const border = await personIn(service, 'border-police');
  const asked = { documentNumber: numberOf(1), documentType };
  const refused = await border.post('/v1/border/lookup', asked);
  assert.deepEqual([refused.status, refused.body.type], [503, '/problems/store-unavailable']);
  assert.ok(!refused.text.includes('base64'));
  const change = { ...asked, status: 'withdrawn', on: '2026-02-09' };
  assert.equal((await report(change)).status, 503);
  const reopened = directDatabase(service.config.store.database);
  reopened.exec('drop trigger full');
  const kinds = reopened.prepare('select kind from document_statuses').pluck().all();
  reopened.close();
  assert.ok(!kinds.includes('withdrawn'));
  assert.equal((await border.post('/v1/border/lookup', asked)).status, 200);
});
