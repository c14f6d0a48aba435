import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ComparisonAnswer } from '../../src/comparison/answer.js';
import type { Confirmation } from '../../src/comparison/confirmation.js';
import { label, labelKeys } from '../../src/messages/labels.js';
import type { AuditPage } from '../../src/oversight/auditAccess.js';
import { languages } from '../../src/oversight/caller.js';
import type { HolderFile } from '../../src/records/holderFile.js';
import type { Rectified } from '../../src/records/rectification.js';
import { directDatabase } from '../support/directDatabase.js';
import { applicationOf, type Holder, inventHolder, officeOf, photo, recordOf } from '../support/office.js';
import { derivedPortraitOf, portraitOf } from '../support/samples.js';
import { startTestService, type TestService } from '../support/service.js';
import { formOf, openInquiry, personIn } from './people.js';

let service: TestService;
let anna: Holder;
let applicant: Buffer;
let stranger: Buffer;
let applications = 700;

before(async () => {
  // Whether a verdict needs a second one is drawn by lot otherwise.
  service = await startTestService({ FACEMATCH_REVIEW_SECOND_SHARE: '0' });
  anna = inventHolder(
    'Rechten',
    ['Anna'],
    [
      ['2009-01-01', photo(await portraitOf('1-right'))],
      ['2018-01-01', photo(await portraitOf('3-middle'))],
    ],
  );
  applicant = await derivedPortraitOf('3-middle');
  stranger = await portraitOf('6-left');
  await officeOf(service, await service.token(['documents:write'])).enrol(anna);
});
after(() => service.dispose());

const desk = () => personIn(service, 'holder-desk');
const compare = async (as: Holder, bytes: Buffer) => {
  const office = await personIn(service, 'office');
  const application = applicationOf({ as }, ++applications);
  const response = await fetch(`${service.url}/v1/comparisons`, {
    method: 'POST',
    headers: { authorization: `Bearer ${office.token}` },
    body: formOf('application', application, { photo: bytes }),
  });
  assert.equal(response.status, 201);
  return (await response.json()) as ComparisonAnswer;
};
const holderOf = async (holder: Holder) => {
  const { body } = await (await desk()).post<{ holders: string[] }>('/v1/holders/lookup', {
    registerNumber: holder.registerNumber,
  });
  assert.equal(body.holders.length, 1);
  return body.holders[0]!;
};
const fileOf = async (holder: Holder) =>
  (await (await desk()).get<HolderFile>(`/v1/holders/${await holderOf(holder)}/file`)).body;

test('a holder is found by number or by name, and by both only where they agree', async () => {
  const at = await desk();
  const find = async (query: object) => {
    const { status, body } = await at.post<{ holders: string[] }>('/v1/holders/lookup', query);
    return status === 200 ? body.holders.length : status;
  };
  const { registerNumber, familyName, givenNames, birthDate } = anna;
  const other = inventHolder('Niemand', ['Piet'], []);
  assert.equal(await find({ registerNumber }), 1);
  assert.equal(await find({ familyName, givenNames, birthDate }), 1);
  assert.equal(await find({ registerNumber, familyName, givenNames, birthDate }), 1);
  assert.equal(await find({ registerNumber, ...{ familyName: 'Niemand', givenNames, birthDate } }), 0);
  assert.equal(await find({ registerNumber: other.registerNumber }), 0);
  assert.equal(await find({}), 422);
  assert.equal(await find({ familyName, givenNames }), 422);
});

test('the file holds everything: records, photos, comparisons, corrections, who looked and why; no embedding', async () => {
  const { comparisonId } = await compare(anna, applicant);
  const border = await personIn(service, 'border-police');
  const presented = { documentNumber: anna.passports[1]!.number, documentType: 'passport' };
  const seen = await border.post<{ found: boolean; document: { photo: { base64: string } } }>(
    '/v1/border/lookup',
    presented,
  );
  assert.equal(seen.body.found, true);
  const investigator = await personIn(service, 'investigator');
  assert.equal((await investigator.get(`/v1/comparisons/${comparisonId}`)).status, 200);

  const file = await fileOf(anna);
  assert.equal(file.documents.length, 2);
  const [newest] = file.documents;
  assert.equal(newest!.record.holder.familyName, anna.familyName);
  assert.equal(newest!.photo.base64, seen.body.document.photo.base64);
  assert.ok(Buffer.from(newest!.photo.base64, 'base64').length > 1000);
  assert.ok(newest!.retentionEnds.startsWith('2038-01-01') && newest!.retentionBasis.includes('2015'));
  assert.equal(newest!.embedding.state, 'embedded');
  const [comparison] = file.comparisons;
  assert.deepEqual([comparison!.comparisonId, comparison!.outcome], [comparisonId, 'consistent']);
  assert.ok(comparison!.evidence.fused!.score > 0.3);
  const told = file.consultations.map(({ role, action }) => `${role}: ${action}`);
  assert.ok(told.some((line) => line.startsWith('Federal police at border control: border.lookup')));
  assert.ok(told.some((line) => line.startsWith('Passport office') && line.endsWith('comparison.create')));
  assert.ok(!told.some((line) => line.includes('inquiry')), 'inquiries are not told');
  assert.ok(!JSON.stringify(file).includes('vector'));

  const officer = await personIn(service, 'data-protection-officer');
  const { body: trail } = await officer.post<AuditPage>('/v1/audit/query', {
    inquiry: investigator.inquiry!,
  });
  assert.deepEqual(
    trail.entries.map(({ action, actor, role }) => [action, actor, role]),
    [
      ['inquiry.open', 'supervisor-of-inquiries', 'supervisor'],
      ['comparison.read', 'investigator-1', 'investigator'],
    ],
  );
});

for (const language of languages) {
  test(`the file and the confirmation as pages to print: ${language}`, async () => {
    const at = await desk();
    const headers = { accept: 'text/html', 'accept-language': language };
    const page = await at.get(`/v1/holders/${await holderOf(anna)}/file`, headers);
    assert.equal(page.headers.get('content-language'), language);
    assert.match(page.headers.get('content-security-policy')!, /script-src 'self'.*style-src 'self'/);
    assert.ok(page.text.includes(label(language, 'file.title')) && page.text.includes('data:image/jpeg'));
    assert.ok(!/<script|<style|\sstyle=|\son\w+=/.test(page.text));
    const [, css] = /href="([^"]+)"/.exec(page.text)!;
    const style = await fetch(new URL(css!, `${service.url}/v1/holders/x/file`));
    assert.deepEqual([style.status, style.headers.get('content-type')], [200, 'text/css; charset=utf-8']);
    const { comparisonId } = (await fileOf(anna)).comparisons[0]!;
    const confirmation = await at.get(`/v1/comparisons/${comparisonId}/confirmation`, headers);
    assert.ok(confirmation.text.includes(label(language, 'confirm.title').replaceAll('"', '&quot;')));
    assert.ok(!confirmation.text.includes('consistent'), 'how it came out is the office’s to tell');
  });
}

test('what is others’ is in nobody’s file: namesakes, and the other side of a conflict', async () => {
  const office = officeOf(service, await service.token(['documents:write']));
  const jan = inventHolder('Naamgenoot', ['Jan', 'Piet'], [['2011-01-01', photo(stranger)]]);
  const karel: Holder = {
    ...inventHolder('Naamgenoot', ['Jan', 'Karel'], [['2012-01-01', photo(applicant)]]),
    birthDate: jan.birthDate,
  };
  const klaas = inventHolder('Naamgenoot', ['Jan', 'Klaas'], [['2008-01-01', photo(applicant)]]);
  const unknown = await compare({ ...karel, passports: [] }, applicant);
  // Two persons with a number share this name: a record without one belongs to neither.
  await office.enrol(karel);
  await office.enrol({ ...klaas, birthDate: jan.birthDate });
  const without = recordOf(jan, jan.passports[0]!);
  const { registerNumber: _none, ...holder } = without.holder;
  const { status, body: made } = await office.transfer({ ...without, holder }, stranger);
  assert.equal(status, 201);
  const karels = await compare(karel, applicant);
  const conflict = await compare({ ...jan, registerNumber: karel.registerNumber }, stranger);
  assert.deepEqual(
    conflict.reasons.map(({ code }) => code).filter((code) => code === 'identity-conflict'),
    ['identity-conflict'],
  );

  const desked = await desk();
  const fileNamed = async (id: string) => (await desked.get<HolderFile>(`/v1/holders/${id}/file`)).body;
  const db = directDatabase(service.config.store.database, { readonly: true });
  const jansId = db
    .prepare('select holder_id from documents where id = ?')
    .pluck()
    .get(made.documentId) as string;
  db.close();
  const jans = await fileNamed(jansId);
  const ids = (file: HolderFile) => file.comparisons.map(({ comparisonId }) => comparisonId);
  assert.ok(!ids(jans).includes(karels.comparisonId), 'with the documents of a namesake');
  assert.ok(!ids(jans).includes(unknown.comparisonId), 'under the number of a namesake');
  const ofKarel = await fileOf(karel);
  for (const { comparisonId } of [karels, unknown]) assert.ok(ids(ofKarel).includes(comparisonId));
  for (const [file, own] of [
    [jans, jan],
    [ofKarel, karel],
  ] as const) {
    const one = file.comparisons.find(({ comparisonId }) => comparisonId === conflict.comparisonId)!;
    assert.deepEqual(
      one.evidence.references.map(({ documentNumber }) => documentNumber),
      [own.passports[0]!.number],
    );
    assert.ok(!('agreement' in one.evidence) && !('fused' in one.evidence));
  }
  const { familyName, birthDate } = karel;
  const found = async (query: object) =>
    (await desked.post<{ holders: string[]; comparisons: string[] }>('/v1/holders/lookup', query)).body;
  const nobody = inventHolder('Niemand', ['Nico'], []);
  const early = await compare(nobody, applicant);
  const { registerNumber } = nobody;
  assert.deepEqual((await found({ registerNumber })).comparisons, [early.comparisonId]);
  const disagree = { registerNumber, familyName, givenNames: ['Jan'], birthDate };
  assert.deepEqual(await found(disagree), { holders: [], comparisons: [] });
});

test('every label is there in four languages', () => {
  for (const key of labelKeys) {
    for (const language of languages) assert.ok(label(language, key).length > 1, `${language} ${key}`);
  }
});

test('a confirmation says how long what is kept, to the office that asked only', async () => {
  const { comparisonId } = await compare(anna, applicant);
  const path = `/v1/comparisons/${comparisonId}/confirmation`;
  const { body } = await (await personIn(service, 'office')).get<Confirmation>(path);
  const months = (Date.parse(body.photoKeptUntil) - Date.parse(body.comparedAt)) / (30.4 * 86_400_000);
  assert.ok(months > 2.8 && months < 3.2);
  assert.equal(body.references, 2);
  assert.ok(!('outcome' in body) && !JSON.stringify(body).includes('score'));
  const brugge = await personIn(service, 'office', { office: 'brugge' });
  assert.equal((await brugge.get(path)).status, 404);
  assert.equal((await brugge.get(`/v1/comparisons/${comparisonId}`)).status, 404);
  assert.equal(
    (await brugge.post(`/v1/comparisons/${comparisonId}/decision`, { decision: 'accepted' })).status,
    404,
  );
});

test('a correction keeps what it was and why, and finds the holder under the corrected name', async () => {
  const at = await desk();
  const before = (await fileOf(anna)).documents[0]!;
  const path = `/v1/documents/${before.documentId}`;
  const change = (changes: object, revision = before.revision) =>
    formOf('rectification', { revision, reason: 'Misspelt at the counter', changes });
  const nothing = await at.patch(path, change({ holder: { familyName: anna.familyName } }));
  assert.equal(nothing.status, 422, 'nothing would change');
  for (const bad of [
    { holder: { sex: 'Q' } },
    { holder: { familyName: null } },
    { document: { expiresOn: '1990-01-01' } },
    { holder: { email: 'a@b.c' } },
  ]) {
    assert.equal((await at.patch(path, change(bad))).status, 422, JSON.stringify(bad));
  }
  const { status, body } = await at.patch<Rectified>(
    path,
    change({ holder: { familyName: 'Rechtens' }, production: { status: { value: 'returned' } } }),
  );
  assert.equal(status, 200);
  assert.deepEqual([body.revision, body.changed], [2, ['/holder/familyName', '/production/status/value']]);
  const stale = await at.patch(path, change({ holder: { familyName: 'Rechters' } }));
  assert.deepEqual([stale.status, stale.body.type], [409, '/problems/revision-conflict']);

  const after = (await fileOf(anna)).documents.find(({ documentId }) => documentId === before.documentId)!;
  assert.equal(after.record.holder.familyName, 'Rechtens');
  const [rectified] = after.rectifications;
  assert.equal(rectified!.reason, 'Misspelt at the counter');
  assert.equal(rectified!.before.holder.familyName, anna.familyName);
  assert.deepEqual(rectified!.before, before.record);
  const byName = await at.post<{ holders: string[] }>('/v1/holders/lookup', {
    familyName: 'Rechtens',
    givenNames: anna.givenNames,
    birthDate: anna.birthDate,
  });
  assert.deepEqual(byName.body.holders, [await holderOf(anna)]);
});

test('a corrected photo is embedded again, and comparisons that used it are computed again and marked', async () => {
  const bea = inventHolder('Beeld', ['Bea'], [['2012-05-05', photo(stranger)]]);
  await officeOf(service, await service.token(['documents:write'])).enrol(bea);
  const first = await compare(bea, applicant);
  assert.equal(first.outcome, 'review');
  const document = (await fileOf(bea)).documents[0]!;
  const right = await portraitOf('3-middle');
  const { body } = await (await desk()).patch<Rectified>(
    `/v1/documents/${document.documentId}`,
    formOf(
      'rectification',
      { revision: 1, reason: 'The photo of another person was scanned' },
      { photo: right },
    ),
  );
  assert.deepEqual(body.changed, ['/photo']);
  assert.equal(body.embedding, 'embedded');
  assert.deepEqual(body.reevaluated, [first.comparisonId]);
  const office = await personIn(service, 'office');
  const { body: read } = await office.get<ComparisonAnswer>(`/v1/comparisons/${first.comparisonId}`);
  assert.equal(read.outcome, 'review', 'what was answered stays what it was');
  assert.deepEqual(
    read.reevaluations!.map(({ outcome, reasons }) => [outcome, reasons]),
    [['consistent', []]],
  );
  assert.deepEqual(
    [first.review?.status, read.review?.status, read.review?.verdict],
    ['open', 'done', null],
    'a review that nobody took is withdrawn',
  );
  const fine = await compare(bea, applicant);
  assert.deepEqual([fine.outcome, fine.review], ['consistent', undefined]);
  const after = (await fileOf(bea)).documents[0]!;
  assert.notEqual(after.photo.base64, document.photo.base64);
  assert.equal(after.rectifications[0]!.imagesBefore[0]!.base64, document.photo.base64);

  erase(first.comparisonId);
  await (await desk()).patch(
    `/v1/documents/${document.documentId}`,
    formOf('rectification', { revision: 2, reason: 'Again' }, { photo: stranger }),
  );
  const { body: marked } = await office.get<ComparisonAnswer>(`/v1/comparisons/${first.comparisonId}`);
  assert.equal(marked.reevaluations!.at(-1)!.outcome, null, 'without the probe it is marked and no more');
  const { body: asked } = await office.get<ComparisonAnswer>(`/v1/comparisons/${fine.comparisonId}`);
  assert.deepEqual(
    [asked.outcome, asked.reevaluations!.at(-1)!.outcome, asked.review?.status],
    ['consistent', 'review', 'open'],
    'what now asks for a person gets one',
  );
  const analyst = await personIn(service, 'fraud-analyst');
  await analyst.post(`/v1/reviews/${asked.review!.reviewId}/claim`, {});
  await (await desk()).patch(
    `/v1/documents/${document.documentId}`,
    formOf('rectification', { revision: 3, reason: 'Back' }, { photo: right }),
  );
  const { body: kept } = await office.get<ComparisonAnswer>(`/v1/comparisons/${fine.comparisonId}`);
  assert.equal(kept.review?.status, 'open', 'what somebody works on stays with them');
  await analyst.post(`/v1/reviews/${asked.review!.reviewId}/verdict`, {
    verdict: 'photo-unusable',
    reason: 'Blurred beyond telling',
  });
  const told = () => fileOf(bea).then((file) => file.comparisons.map(({ review }) => review?.verdict));
  assert.deepEqual(await told(), [undefined, 'photo-unusable']);
  assert.ok(!JSON.stringify(await fileOf(bea)).includes('Blurred'), 'what came of it, not who or why');
  const inquiry = await openInquiry(service, ['investigator-1']);
  const supervisor = await personIn(service, 'supervisor');
  const taken = { comparisonId: fine.comparisonId, reason: 'Part of it' };
  assert.equal((await supervisor.post(`/v1/inquiries/${inquiry}/records`, taken)).status, 200);
  assert.deepEqual(await told(), [undefined, undefined], 'not while an inquiry is about it');
});

test('no comparison with a photo that is being corrected stays as it was', async () => {
  const mia = inventHolder('Meteen', ['Mia'], [['2012-05-05', photo(stranger)]]);
  await officeOf(service, await service.token(['documents:write'])).enrol(mia);
  const document = (await fileOf(mia)).documents[0]!;
  const right = await portraitOf('3-middle');
  const correct = async () => {
    const { status, body } = await (await desk()).patch<Rectified>(
      `/v1/documents/${document.documentId}`,
      formOf('rectification', { revision: 1, reason: 'The photo of another person' }, { photo: right }),
    );
    assert.equal(status, 200);
    return body;
  };
  // One comparison has read the record as it was, and is recorded after the correction.
  const { comparisons } = service.store;
  const { tries } = comparisons;
  let corrected: Promise<Rectified> | undefined;
  const atWork: Promise<ComparisonAnswer>[] = [];
  comparisons.tries = async (application) => {
    if (corrected === undefined) {
      comparisons.tries = tries;
      corrected = correct();
      for (let n = 0; n < 6; n++) atWork.push(compare(mia, applicant));
      await corrected;
    }
    return tries.call(comparisons, application);
  };
  const overtaken = await compare(mia, applicant);
  assert.equal(overtaken.outcome, 'consistent', 'compared anew, with the photo as it is');
  assert.deepEqual(overtaken.reevaluations, undefined);
  const { reevaluated } = await corrected!;
  const office = await personIn(service, 'office');
  for (const { comparisonId, outcome } of await Promise.all(atWork)) {
    const { body } = await office.get<ComparisonAnswer>(`/v1/comparisons/${comparisonId}`);
    const now = body.reevaluations === undefined ? outcome : body.reevaluations.at(-1)!.outcome;
    assert.equal(now, 'consistent');
    assert.equal(outcome === 'review', reevaluated.includes(comparisonId));
  }
});

test('a score stays with its own document when the other reference was destroyed', async () => {
  const twice = inventHolder(
    'Tweemaal',
    ['Tine'],
    [
      ['2012-05-05', photo(stranger)],
      ['2016-05-05', photo(await portraitOf('1-right'))],
    ],
  );
  await officeOf(service, await service.token(['documents:write'])).enrol(twice);
  const { comparisonId } = await compare(twice, applicant);
  const { documents, comparisons } = await fileOf(twice);
  const numbers = comparisons[0]!.evidence.references.map(({ documentNumber }) => documentNumber);
  const idOf = (number: string) =>
    documents.find(({ record }) => record.document.number === number)!.documentId;
  const order = { client: 'test', actor: 'operator-1', ground: 'decision' };
  assert.ok(await service.store.destruction.destroyNow('document', idOf(numbers[0]!), order));
  const { status } = await (await desk()).patch<Rectified>(
    `/v1/documents/${idOf(numbers[1]!)}`,
    formOf(
      'rectification',
      { revision: 1, reason: 'Another photo' },
      { photo: await portraitOf('3-middle') },
    ),
  );
  assert.equal(status, 200);
  const [again] = await service.store.outcomes.reevaluations(comparisonId);
  const { references } = (again!.detail as HolderFile['comparisons'][number]).evidence;
  assert.deepEqual(
    references.map(({ documentNumber, comparison }) => [documentNumber, comparison !== undefined]),
    [
      [numbers[0], false],
      [numbers[1], true],
    ],
  );
  assert.ok(references[1]!.comparison!.score > 0.4);
});

/** As retention does when the three months of a probe are over. */
function erase(comparisonId: string) {
  const db = directDatabase(service.config.store.database, { timeout: 5000 });
  db.prepare('delete from probes where comparison_id = ?').run(comparisonId);
  db.close();
}

test('a corrected date of issue moves the record to the month it is to be destroyed in, key and all', async () => {
  const cor = inventHolder('Corrigo', ['Cor'], [['2014-03-03', photo(stranger)]]);
  await officeOf(service, await service.token(['documents:write'])).enrol(cor);
  const at = await desk();
  const document = (await fileOf(cor)).documents[0]!;
  const path = `/v1/documents/${document.documentId}`;
  const patch = (revision: number, changes: object) =>
    at.patch<Rectified>(path, formOf('rectification', { revision, reason: 'Typing error', changes }));
  assert.equal((await patch(1, { holder: { birthPlace: 'Brugge' } })).status, 200);
  const keyBefore = keyOf(document.documentId);
  assert.equal((await patch(2, { document: { issuedOn: '2015-03-03' } })).status, 200);
  assert.notEqual(keyOf(document.documentId), keyBefore);
  const batch = await service.store.ledger.find(service.store.lookup.record(document.documentId));
  assert.deepEqual([batch?.kind, batch?.ground, batch?.month], ['superseded', 'rectified', '2034-03']);
  await assert.rejects(service.store.keyring.open(keyBefore, '2034-03' as never), /destroyed/);
  const after = (await fileOf(cor)).documents[0]!;
  assert.equal(after.retentionEnds, '2035-03-03');
  assert.equal(after.photo.base64, document.photo.base64);
  assert.equal(after.rectifications.length, 2);
  assert.equal(after.rectifications[0]!.before.holder.birthPlace, 'Gent');
  assert.equal((await compare(cor, stranger)).outcome, 'consistent', 'its embedding opens under the new key');
  assert.equal((await patch(3, { document: { issuedOn: '1999-03-03' } })).status, 422);
});

function keyOf(documentId: string): string {
  const db = directDatabase(service.config.store.database, { readonly: true });
  const key = db.prepare('select key_id from documents where id = ?').pluck().get(documentId) as string;
  db.close();
  return key;
}

test('the trail page by page, by filter, and only by what may stand in an address', async () => {
  const officer = await personIn(service, 'data-protection-officer');
  const list = async (query: string) => (await officer.get<AuditPage>(`/v1/audit?${query}`)).body;
  const whole = await list('limit=1000&action=comparison.create');
  assert.ok(whole.entries.length >= 4 && whole.next === undefined);
  assert.ok(whole.entries.every(({ actor, role }) => actor === 'office-1' && role === 'office'));
  const paged: number[] = [];
  let after = '0';
  for (;;) {
    const page = await list(`limit=2&action=comparison.create&after=${after}`);
    paged.push(...page.entries.map(({ seq }) => seq));
    if (page.next === undefined) break;
    after = page.next;
  }
  assert.deepEqual(
    paged,
    whole.entries.map(({ seq }) => seq),
  );
  assert.equal((await list('from=2199-01-01')).entries.length, 0);
  assert.ok((await list('role=holder-desk&outcome=done')).entries.length > 3);
  const reading = (await list('action=audit.read&limit=1000')).entries;
  assert.ok(reading.length >= 4, 'reading the trail is in the trail');
  for (const bad of ['person=office-1', 'documentNumber=AB123', 'limit=0', 'after=x', 'from=yesterday']) {
    assert.equal((await officer.get(`/v1/audit?${bad}`)).status, 422, bad);
  }
  const number = anna.passports[1]!.number;
  const { documentId } = (await fileOf(anna)).documents[0]!;
  const { body: about } = await officer.post<AuditPage>('/v1/audit/query', { recordId: documentId });
  assert.ok(about.entries.some(({ action }) => action === 'border.lookup'));
  assert.ok(!JSON.stringify(about).includes(number));
});

test('nothing of it stands in the database in clear', async () => {
  await service.close(2000);
  const db = directDatabase(service.config.store.database, { readonly: true });
  const text = db.serialize().toString('latin1');
  db.close();
  for (const clear of ['Rechtens', 'Misspelt at the counter', 'holder-desk-1', 'Corrigo', 'INQ-7']) {
    assert.ok(!text.includes(clear), clear);
  }
});
