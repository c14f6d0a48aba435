import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { HolderFile } from '../../src/records/holderFile.js';
import type { HoldView } from '../../src/retention/holds.js';
import { inventHolder, officeOf, photo } from '../support/office.js';
import { portraitOf } from '../support/samples.js';
import { startTestService, type TestService } from '../support/service.js';
import { personIn } from './people.js';

let service: TestService;
before(async () => {
  service = await startTestService();
});
after(() => service.dispose());

test('a magistrate holds a record and releases it; who fights fraud sees that it is held, its holder does not', async () => {
  const holder = inventHolder('Bewaard', ['Bo'], [['2012-01-01', photo(await portraitOf('2-left'))]]);
  await officeOf(service, await service.token(['documents:write'])).enrol(holder);
  const desk = await personIn(service, 'holder-desk');
  const { registerNumber } = holder;
  const { body: found } = await desk.post<{ holders: string[] }>('/v1/holders/lookup', { registerNumber });
  const file = async () => (await desk.get<HolderFile>(`/v1/holders/${found.holders[0]}/file`)).body;
  const { documentId } = (await file()).documents[0]!;
  const analyst = await personIn(service, 'fraud-analyst');
  const held = async () => (await analyst.get<{ held: boolean }>(`/v1/documents/${documentId}`)).body.held;
  assert.equal(await held(), false);

  const magistrate = await personIn(service, 'supervisor');
  const endsOn = `${new Date().getUTCFullYear() + 1}-01-15`;
  const order = { kind: 'document', recordId: documentId, ground: 'judicial', endsOn };
  const named = { ...order, reference: 'Parket Gent 2026/17', reason: 'Opdracht van de onderzoeksrechter' };
  assert.equal((await magistrate.post('/v1/holds', order)).status, 422, 'without a reason');
  assert.equal((await magistrate.post('/v1/holds', { ...named, endsOn: '2020-01-01' })).status, 422);
  assert.equal((await magistrate.post('/v1/holds', { ...named, recordId: 'nobody' })).status, 404);
  assert.equal((await analyst.post('/v1/holds', named)).status, 403);
  const { status, body: placed } = await magistrate.post<{ holdId: string }>('/v1/holds', named);
  assert.equal(status, 201);
  const list = async () => (await magistrate.get<{ holds: HoldView[] }>('/v1/holds')).body.holds;
  const [hold, ...others] = await list();
  const { placedAt, ...view } = hold!;
  assert.ok(Date.parse(placedAt) > 0 && others.length === 0);
  assert.deepEqual(view, { holdId: placed.holdId, ...named });
  assert.equal(await held(), true);
  assert.ok(!JSON.stringify(await file()).includes('"held"'));

  const path = `/v1/holds/${placed.holdId}/release`;
  assert.equal((await magistrate.post(path, {})).status, 200);
  assert.equal((await magistrate.post('/v1/holds/nothing/release', {})).status, 404);
  assert.deepEqual(await list(), []);
  assert.equal(await held(), false);
  const trail = await service.store.auditQuery.find(
    { subject: { record: documentId }, action: 'hold.place' },
    0,
    10,
  );
  assert.equal(trail.length, 1);
});
