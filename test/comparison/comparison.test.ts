import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { systemClock } from '../../src/clock.js';
import { openConfiguredStore } from '../../src/configuredStore.js';
import type { Store } from '../../src/store/store.js';
import { applicationOf, type Holder, inventHolder, officeOf, photo, recordOf } from '../support/office.js';
import { background, derivedPortraitOf, portraitOf } from '../support/samples.js';
import { startTestService, type TestService } from '../support/service.js';

let service: TestService;
let office: ReturnType<typeof officeOf>;
let anna: { first: Buffer; second: Buffer; other: Buffer };
let stranger: Buffer;
let applications = 100;

const allScopes = ['documents:write', 'comparisons:write', 'comparisons:read', 'comparisons:evidence'];
const next = (holder: Holder, change: object = {}) => ({
  ...applicationOf({ as: holder }, ++applications),
  ...change,
});

before(async () => {
  service = await startTestService();
  office = officeOf(service, await service.token(allScopes));
  anna = {
    first: await portraitOf('1-right'),
    second: await portraitOf('3-middle'),
    other: await derivedPortraitOf('3-middle'),
  };
  stranger = await portraitOf('6-left');
});
after(() => service.dispose());

const reasonsOf = (body: { reasons: { code: string }[] }) => body.reasons.map(({ code }) => code);

test('two passports, the holder herself: consistent, with the evidence', async () => {
  const holder = inventHolder(
    'Een',
    ['Anna'],
    [
      ['2008-01-01', photo(anna.first)],
      ['2017-01-01', photo(anna.second)],
    ],
  );
  await office.enrol(holder);
  const { status, headers, body } = await office.compare(next(holder), anna.other);
  assert.equal(status, 201);
  assert.equal(headers.get('location'), `/v1/comparisons/${body.comparisonId}`);
  assert.equal(body.outcome, 'consistent');
  assert.deepEqual(body.reasons, []);
  const { references, fused, agreement, quality, timings } = body.evidence!;
  assert.deepEqual(
    references.map(({ issuedOn }) => issuedOn),
    ['2017-01-01', '2008-01-01'],
  );
  assert.equal(references[0]!.documentNumber, holder.passports[1]!.number);
  assert.ok(references[1]!.ageYears > 17);
  assert.ok(
    references.every(({ comparison }) => comparison!.score > 0.4 && comparison!.falseMatchRate < 1e-3),
  );
  assert.equal(fused!.rule, 'normalised-sum');
  assert.ok(fused!.score > fused!.threshold && agreement!.score > 0.4);
  assert.ok(quality!.components.InterEyeDistance.value! > 40 && timings['total']! > 0);
  assert.ok(body.quality.every(({ text }) => text.length > 20));
  assert.match(body.referencesAsOf, /^\d{4}-\d\d-\d\d$/);
});

test('an impostor under her identity: review', async () => {
  const holder = inventHolder(
    'Twee',
    ['Anna'],
    [
      ['2008-01-01', photo(anna.first)],
      ['2017-01-01', photo(anna.second)],
    ],
  );
  await office.enrol(holder);
  const { body } = await office.compare(next(holder), stranger);
  assert.equal(body.outcome, 'review');
  assert.deepEqual(reasonsOf(body), ['does-not-match']);
});

test('no earlier document: not comparable', async () => {
  const { body } = await office.compare(next(inventHolder('Nieuw', ['Elise'], [])), stranger);
  assert.equal(body.outcome, 'not-comparable');
  assert.deepEqual(reasonsOf(body), ['no-reference']);
  assert.deepEqual(
    body.notices.map(({ code }) => code),
    ['newer-document-possible'],
  );
});

test('one earlier document counts alone, and says so', async () => {
  const holder = inventHolder('Drie', ['Anna'], [['2017-01-01', photo(anna.first)]]);
  await office.enrol(holder);
  const { body } = await office.compare(next(holder), anna.second);
  assert.equal(body.outcome, 'consistent');
  assert.equal(body.evidence!.fused!.rule, 'single');
  assert.ok(body.notices.some(({ code }) => code === 'one-reference-only'));
});

test('of three, the two newest before the application count', async () => {
  const daysAgo = (days: number) => new Date(Date.now() - days * 24 * 60 * 60 * 1000).toISOString();
  const holder = inventHolder(
    'Vier',
    ['Anna'],
    [
      ['2007-07-01', photo(stranger)],
      ['2012-01-01', photo(anna.first)],
      ['2019-01-01', photo(anna.second)],
      [daysAgo(30).slice(0, 10), photo(await portraitOf('5-left'))],
    ],
  );
  await office.enrol(holder);
  const { body } = await office.compare(next(holder, { receivedAt: daysAgo(60) }), anna.other);
  assert.equal(body.outcome, 'consistent');
  assert.deepEqual(
    body.evidence!.references.map(({ issuedOn }) => issuedOn),
    ['2019-01-01', '2012-01-01'],
  );
});

test('a replacement with the same photo counts once', async () => {
  const holder = inventHolder(
    'Vijf',
    ['Anna'],
    [
      ['2009-01-01', photo(anna.first)],
      ['2015-01-01', photo(anna.second)],
      ['2016-01-01', photo(anna.second)],
    ],
  );
  await office.enrol(holder);
  const { body } = await office.compare(next(holder), anna.other);
  assert.deepEqual(
    body.evidence!.references.map(({ issuedOn }) => issuedOn),
    ['2016-01-01', '2009-01-01'],
  );
});

test('a reference without an embedding is kept, marked and never silently dropped', async () => {
  const holder = inventHolder('Zes', ['Anna'], [['2009-01-01', photo(anna.first)]]);
  await office.enrol(holder);
  const blank = { number: 'ZZ9000001', issuedOn: '2017-01-01' };
  const stored = await office.transfer(
    recordOf(holder, { ...blank, photo: photo(anna.first) }),
    await background(),
  );
  assert.equal(stored.status, 201);
  assert.equal(stored.body.embedding, 'no-face');
  const { body } = await office.compare(next(holder), anna.second);
  assert.equal(body.outcome, 'review');
  assert.deepEqual(reasonsOf(body), ['reference-without-embedding']);
  assert.deepEqual(
    body.evidence!.references.map(({ embedding }) => embedding),
    ['no-face', 'embedded'],
  );
});

test('references that disagree: the three-way picture is the finding', async () => {
  const holder = inventHolder(
    'Zeven',
    ['Anna'],
    [
      ['2008-01-01', photo(stranger)],
      ['2017-01-01', photo(anna.first)],
    ],
  );
  await office.enrol(holder);
  const { body } = await office.compare(next(holder), anna.second);
  assert.equal(body.outcome, 'review');
  assert.deepEqual(reasonsOf(body), ['matches-only-one', 'references-disagree']);
});

test('a holder without a register number is found by names and birth date, however they are written', async () => {
  const holder = inventHolder('Müller-Dûpont', ['Zoé', 'Anne Marie'], [['2010-01-01', photo(anna.first)]]);
  const record = recordOf(holder, holder.passports[0]!);
  const { registerNumber: _, ...withoutNumber } = record.holder;
  assert.equal((await office.transfer({ ...record, holder: withoutNumber }, anna.first)).status, 201);
  const { registerNumber: __, ...application } = next(holder, {
    familyName: 'MUELLER DUPONT',
    givenNames: ['zoe', 'anne-marie'],
    claimedDocuments: [],
  });
  const { body } = await office.compare(application, anna.second);
  assert.equal(body.outcome, 'consistent');
  assert.equal(body.evidence!.references.length, 1);
});

test('a register number with a bad check number is a finding, not an error', async () => {
  const holder = inventHolder('Acht', ['Anna'], [['2010-01-01', photo(anna.first)]]);
  await office.enrol(holder);
  const wrong = `${holder.registerNumber.slice(0, 9)}${String((Number(holder.registerNumber.slice(9)) % 97) + 1).padStart(2, '0')}`;
  const { status, body } = await office.compare(
    next(holder, { registerNumber: wrong, claimedDocuments: [] }),
    anna.second,
  );
  assert.equal(status, 201);
  assert.equal(body.outcome, 'review');
  assert.ok(reasonsOf(body).includes('register-number-invalid'));
  assert.equal(body.evidence!.references.length, 1, 'found by names all the same');
});

test('identifiers that lead to two holders: review, whatever the faces say', async () => {
  const first = inventHolder('Negen', ['Anna'], [['2010-01-01', photo(anna.first)]]);
  const second = inventHolder('Tien', ['Bea'], [['2012-01-01', photo(stranger)]]);
  await office.enrol(first);
  await office.enrol(second);
  const { body } = await office.compare(
    next(first, { claimedDocuments: [second.passports[0]!.number] }),
    anna.second,
  );
  assert.equal(body.outcome, 'review');
  assert.ok(reasonsOf(body).includes('identity-conflict'));
});

test('a claimed document that is not in the store: review', async () => {
  const holder = inventHolder('Elf', ['Anna'], [['2010-01-01', photo(anna.first)]]);
  await office.enrol(holder);
  const { body } = await office.compare(next(holder, { claimedDocuments: ['ZZ1234567'] }), anna.second);
  assert.equal(body.outcome, 'review');
  assert.deepEqual(reasonsOf(body), ['claimed-document-unknown']);
  assert.ok(body.notices.some(({ code }) => code === 'newer-document-possible'));
});

test('the fifth try for one application goes to a person', async () => {
  const holder = inventHolder('Twaalf', ['Anna'], [['2010-01-01', photo(anna.first)]]);
  await office.enrol(holder);
  const application = next(holder);
  const outcomes: (string | null)[] = [];
  for (let i = 0; i < 5; i++) outcomes.push((await office.compare(application, anna.second)).body.outcome);
  assert.deepEqual(outcomes, ['consistent', 'consistent', 'consistent', 'consistent', 'review']);
});

test('an office sees the outcome and no scores, and only its own applications', async () => {
  const holder = inventHolder('Dertien', ['Anna'], [['2010-01-01', photo(anna.first)]]);
  await office.enrol(holder);
  const scopes = ['comparisons:write', 'comparisons:read'];
  const gent = officeOf(service, await service.token(scopes, { office: 'gent' }));
  const luik = officeOf(service, await service.token(scopes, { office: 'luik' }));
  const { body } = await gent.compare(next(holder), anna.second, { 'accept-language': 'nl' });
  assert.equal(body.outcome, 'consistent');
  assert.equal(body.evidence, undefined);
  assert.doesNotMatch(JSON.stringify(body), /score|threshold|[^\d]0\.\d{3}/);
  assert.match(body.notices[1]!.text, /paspoort/);
  assert.equal((await gent.read(body.comparisonId)).status, 200);
  const elsewhere = await luik.read(body.comparisonId);
  assert.equal(elsewhere.status, 404);
  const foreign = await luik.compare(next(holder), anna.second);
  assert.equal(foreign.status, 403);
  assert.equal((await office.read(body.comparisonId)).body.evidence!.tries, 1);
});

test('the same idempotency key gives the same answer; another body is refused', async () => {
  const holder = inventHolder('Veertien', ['Anna'], [['2010-01-01', photo(anna.first)]]);
  await office.enrol(holder);
  const application = next(holder);
  const headers = { 'idempotency-key': 'k-1' };
  const [one, two] = await Promise.all([
    office.compare(application, anna.second, headers),
    office.compare(application, anna.second, headers),
  ]);
  assert.equal(one.body.comparisonId, two.body.comparisonId);
  assert.deepEqual([one.status, two.status].sort(), [200, 201]);
  const other = await office.compare(application, stranger, headers);
  assert.equal(other.status, 422);
  assert.equal(other.body.type, '/problems/idempotency-mismatch');
});

test('references that the model has not seen are embedded on the spot, never compared across models', async () => {
  const holder = inventHolder(
    'Vijftien',
    ['Anna'],
    [
      ['2008-01-01', photo(anna.first)],
      ['2017-01-01', photo(anna.second)],
    ],
  );
  const audit = { client: 'test', actor: 'test', action: 'model.switch', outcome: 'done' };
  const change = async ({ config }: TestService, work: (store: Store) => Promise<unknown>) => {
    const store = await openConfiguredStore(config, systemClock);
    await work(store).finally(() => store.close());
  };
  // To another model while the store is empty, and back once it holds documents.
  const first = await startTestService();
  await first.close();
  await change(first, (store) => store.models.switchTo('dlib-resnet-128@1.0.0', audit));
  const other = await startTestService(
    {
      FACEMATCH_LANDMARKS: 'face-landmark-68',
      FACEMATCH_LOOKS: 'ssd-mobilenet-v1:1:0.5,ssd-mobilenet-v1:0.5:0.5',
    },
    { folder: first.folder },
  );
  await officeOf(other, await other.token(allScopes)).enrol(holder);
  await other.close();
  await change(other, (store) => store.models.rollBack(audit));
  const back = await startTestService({}, { folder: first.folder });
  try {
    const { body } = await officeOf(back, await back.token(allScopes)).compare(next(holder), anna.other);
    assert.equal(body.outcome, 'consistent');
    assert.match(body.evidence!.model, /^mobilefacenet-512@/);
    assert.ok(body.evidence!.references.every(({ comparison }) => comparison!.score > 0.4));
  } finally {
    await back.dispose();
  }
});
