import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { InquiryView } from '../../src/inquiry/inquiryView.js';
import type { AuditPage } from '../../src/oversight/auditAccess.js';
import type { HolderFile } from '../../src/records/holderFile.js';
import type { HoldView } from '../../src/retention/holds.js';
import { openInquiry, personIn } from '../oversight/people.js';
import { directDatabase } from '../support/directDatabase.js';
import { inventHolder, officeOf, photo } from '../support/office.js';
import { portraitOf } from '../support/samples.js';
import { startTestService, type TestService } from '../support/service.js';

const dayMs = 24 * 3_600_000;
let now = Date.now();
let service: TestService;
let documentId: string;
let registerNumber: string;
before(async () => {
  service = await startTestService({}, { clock: () => new Date(now) });
  const holder = inventHolder('Onderzocht', ['Bo'], [['2019-01-01', photo(await portraitOf('2-left'))]]);
  await officeOf(service, await service.token(['documents:write'])).enrol(holder);
  registerNumber = holder.registerNumber!;
  documentId = (await fileOf()).documents[0]!.documentId;
});
after(() => service.dispose());

async function fileOf(): Promise<HolderFile> {
  const desk = await personIn(service, 'holder-desk');
  const { body } = await desk.post<{ holders: string[] }>('/v1/holders/lookup', { registerNumber });
  return (await desk.get<HolderFile>(`/v1/holders/${body.holders[0]}/file`)).body;
}

const inDays = (days: number) => new Date(now + days * dayMs).toISOString();
const wanted = (more: object = {}) => ({
  reference: 'FR-2026-11',
  ground: 'Opdracht van de procureur',
  purpose: 'Een gezicht, twee namen',
  members: ['investigator-1'],
  endsAt: inDays(30),
  ...more,
});
const holds = async () => {
  const supervisor = await personIn(service, 'supervisor');
  return (await supervisor.get<{ holds: HoldView[] }>('/v1/holds')).body.holds;
};

test('an inquiry from its opening to its end: members, records under hold, extension, closure', async () => {
  const analyst = await personIn(service, 'fraud-analyst', { person: 'analyst-1' });
  for (const bad of [
    { endsAt: inDays(-1) },
    { endsAt: inDays(6 * 366) },
    { members: [] },
    { reference: '' },
    { ground: undefined },
  ]) {
    assert.equal((await analyst.post('/v1/inquiries', wanted(bad))).status, 422, JSON.stringify(bad));
  }
  const made = await analyst.post<InquiryView>('/v1/inquiries', wanted());
  assert.equal(made.status, 201);
  const { inquiryId } = made.body;
  assert.equal(made.headers.get('location'), `/v1/inquiries/${inquiryId}`);
  assert.deepEqual(made.body.members, ['analyst-1', 'investigator-1'], 'whoever opens it is in it');
  assert.equal(made.body.status, 'open');

  const at = (what: string) => `/v1/inquiries/${inquiryId}${what}`;
  const add = await analyst.post<InquiryView>(at('/records'), { documentId, reason: 'The second passport' });
  assert.equal(add.status, 200);
  assert.deepEqual(
    add.body.records.map(({ kind, id, addedBy, reason }) => [kind, id, addedBy, reason]),
    [['document', documentId, 'analyst-1', 'The second passport']],
  );
  const again = await analyst.post<InquiryView>(at('/records'), { documentId, reason: 'Once more' });
  assert.equal(again.body.records.length, 1);
  const [hold, ...more] = await holds();
  assert.deepEqual([hold!.recordId, hold!.ground, hold!.reference], [documentId, 'inquiry', 'FR-2026-11']);
  assert.equal(hold!.endsOn, inDays(31).slice(0, 10));
  assert.equal(more.length, 0);
  const both = { documentId, comparisonId: 'x', reason: 'r' };
  assert.equal((await analyst.post(at('/records'), both)).status, 422);
  assert.equal((await analyst.post(at('/records'), { documentId: 'gone', reason: 'r' })).status, 404);
  assert.equal((await analyst.post(at('/records'), { comparisonId: 'gone', reason: 'r' })).status, 404);

  const later = await analyst.post<InquiryView>(at('/extension'), { endsAt: inDays(60), reason: 'Not done' });
  assert.equal(later.body.endsAt, inDays(60));
  assert.deepEqual(
    (await holds()).map(({ recordId, endsOn }) => [recordId, endsOn]),
    [[documentId, inDays(61).slice(0, 10)]],
  );
  assert.equal((await analyst.post(at('/extension'), { endsAt: inDays(50), reason: 'Less' })).status, 422);

  const members = { add: ['investigator-2'], remove: ['investigator-1'], reason: 'Another desk' };
  const changed = await analyst.post<InquiryView>(at('/members'), members);
  assert.deepEqual(changed.body.members, ['analyst-1', 'investigator-2']);

  const told = (await fileOf()).consultations;
  assert.ok(!told.some(({ action }) => action.startsWith('hold.')), 'no hold is told to the holder');

  const closed = await analyst.post<InquiryView>(at('/closure'), { outcome: 'Handed over', reason: 'Done' });
  assert.deepEqual([closed.body.status, closed.body.outcome], ['closed', 'Handed over']);
  assert.deepEqual(
    closed.body.history.map(({ action, reason }) => [action, reason]),
    [
      ['opened', null],
      ['record', 'The second passport'],
      ['record', 'Once more'],
      ['extended', 'Not done'],
      ['members', 'Another desk'],
      ['closed', 'Done'],
    ],
  );
  assert.deepEqual(await holds(), [], 'its records are released');
  for (const [what, document] of [
    ['/records', { documentId, reason: 'r' }],
    ['/members', members],
    ['/extension', { endsAt: inDays(90), reason: 'r' }],
    ['/closure', { outcome: 'Twice', reason: 'r' }],
  ] as const) {
    const { status, body } = await analyst.post(at(what), document);
    assert.deepEqual([status, body.type], [409, '/problems/inquiry-closed'], what);
  }
});

test('only members see an inquiry and act in it, until its end', async () => {
  const mine = await openInquiry(service, ['investigator-1']);
  const others = await openInquiry(service, ['investigator-2']);
  const path = `/v1/documents/${documentId}`;
  const investigator = await personIn(service, 'investigator', { inquiry: mine });
  assert.equal((await investigator.get(path)).status, 200);
  const listed = async (who: Awaited<ReturnType<typeof personIn>>) => {
    const { body } = await who.get<{ items: InquiryView[] }>('/v1/inquiries', { inquiry: mine });
    return body.items.map(({ inquiryId }) => inquiryId);
  };
  assert.deepEqual(await listed(investigator), [mine]);
  assert.equal((await investigator.get(`/v1/inquiries/${others}`)).status, 404);
  assert.equal((await investigator.get(`/v1/inquiries/${mine}`)).status, 200);
  const stranger = await personIn(service, 'investigator', { inquiry: others });
  const refused = await stranger.get(path);
  assert.deepEqual([refused.status, refused.body.type], [403, '/problems/inquiry-refused']);
  const analyst = await personIn(service, 'fraud-analyst', { person: 'analyst-3' });
  assert.equal((await analyst.get(path)).status, 200, 'an analyst needs no inquiry');
  assert.equal((await analyst.get(path, { inquiry: mine })).status, 403, 'but acts in none of others');
  assert.equal((await analyst.get(`/v1/inquiries/${mine}`)).status, 404);
  const change = { add: ['analyst-3'], reason: 'Curious' };
  assert.equal((await analyst.post(`/v1/inquiries/${mine}/members`, change)).status, 404);

  const supervisor = await personIn(service, 'supervisor');
  const page = await supervisor.get<{ items: InquiryView[]; next: string }>('/v1/inquiries?limit=1');
  assert.deepEqual(page.body.items[0]!.inquiryId, others, 'newest first, every one');
  const rest = await supervisor.get<{ items: InquiryView[]; next: string | null }>(
    `/v1/inquiries?limit=100&cursor=${page.body.next}`,
  );
  assert.deepEqual([rest.body.items[0]!.inquiryId, rest.body.next], [mine, null]);
  assert.equal((await supervisor.get('/v1/inquiries?cursor=nonsense')).status, 422);

  const officer = await personIn(service, 'data-protection-officer');
  const { body: trail } = await officer.post<AuditPage>('/v1/audit/query', { inquiry: mine });
  const of = (outcome: string) => trail.entries.filter((entry) => entry.outcome === outcome);
  assert.ok(of('done').some(({ action, actor }) => action === 'document.read' && actor === 'investigator-1'));
  assert.deepEqual(
    of('inquiry-refused').map(({ action, actor }) => [action, actor]),
    [['documents.read', 'analyst-3']],
  );
  const removal = { remove: ['investigator-1'], reason: 'Left' };
  assert.equal((await supervisor.post(`/v1/inquiries/${mine}/members`, removal)).status, 200);
  assert.equal((await investigator.get(path)).status, 403, 'from the moment they are no member');
});

test('an inquiry whose end has come opens nothing more, and can still be closed', async () => {
  const inquiry = await openInquiry(service, ['investigator-1'], { endsAt: inDays(1) });
  const path = `/v1/documents/${documentId}`;
  const before = await personIn(service, 'investigator', { inquiry });
  assert.equal((await before.get(path)).status, 200);
  const supervisorBefore = await personIn(service, 'supervisor');
  const added = { documentId, reason: 'r' };
  assert.equal((await supervisorBefore.post(`/v1/inquiries/${inquiry}/records`, added)).status, 200);
  now += 2 * dayMs;
  const after = await personIn(service, 'investigator', { inquiry });
  assert.equal((await after.get(path)).status, 403);
  assert.deepEqual(await holds(), []);
  const supervisor = await personIn(service, 'supervisor');
  const read = await supervisor.get<InquiryView>(`/v1/inquiries/${inquiry}`);
  assert.equal(read.body.status, 'ended');
  const late = { endsAt: inDays(30), reason: 'Too late' };
  assert.equal((await supervisor.post(`/v1/inquiries/${inquiry}/extension`, late)).status, 409);
  const closure = { outcome: 'Nothing found', reason: 'Over' };
  const closed = await supervisor.post<InquiryView>(`/v1/inquiries/${inquiry}/closure`, closure);
  assert.deepEqual([closed.status, closed.body.outcome], [200, 'Nothing found']);
});

test('nothing written about an inquiry stands in the database in clear', async () => {
  await service.close(2000);
  const db = directDatabase(service.config.store.database, { readonly: true });
  const text = db.serialize().toString('latin1');
  db.close();
  for (const clear of [
    'FR-2026-11',
    'procureur',
    'twee namen',
    'investigator-1',
    'Handed over',
    'Not done',
  ]) {
    assert.ok(!text.includes(clear), clear);
  }
});
