import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InquiryView } from '../../src/inquiry/inquiryView.js';
import type { SearchSummary, SearchView } from '../../src/inquiry/search/searchView.js';
import type { AuditPage } from '../../src/oversight/auditAccess.js';
import type { HolderFile } from '../../src/records/holderFile.js';
import { formOf, openInquiry, personIn } from '../oversight/people.js';
import { directDatabase } from '../support/directDatabase.js';
import { applicationOf, inventHolder, officeOf, photo, recordOf } from '../support/office.js';
import { background, derivedPortraitOf, portraitOf } from '../support/samples.js';
import { startTestService, type TestService } from '../support/service.js';
import { frozenSearch, killChild, searchChildOf, searchChildren } from './searchProcesses.js';

const on = { FACEMATCH_SEARCH: 'on', FACEMATCH_SWEEP_GROUND: 'Besluit 12 van de minister' };
const inquiryDays = 24 * 3_600_000;
const start = Date.now();
let now = start;
const clock = () => new Date(now);

type Person = Awaited<ReturnType<typeof personIn>>;
type Documents = Record<'anna' | 'alias' | 'aliasAgain' | 'other', string>;

/** The woman of `1-right` is the one of `3-middle`: one face under two names, among people with one each. */
async function enrol(service: TestService): Promise<Documents> {
  const office = officeOf(service, await service.token(['documents:write']));
  const one = async (holder: ReturnType<typeof inventHolder>, index: number): Promise<string> => {
    const passport = holder.passports[index]!;
    const { status, body } = await office.transfer(recordOf(holder, passport), passport.photo.bytes);
    assert.equal(status, 201);
    return body.documentId;
  };
  const anna = inventHolder('Janssens', ['Anna'], [['2012-03-01', photo(await portraitOf('1-right'))]]);
  const alias = inventHolder(
    'Vermeulen',
    ['Sofie'],
    [
      ['2013-03-01', photo(await portraitOf('3-middle'))],
      ['2021-03-01', photo(await derivedPortraitOf('3-middle'))],
    ],
  );
  const other = inventHolder('Anders', ['Bo'], [['2014-01-01', photo(await portraitOf('2-left'))]]);
  for (const name of ['2-right', '5-front', '5-left', '6-left', '6-third'] as const) {
    const stranger = inventHolder(
      `Vreemd ${name.replace('-', ' ').replace(/\d/g, '')}`,
      ['Kim'],
      [['2015-01-01', photo(await portraitOf(name))]],
    );
    await one(stranger, 0);
  }
  return {
    anna: await one(anna, 0),
    alias: await one(alias, 0),
    aliasAgain: await one(alias, 1),
    other: await one(other, 0),
  };
}

/** An inquiry of `analyst-1` that holds the documents. */
async function inquiryWith(service: TestService, ...documentIds: string[]) {
  const analyst = await personIn(service, 'fraud-analyst', { person: 'analyst-1' });
  const inquiryId = await openInquiry(service, ['analyst-1', 'analyst-2'], {
    endsAt: new Date(now + 30 * inquiryDays).toISOString(),
  });
  for (const documentId of documentIds) {
    const added = await analyst.post(`/v1/inquiries/${inquiryId}/records`, {
      documentId,
      reason: 'Suspected',
    });
    assert.equal(added.status, 200, added.text);
  }
  return { analyst, inquiryId, path: `/v1/inquiries/${inquiryId}/searches` };
}

const supervisorOf = (service: TestService) => personIn(service, 'supervisor', { person: 'supervisor-1' });

async function approved(service: TestService, searchId: string): Promise<SearchSummary> {
  const supervisor = await supervisorOf(service);
  const decision = { approve: true, reason: 'Proportionate' };
  const answer = await supervisor.post<SearchSummary>(`/v1/searches/${searchId}/approval`, decision);
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}

async function ended(person: Person, searchId: string): Promise<SearchView> {
  for (let tries = 0; tries < 600; tries++) {
    const { body } = await person.get<SearchView>(`/v1/searches/${searchId}`);
    if (body.status === 'done' || body.status === 'failed') return body;
    await sleep(50);
  }
  throw new Error('The search did not end.');
}

const problemOf = ({ status, body }: { status: number; body: { type?: string } }) => [status, body.type];
const refusal = (status: number, slug: string) => [status, `/problems/${slug}`];

async function trail(service: TestService, inquiry: string) {
  const officer = await personIn(service, 'data-protection-officer');
  const { body } = await officer.post<AuditPage>('/v1/audit/query', { inquiry, limit: 1000 });
  return body.entries.filter(({ action }) => action.startsWith('search'));
}

test('off by default, both: nothing is asked for and nothing is searched', async (t) => {
  const service = await startTestService();
  t.after(() => service.dispose());
  const inquiryId = await openInquiry(service, ['analyst-1']);
  const analyst = await personIn(service, 'fraud-analyst', { person: 'analyst-1' });
  const asked = { probe: { documentId: 'd1' }, reason: 'r' };
  const search = await analyst.post(`/v1/inquiries/${inquiryId}/searches`, asked);
  assert.deepEqual(problemOf(search), refusal(403, 'search-disabled'));
  const sweep = await analyst.post(`/v1/inquiries/${inquiryId}/sweeps`, { reason: 'r', ground: 'g' });
  assert.deepEqual(problemOf(sweep), refusal(403, 'search-disabled'));
  assert.deepEqual(await service.store.searches.ofInquiry(inquiryId), []);
  const entries = await trail(service, inquiryId);
  assert.deepEqual(
    entries.map(({ action, outcome }) => [action, outcome]),
    [],
    'no inquiry was acted in',
  );
});

describe('with searches switched on', () => {
  let service: TestService;
  let documents: Documents;
  before(async () => {
    service = await startTestService(on, { clock });
    documents = await enrol(service);
  });
  after(() => service.dispose());

  test('one face under another name: asked by one, approved by another, verified by two apart', async () => {
    const { analyst, inquiryId, path } = await inquiryWith(service, documents.anna);
    const wanted = { probe: { documentId: documents.anna }, reason: 'Zelfde gezicht?' };
    for (const bad of [
      { reason: 'r' },
      { probe: { documentId: 'x', comparisonId: 'y' }, reason: 'r' },
      { probe: { documentId: documents.anna } },
      { ...wanted, extra: 1 },
    ]) {
      assert.equal((await analyst.post(path, bad)).status, 422, JSON.stringify(bad));
    }
    const notHeld = await analyst.post(path, { ...wanted, probe: { documentId: documents.other } });
    assert.deepEqual(problemOf(notHeld), refusal(404, 'not-found'), 'only what is in the inquiry');
    const stranger = await personIn(service, 'fraud-analyst', { person: 'analyst-9' });
    assert.deepEqual(problemOf(await stranger.post(path, wanted)), refusal(403, 'inquiry-refused'));

    const made = await analyst.post<SearchSummary>(path, wanted);
    assert.equal(made.status, 201, made.text);
    const { searchId, status, requestedBy, store } = made.body;
    assert.deepEqual([status, requestedBy, store], ['requested', 'analyst-1', null]);
    assert.equal(made.headers.get('location'), `/v1/searches/${searchId}`);
    const at = `/v1/searches/${searchId}`;
    assert.equal((await stranger.get(at)).status, 404);
    const waiting = await analyst.get<SearchView>(at);
    assert.deepEqual([waiting.body.status, waiting.body.candidates], ['requested', undefined]);

    // A careless issuer gave whoever asked the right to approve too.
    const both = await service.token(['searches:approve', 'searches:read'], { person: 'analyst-1' });
    const own = await fetch(`${service.url}${at}/approval`, {
      method: 'POST',
      headers: { authorization: `Bearer ${both}`, 'content-type': 'application/json' },
      body: JSON.stringify({ approve: true, reason: 'Mine' }),
    });
    assert.deepEqual(
      [own.status, ((await own.json()) as { type: string }).type],
      [403, '/problems/second-person-required'],
    );
    assert.equal((await analyst.post(`${at}/approval`, { approve: true, reason: 'r' })).status, 403);

    assert.equal((await approved(service, searchId)).status, 'running');
    const done = await ended(analyst, searchId);
    assert.equal(done.status, 'done', done.error ?? '');
    const children = searchChildren();
    if (children !== undefined) assert.deepEqual(children, [], 'the process is gone');
    assert.equal(done.decidedBy, 'supervisor-1');
    assert.ok(done.startedAt! >= done.requestedAt && done.endedAt! >= done.startedAt!);
    const { documents: searched, compared, model, lastDocument } = done.store!;
    assert.deepEqual([searched, compared], [9, 8], 'not the face with itself');
    assert.ok(model.includes('@') && lastDocument === documents.other);
    const found = done.candidates!;
    assert.deepEqual(
      new Set(found.map(({ documentId }) => documentId)),
      new Set([documents.alias, documents.aliasAgain]),
    );
    assert.deepEqual(
      found.map(({ rank, holderName }) => [rank, holderName]),
      [
        [1, 'Sofie Vermeulen'],
        [2, 'Sofie Vermeulen'],
      ],
    );
    for (const { score, falseMatchRate, falseMatchRateInStore, documentNumber, issuedOn } of found) {
      assert.ok(score > 0.41 && falseMatchRate <= 1e-4, `${score}`);
      assert.ok(Math.abs(falseMatchRateInStore - (1 - (1 - falseMatchRate) ** 8)) < 1e-9);
      assert.ok(documentNumber.length > 4 && issuedOn.startsWith('20'));
    }
    assert.ok(found[0]!.score >= found[1]!.score);

    const again = await supervisorOf(service);
    const late = await again.post(`${at}/approval`, { approve: true, reason: 'Twice' });
    assert.deepEqual(problemOf(late), refusal(409, 'search-closed'));
    await verifyApart(at);

    const entries = await trail(service, inquiryId);
    const steps = entries.filter(({ action }) => action !== 'search.read');
    assert.deepEqual(
      steps.map(({ action, outcome, actor }) => [action, outcome, actor]),
      [
        ['search.request', 'inquiry-refused', 'analyst-9'],
        ['search.request', 'search', 'analyst-1'],
        ['search.approve', 'approved', 'supervisor-1'],
        ['search.start', 'active', 'supervisor-1'],
        ['search.hit', 'done', 'supervisor-1'],
        ['search.hit', 'done', 'supervisor-1'],
        ['search.run', 'done', 'supervisor-1'],
        ['search.verify', 'same-person', 'analyst-1'],
        ['search.verify', 'unsure', 'supervisor-1'],
      ],
    );
    const shown = await analyst.get<InquiryView>(`/v1/inquiries/${inquiryId}`);
    assert.deepEqual(
      shown.body.searches.map((one) => [one.searchId, one.status]),
      [[searchId, 'done']],
    );
  });

  async function verifyApart(at: string) {
    const first = await personIn(service, 'fraud-analyst', { person: 'analyst-1' });
    const second = await supervisorOf(service);
    const third = await personIn(service, 'fraud-analyst', { person: 'analyst-2' });
    const path = `${at}/candidates/1/verification`;
    const verdict = (what: string) => ({ verdict: what, reason: 'Oor en litteken' });
    assert.equal((await first.post(path, verdict('perhaps'))).status, 422);
    const given = await first.post<SearchView>(path, verdict('same-person'));
    assert.equal(given.status, 200, given.text);
    assert.deepEqual(
      given.body.candidates![0]!.verifications.map(({ person, verdict: what }) => [person, what]),
      [['analyst-1', 'same-person']],
    );
    assert.deepEqual(
      problemOf(await first.post(path, verdict('unsure'))),
      refusal(409, 'verification-closed'),
    );
    const blind = await second.get<SearchView>(at);
    assert.deepEqual(
      blind.body.candidates![0]!.verifications,
      [],
      'nobody sees the other’s before their own',
    );
    const both = await second.post<SearchView>(path, verdict('unsure'));
    assert.equal(both.body.candidates![0]!.verifications.length, 2);
    assert.deepEqual(
      problemOf(await third.post(path, verdict('unsure'))),
      refusal(409, 'verification-closed'),
    );
    assert.equal((await third.get<SearchView>(at)).body.candidates![0]!.verifications.length, 2);
    for (const rank of ['9', '0', 'x']) {
      const nowhere = await third.post(`${at}/candidates/${rank}/verification`, verdict('unsure'));
      assert.equal(nowhere.status, 404, rank);
    }
  }

  test('a photo handed in, and the photo of an application', async () => {
    const { analyst, inquiryId, path } = await inquiryWith(service);
    const form = formOf('search', { reason: 'Foto van een getuige' }, { photo: await portraitOf('1-right') });
    const made = await analyst.post<SearchSummary>(path, form);
    assert.equal(made.status, 201, made.text);
    await approved(service, made.body.searchId);
    const { candidates, probe } = await ended(analyst, made.body.searchId);
    assert.deepEqual(probe, { photo: true });
    const names = candidates!.map(({ holderName }) => holderName);
    assert.deepEqual(names, ['Anna Janssens', 'Sofie Vermeulen', 'Sofie Vermeulen']);

    const looked = await fetch(`${service.url}/v1/searches/${made.body.searchId}/photo`, {
      headers: { authorization: `Bearer ${analyst.token}` },
    });
    assert.deepEqual([looked.status, looked.headers.get('content-type')], [200, 'image/jpeg']);
    assert.equal(looked.headers.get('cache-control'), 'no-store');
    assert.equal(Buffer.from(await looked.arrayBuffer()).readUInt16BE(), 0xffd8);
    const stranger = await personIn(service, 'fraud-analyst', { person: 'analyst-9' });
    assert.equal((await stranger.get(`/v1/searches/${made.body.searchId}/photo`)).status, 404);

    const faceless = formOf('search', { reason: 'r' }, { photo: await background() });
    assert.deepEqual(problemOf(await analyst.post(path, faceless)), refusal(422, 'probe-unusable'));
    const noImage = formOf('search', { reason: 'r' }, { photo: Buffer.from('text') });
    assert.equal((await analyst.post(path, noImage)).status, 415);

    const office = officeOf(
      service,
      await service.token(['comparisons:write'], { office: 'gent', person: 'clerk-1' }),
    );
    const applicant = inventHolder('Nieuw', ['Iris'], []);
    const application = applicationOf({ as: applicant }, 4711);
    const compared = await office.compare(application, await derivedPortraitOf('3-middle', 1));
    assert.equal(compared.status, 201);
    const { comparisonId } = compared.body;
    await analyst.post(`/v1/inquiries/${inquiryId}/records`, { comparisonId, reason: 'Unknown here' });
    const asked = await analyst.post<SearchSummary>(path, { probe: { comparisonId }, reason: 'Wie is dit?' });
    assert.equal(asked.status, 201, asked.text);
    await approved(service, asked.body.searchId);
    const found = await ended(analyst, asked.body.searchId);
    assert.deepEqual(
      new Set(found.candidates!.map(({ documentId }) => documentId)),
      new Set([documents.anna, documents.alias, documents.aliasAgain]),
    );
  });

  test('refused by the second person, it never runs', async () => {
    const { analyst, path } = await inquiryWith(service, documents.anna);
    const made = await analyst.post<SearchSummary>(path, {
      probe: { documentId: documents.anna },
      reason: 'r',
    });
    const supervisor = await supervisorOf(service);
    const at = `/v1/searches/${made.body.searchId}`;
    const answer = await supervisor.post<SearchSummary>(`${at}/approval`, {
      approve: false,
      reason: 'No cause',
    });
    assert.deepEqual([answer.body.status, answer.body.startedAt], ['refused', null]);
    const later = await supervisor.post(`${at}/approval`, { approve: true, reason: 'After all' });
    assert.deepEqual(problemOf(later), refusal(409, 'search-closed'));
  });

  test('a sweep finds the one duplicate identity, and nobody else', async () => {
    const { analyst, inquiryId } = await inquiryWith(service);
    const path = `/v1/inquiries/${inquiryId}/sweeps`;
    assert.equal((await analyst.post(path, { reason: 'r' })).status, 422, 'a ground of its own');
    const made = await analyst.post<SearchSummary>(path, { reason: 'Jaarlijks', ground: 'Art. 5' });
    assert.deepEqual([made.status, made.body.kind, made.body.ground], [201, 'sweep', 'Art. 5']);
    await approved(service, made.body.searchId);
    const { status, pairs, candidates, store } = await ended(analyst, made.body.searchId);
    assert.deepEqual([status, candidates], ['done', undefined]);
    assert.equal(store!.compared, (9 * 8) / 2);
    const identities = pairs!.map(({ a, b }) => [a.holderName, b.holderName].sort().join(' = '));
    assert.deepEqual(
      identities,
      Array(2).fill('Anna Janssens = Sofie Vermeulen'),
      'a pair for each passport',
    );
    const verdict = { verdict: 'same-person', reason: 'Zelfde vrouw' };
    const verified = await analyst.post<SearchView>(
      `/v1/searches/${made.body.searchId}/candidates/1/verification`,
      verdict,
    );
    assert.equal(verified.body.pairs![0]!.verifications.length, 1);
  });

  test('suspended, nothing is asked for, approved or begun; on trial it is marked', async () => {
    const { analyst, path } = await inquiryWith(service, documents.anna);
    const wanted = { probe: { documentId: documents.anna }, reason: 'r' };
    const { searchId } = (await analyst.post<SearchSummary>(path, wanted)).body;
    const change = async (mode: string, endsAt?: string) => {
      const words = { reason: 'Moratorium', ground: 'Besluit', mode, ...(endsAt && { endsAt }) };
      const one = await supervisorOf(service);
      const two = await personIn(service, 'supervisor', { person: 'supervisor-2' });
      const { body } = await one.post<{ id: string }>('/v1/mode/requests', words);
      assert.equal((await two.post(`/v1/mode/requests/${body.id}/approval`, {})).status, 200);
    };
    await change('suspended', new Date(now + inquiryDays).toISOString());
    assert.deepEqual(problemOf(await analyst.post(path, wanted)), refusal(503, 'suspended'));
    const supervisor = await supervisorOf(service);
    const at = `/v1/searches/${searchId}`;
    const yes = { approve: true, reason: 'r' };
    assert.deepEqual(problemOf(await supervisor.post(`${at}/approval`, yes)), refusal(503, 'suspended'));
    await change('trial', new Date(now + inquiryDays).toISOString());
    await approved(service, searchId);
    const done = await ended(analyst, searchId);
    assert.deepEqual([done.status, done.mode], ['done', 'trial']);
    await change('active');
  });

  test('a week after it was asked for, or once its inquiry is over, nobody approves it', async (t) => {
    t.after(() => {
      now = start;
    });
    const { analyst, inquiryId, path } = await inquiryWith(service, documents.anna);
    const wanted = { probe: { documentId: documents.anna }, reason: 'r' };
    const { searchId } = (await analyst.post<SearchSummary>(path, wanted)).body;
    now = start + 8 * inquiryDays;
    const yes = { approve: true, reason: 'r' };
    const late = await (await supervisorOf(service)).post(`/v1/searches/${searchId}/approval`, yes);
    assert.deepEqual(problemOf(late), refusal(409, 'search-closed'));
    now = start;
    const supervisor = await supervisorOf(service);
    await supervisor.post(`/v1/inquiries/${inquiryId}/closure`, { outcome: 'Done', reason: 'Over' });
    const over = await supervisor.post(`/v1/searches/${searchId}/approval`, yes);
    assert.deepEqual(problemOf(over), refusal(409, 'inquiry-closed'));
  });

  test('its process dies: it is begun anew, three times in all, and the service answers on', async (t) => {
    if (searchChildren() === undefined) return t.skip('processes are found through /proc');
    const { analyst, inquiryId, path } = await inquiryWith(service, documents.anna);
    const wanted = { probe: { documentId: documents.anna }, reason: 'r' };
    const kill = async () => killChild(await searchChildOf([process.pid]));
    const { searchId } = (await analyst.post<SearchSummary>(path, wanted)).body;
    const killing = kill();
    await approved(service, searchId);
    await killing;
    assert.equal((await ended(analyst, searchId)).status, 'done');
    const steps = async () =>
      (await trail(service, inquiryId))
        .filter(({ action }) => ['search.start', 'search.stop', 'search.run'].includes(action))
        .map(({ action, outcome, facts }) => [action, outcome, facts['try']]);
    const once = [
      ['search.start', 'active', 1],
      ['search.stop', 'search-failed', 1],
      ['search.start', 'active', 2],
      ['search.run', 'done', undefined],
    ];
    assert.deepEqual(await steps(), once);

    const next = (await analyst.post<SearchSummary>(path, wanted)).body;
    const killingAll = (async () => {
      for (let death = 0; death < 3; death++) await kill();
    })();
    await approved(service, next.searchId);
    await killingAll;
    const { status, error, candidates } = await ended(analyst, next.searchId);
    assert.deepEqual([status, error, candidates], ['failed', 'search-failed', undefined]);
    assert.deepEqual((await steps()).slice(once.length), [
      ['search.start', 'active', 1],
      ['search.stop', 'search-failed', 1],
      ['search.start', 'active', 2],
      ['search.stop', 'search-failed', 2],
      ['search.start', 'active', 3],
      ['search.run', 'search-failed', undefined],
    ]);
    assert.deepEqual(searchChildren(), []);
    return undefined;
  });

  test('a holder is told nothing of it; what is destroyed takes what was found with it', async () => {
    const { analyst, path } = await inquiryWith(service, documents.anna);
    const wanted = { probe: { documentId: documents.anna }, reason: 'r' };
    const { searchId } = (await analyst.post<SearchSummary>(path, wanted)).body;
    await approved(service, searchId);
    await ended(analyst, searchId);
    await analyst.post(`/v1/searches/${searchId}/candidates/1/verification`, {
      verdict: 'unsure',
      reason: 'r',
    });

    const desk = await personIn(service, 'holder-desk');
    const { holderId } = await service.store.documents.state(documents.alias);
    const file = await desk.get<HolderFile>(`/v1/holders/${holderId}/file`);
    assert.equal(file.status, 200);
    assert.ok(!file.body.consultations.some(({ action }) => action.startsWith('search')));

    const counts = () => {
      const db = directDatabase(service.config.store.database, { readonly: true });
      const count = (table: string) =>
        db
          .prepare(`select count(*) from ${table} where ${table === 'searches' ? 'id' : 'search_id'} = ?`)
          .pluck()
          .get(searchId);
      const ends = db.prepare('select retention_ends, requested_at from searches where id = ?').get(searchId);
      const result = [
        count('searches'),
        count('search_findings'),
        count('search_verifications'),
        ends,
      ] as const;
      db.close();
      return result;
    };
    const [, findings, verifications, ends] = counts();
    assert.deepEqual([findings, verifications], [2, 1]);
    const { retention_ends, requested_at } = ends as Record<'retention_ends' | 'requested_at', string>;
    assert.equal(Number(retention_ends.slice(0, 4)), Number(requested_at.slice(0, 4)) + 1);

    const order = { client: 'test', actor: 'test', ground: 'test' };
    const first = (await analyst.get<SearchView>(`/v1/searches/${searchId}`)).body.candidates![0]!;
    assert.ok(await service.store.destruction.destroyNow('document', first.documentId, order));
    const left = (await analyst.get<SearchView>(`/v1/searches/${searchId}`)).body.candidates!;
    assert.deepEqual(
      left.map(({ rank }) => rank),
      [2],
    );
    assert.deepEqual(counts().slice(0, 3), [1, 1, 0]);
    assert.ok(await service.store.destruction.destroyNow('search', searchId, order));
    assert.deepEqual(counts().slice(0, 3), [0, 0, 0]);
    assert.equal((await analyst.get(`/v1/searches/${searchId}`)).status, 404);
  });

  test('nothing written or found stands in the database in clear', async () => {
    const db = directDatabase(service.config.store.database, { readonly: true });
    const bytes = db.serialize().toString('latin1');
    db.close();
    for (const clear of [
      'Zelfde gezicht',
      'Oor en litteken',
      'Proportionate',
      'Vermeulen',
      'same face',
      'falseMatchRate',
    ]) {
      assert.ok(!bytes.includes(clear), clear);
    }
  });
});

test('never more than the configured number, and nothing under the floor', async (t) => {
  const service = await startTestService({ ...on, FACEMATCH_SEARCH_CANDIDATES: '1' });
  t.after(() => service.dispose());
  now = Date.now();
  const documents = await enrol(service);
  const { analyst, path } = await inquiryWith(service, documents.anna, documents.other);
  const search = async (documentId: string) => {
    const { body } = await analyst.post<SearchSummary>(path, { probe: { documentId }, reason: 'r' });
    await approved(service, body.searchId);
    return ended(analyst, body.searchId);
  };
  const many = await search(documents.anna);
  assert.deepEqual([many.candidates!.length, many.reached], [1, 2]);
  const none = await search(documents.other);
  assert.deepEqual([none.status, none.candidates, none.reached], ['done', [], 0]);
});

test('a restart puts a search down, and it goes on; what an earlier version left is run too', async (t) => {
  if (searchChildren() === undefined) return t.skip('processes are found through /proc');
  let service = await startTestService(on);
  t.after(() => service.dispose());
  now = Date.now();
  const documents = await enrol(service);
  const { analyst, inquiryId, path } = await inquiryWith(service, documents.anna);
  const ask = async () => {
    const wanted = { probe: { documentId: documents.anna }, reason: 'r' };
    return (await analyst.post<SearchSummary>(path, wanted)).body.searchId;
  };
  const cut = await frozenSearch(
    async () => (await approved(service, await ask())).searchId,
    async (id) => (await analyst.get<SearchView>(`/v1/searches/${id}`)).body.status === 'running',
  );
  // Whoever is at it keeps in the store how far it has come, and every replica shows that.
  await service.store.searchWork.keep({ id: cut.searchId, start: 1 }, 0.42);
  assert.equal((await analyst.get<SearchView>(`/v1/searches/${cut.searchId}`)).body.progress, 0.42);
  const before = (await trail(service, inquiryId)).length;
  const waiting = await ask();
  // An earlier version kept nothing of an approval but who gave it.
  const decision = { person: 'supervisor-1', approve: true, reason: 'r' };
  const audit = { client: 'test', actor: 'supervisor-1', action: 'search.approve', outcome: 'approved' };
  await service.store.searches.decide(waiting, decision, new Date().toISOString(), audit);
  service = await service.restart();
  assert.throws(() => process.kill(cut.child, 0), { code: 'ESRCH' });
  const back = await personIn(service, 'fraud-analyst', { person: 'analyst-1' });
  for (const id of [cut.searchId, waiting]) {
    const { status, error, candidates } = await ended(back, id);
    assert.deepEqual([status, error, candidates?.length], ['done', null, 2]);
  }
  const since = (await trail(service, inquiryId)).slice(before);
  assert.deepEqual(
    since
      .filter(({ action }) => ['search.start', 'search.stop', 'search.run'].includes(action))
      .map(({ action, outcome, actor, client, facts }) => [action, outcome, actor, client, facts['try']]),
    [
      ['search.stop', 'stopped', 'supervisor-1', 'test-client', 1],
      ['search.start', 'active', 'supervisor-1', 'test-client', 2],
      ['search.run', 'done', 'supervisor-1', 'test-client', undefined],
      ['search.start', 'active', 'supervisor-1', 'service', 1],
      ['search.run', 'done', 'supervisor-1', 'service', undefined],
    ],
  );
  return undefined;
});
