import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ComparisonAnswer } from '../../src/comparison/answer.js';
import type { ModeRequestView, ModeState } from '../../src/oversight/mode.js';
import type { UseReport } from '../../src/oversight/useReport.js';
import { code, newComparison } from '../store/fixture.js';
import { directDatabase } from '../support/directDatabase.js';
import { applicationOf, type Holder, inventHolder, officeOf, photo, recordOf } from '../support/office.js';
import { derivedPortraitOf, portraitOf } from '../support/samples.js';
import { startTestService, type TestService } from '../support/service.js';
import { formOf, personIn } from './people.js';

const start = Date.now();
let now = start;
const clock = () => new Date(now);
const hours = (n: number) => n * 60 * 60 * 1000;
const inHours = (n: number) => new Date(now + hours(n)).toISOString();

let service: TestService;
let holder: Holder;
let applicant: Buffer;
let applications = 500;

before(async () => {
  service = await startTestService({}, { clock });
  holder = inventHolder('Modus', ['Anna'], [['2010-01-01', photo(await portraitOf('1-right'))]]);
  applicant = await derivedPortraitOf('1-right');
  await officeOf(service, await service.token(['documents:write'])).enrol(holder);
});
after(() => service.dispose());

const compare = async (tokenService = service) => {
  const office = await personIn(tokenService, 'office');
  const application = applicationOf({ as: holder }, ++applications);
  const form = formOf('application', application, { photo: applicant });
  const response = await fetch(`${tokenService.url}/v1/comparisons`, {
    method: 'POST',
    headers: { authorization: `Bearer ${office.token}` },
    body: form,
  });
  return { status: response.status, body: (await response.json()) as ComparisonAnswer & Problem };
};
interface Problem {
  readonly type: string;
  readonly suspension?: { readonly reason: string; readonly endsAt: string };
}

const supervisors = async () => ({
  one: await personIn(service, 'supervisor', { person: 'supervisor-1' }),
  two: await personIn(service, 'supervisor', { person: 'supervisor-2' }),
});
const change = async (wanted: object) => {
  const { one, two } = await supervisors();
  const words = { reason: 'Pilot of autumn', ground: 'Ministerial decision 12', ...wanted };
  const asked = await one.post<ModeRequestView>('/v1/mode/requests', words);
  assert.equal(asked.status, 201, asked.text);
  const approved = await two.post<ModeState>(`/v1/mode/requests/${asked.body.id}/approval`, {});
  assert.equal(approved.status, 200, approved.text);
  return approved.body;
};

test('a change needs a reason, a ground, an end where it has one, and a second person', async () => {
  const { one, two } = await supervisors();
  const whole = { mode: 'trial', reason: 'Pilot', ground: 'Decision 12', endsAt: inHours(5) };
  const faults: object[] = [
    { ...whole, reason: undefined },
    { ...whole, ground: undefined },
    { ...whole, endsAt: undefined },
    { ...whole, endsAt: inHours(-1) },
    { ...whole, mode: 'active' },
    { ...whole, mode: 'off' },
  ];
  for (const fault of faults) {
    assert.equal((await one.post('/v1/mode/requests', fault)).status, 422, JSON.stringify(fault));
  }
  const { body: asked } = await one.post<ModeRequestView>('/v1/mode/requests', whole);
  const path = `/v1/mode/requests/${asked.id}/approval`;
  const own = await one.post(path, {});
  assert.deepEqual([own.status, own.body.type], [403, '/problems/second-person-required']);
  const elsewhere = await service.token(['mode:approve'], {
    role: 'supervisor',
    person: 'supervisor-1',
    client: 'another-system',
  });
  const again = await fetch(service.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${elsewhere}`, 'content-type': 'application/json' },
    body: '{}',
  });
  assert.equal(again.status, 403, 'the same person through another system is no second person');
  assert.equal((await two.get<ModeState>('/v1/mode')).body.mode, 'active');
  const { body } = await two.get<{ requests: ModeRequestView[] }>('/v1/mode/requests');
  assert.deepEqual(
    body.requests.map(({ id }) => id),
    [asked.id],
  );
  assert.equal((await two.post('/v1/mode/requests/none/approval', {})).status, 404);

  const { body: late } = await one.post<ModeRequestView>('/v1/mode/requests', {
    ...whole,
    endsAt: inHours(24 * 30),
  });
  now += hours(8 * 24);
  const { two: later } = await supervisors();
  for (const { id } of [asked, late]) {
    const closed = await later.post(`/v1/mode/requests/${id}/approval`, {});
    assert.deepEqual([closed.status, closed.body.type], [409, '/problems/request-closed']);
  }
});

test('on trial it computes and records, and tells nobody how it came out', async () => {
  const before = await compare();
  assert.equal(before.body.outcome, 'consistent');
  assert.equal((await change({ mode: 'trial', endsAt: inHours(48) })).mode, 'trial');
  const { status, body } = await compare();
  assert.equal(status, 201);
  assert.deepEqual([body.outcome, body.mode, body.reasons, body.notices], [null, 'trial', [], []]);
  const office = await personIn(service, 'office');
  const analyst = await personIn(service, 'fraud-analyst');
  for (const reader of [office, analyst]) {
    const { body: read } = await reader.get<ComparisonAnswer>(`/v1/comparisons/${body.comparisonId}`);
    assert.deepEqual([read.outcome, read.mode, read.evidence], [null, 'trial', undefined]);
  }
  const kept = await service.store.comparisons.get(body.comparisonId);
  assert.deepEqual([kept.outcome, kept.mode], ['consistent', 'trial']);
  const [created] = (await service.store.auditQuery.find({ action: 'comparison.create' }, 0, 100)).slice(-1);
  assert.equal(created!.outcome, 'trial');
  const decided = await office.post(`/v1/comparisons/${body.comparisonId}/decision`, { decision: 'refused' });
  assert.equal(decided.status, 200);
  const officer = await personIn(service, 'data-protection-officer');
  const { body: report } = await officer.get<UseReport>(
    `/v1/reports/use?from=${inHours(-24).slice(0, 10)}&to=${inHours(48).slice(0, 10)}`,
  );
  assert.deepEqual(report.trial, [
    { computed: 'consistent', verdict: null, decided: 'refused', comparisons: 1 },
  ]);
  assert.equal(report.total.trial, 1);
});

test('what was compared on trial stays untold when the trial is over', async () => {
  const { body: onTrial } = await compare();
  await change({ mode: 'active' });
  const office = await personIn(service, 'office');
  const { body } = await office.get<ComparisonAnswer>(`/v1/comparisons/${onTrial.comparisonId}`);
  assert.equal(body.outcome, null);
  assert.equal((await compare()).body.outcome, 'consistent');
});

test('suspended: comparisons answer 503 with reason and end, everything else goes on', async () => {
  const endsAt = inHours(24);
  await change({ mode: 'suspended', endsAt, reason: 'Moratorium voted' });
  const { status, body } = await compare();
  assert.deepEqual([status, body.type], [503, '/problems/suspended']);
  assert.deepEqual(body.suspension, { reason: 'Moratorium voted', endsAt });
  const [passport] = inventHolder('Ander', ['Bea'], [['2015-01-01', photo(applicant)]]).passports;
  const other = inventHolder('Ander', ['Bea'], [['2015-01-01', photo(applicant)]]);
  const office = officeOf(service, await service.token(['documents:write']));
  assert.equal((await office.transfer(recordOf(other, passport!), applicant)).status, 201);
  const desk = await personIn(service, 'holder-desk');
  const found = await desk.post<{ holders: string[] }>('/v1/holders/lookup', {
    registerNumber: holder.registerNumber,
  });
  assert.equal(found.body.holders.length, 1);
  assert.equal((await desk.get(`/v1/holders/${found.body.holders[0]}/file`)).status, 200);
});

test('a suspension survives a restart and its own end, until somebody with the right ends it', async () => {
  service = await service.restart();
  assert.equal((await compare()).status, 503);
  now += hours(72);
  assert.equal((await compare()).status, 503);
  await change({ mode: 'active' });
  assert.equal((await compare()).status, 201);
});

test('at its end a trial becomes a suspension', async () => {
  await change({ mode: 'trial', endsAt: inHours(2) });
  assert.equal((await compare()).body.mode, 'trial');
  now += hours(3);
  assert.equal((await compare()).status, 503);
  const officer = await personIn(service, 'data-protection-officer');
  const { body } = await officer.get<ModeState>('/v1/mode');
  assert.deepEqual([body.mode, body.trialEnded], ['suspended', true]);
  await change({ mode: 'active' });
});

test('a suspension that comes while a comparison is at work keeps it from being recorded', async () => {
  const { store } = service;
  const before = await store.stats();
  await change({ mode: 'suspended', endsAt: inHours(5) });
  const createdAt = clock().toISOString();
  await assert.rejects(store.comparisons.create(newComparison(store, { createdAt })), code('suspended'));
  assert.equal((await store.stats()).comparisons, before.comparisons);
  await change({ mode: 'trial', endsAt: inHours(5) });
  const { mode } = await store.comparisons.create(newComparison(store, { createdAt }));
  assert.equal(mode, 'trial', 'and one that began before a trial is one of it');
});

test('whoever meets a suspension at the commit is told its reason and end like those who come later', async (t) => {
  await change({ mode: 'active' });
  const endsAt = inHours(6);
  const { comparisons } = service.store;
  const tries = comparisons.tries.bind(comparisons);
  t.mock.method(comparisons, 'tries', async (key: Uint8Array) => {
    await change({ mode: 'suspended', endsAt, reason: 'Calibration in doubt' });
    return tries(key);
  });
  const { status, body } = await compare();
  assert.deepEqual([status, body.type], [503, '/problems/suspended']);
  assert.deepEqual(body.suspension, { reason: 'Calibration in doubt', endsAt });
});

test('a suspension outlives the words written about it, which have a retention of their own', async () => {
  await change({ mode: 'suspended', endsAt: inHours(5) });
  const db = directDatabase(service.config.store.database, { timeout: 5000 });
  db.exec('delete from mode_changes');
  db.close();
  const { status, body } = await compare();
  assert.deepEqual([status, body.type], [503, '/problems/suspended']);
  const { one } = await supervisors();
  const state = (await one.get<ModeState>('/v1/mode')).body;
  assert.deepEqual([state.mode, state.reason, state.ground], ['suspended', undefined, undefined]);
  assert.equal((await change({ mode: 'active' })).mode, 'active');
});
