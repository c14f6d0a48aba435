import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ComparisonAnswer } from '../../src/comparison/answer.js';
import type { HolderFile } from '../../src/records/holderFile.js';
import { formOf, personIn } from '../oversight/people.js';
import { directDatabase } from '../support/directDatabase.js';
import { applicationOf, inventHolder, photo, recordOf } from '../support/office.js';
import { derivedPortraitOf, portraitOf } from '../support/samples.js';
import { startTestService, type TestService } from '../support/service.js';

// Refugees who share their names and the first of January as their birthday, none with a register number.

let service: TestService;
let one: Buffer;
let other: Buffer;
let again: Buffer;
let applications = 900;

before(async () => {
  service = await startTestService();
  [one, other, again] = await Promise.all([
    portraitOf('3-middle'),
    portraitOf('6-left'),
    derivedPortraitOf('3-middle'),
  ]);
});
after(() => service.dispose());

interface Refugee {
  readonly givenName: string;
  readonly birthDate?: string;
  readonly birthPlace: string;
  readonly issuedOn: string;
  readonly face: Buffer;
}

async function transferred({ givenName, birthDate = '1990-01-01', birthPlace, issuedOn, face }: Refugee) {
  const holder = { ...inventHolder('Ahmadi', [givenName], [[issuedOn, photo(face)]]), birthDate };
  const { holder: person, document, production } = recordOf(holder, holder.passports[0]!);
  const { registerNumber: _none, nationality: _notKept, ...kept } = person;
  const record = {
    holder: { ...kept, birthPlace },
    document: { ...document, type: 'travel-document-refugee' },
    production,
  };
  const system = await personIn(service, 'transfer-system');
  const { status, body } = await system.post<{ documentId: string }>(
    '/v1/documents',
    formOf('record', record, { photo: face }),
  );
  assert.equal(status, 201);
  return { documentId: body.documentId, number: document.number, holderId: holderOf(body.documentId) };
}

function holderOf(documentId: string): string {
  const db = directDatabase(service.config.store.database, { readonly: true });
  try {
    return db.prepare('select holder_id from documents where id = ?').pluck().get(documentId) as string;
  } finally {
    db.close();
  }
}

async function compared(given: {
  givenName: string;
  birthPlace: string;
  birthDate?: string;
  claimed?: string[];
}) {
  const holder = inventHolder('Ahmadi', [given.givenName], []);
  const { registerNumber: _none, ...application } = applicationOf({ as: holder }, ++applications);
  const office = await personIn(service, 'office');
  const asked = {
    ...application,
    birthDate: given.birthDate ?? '1990-01-01',
    birthPlace: given.birthPlace,
    claimedDocuments: given.claimed ?? [],
    documentType: 'travel-document-refugee',
  };
  const made = await office.post<ComparisonAnswer>(
    '/v1/comparisons',
    formOf('application', asked, { photo: again }),
  );
  assert.equal(made.status, 201, made.text);
  const analyst = await personIn(service, 'fraud-analyst');
  const { body } = await analyst.get<ComparisonAnswer>(`/v1/comparisons/${made.body.comparisonId}`);
  return {
    id: body.comparisonId,
    outcome: body.outcome,
    reasons: body.reasons.map(({ code }) => code),
    references: body.evidence!.references.map(({ documentNumber }) => documentNumber),
  };
}

test('namesakes without a register number are two holders, and a comparison that fits both is a conflict', async () => {
  const named = { givenName: 'Mohammad' };
  const kabul = await transferred({ ...named, birthPlace: 'Kabul', issuedOn: '2015-01-01', face: one });
  const herat = await transferred({ ...named, birthPlace: 'Herat', issuedOn: '2016-01-01', face: other });
  const later = await transferred({ ...named, birthPlace: 'KABUL', issuedOn: '2019-01-01', face: again });
  assert.notEqual(herat.holderId, kabul.holderId);
  assert.equal(later.holderId, kabul.holderId, 'the same person to all that is known');

  const byNames = await compared({ ...named, birthPlace: 'Kabul' });
  assert.equal(byNames.outcome, 'review');
  assert.equal(byNames.reasons[0], 'identity-conflict');
  const claiming = await compared({ ...named, birthPlace: 'Kabul', claimed: [later.number] });
  assert.equal(claiming.outcome, 'consistent');
  assert.deepEqual(claiming.references, [later.number, kabul.number], 'and nothing of the namesake');
  const ofBoth = await compared({ ...named, birthPlace: 'Kabul', claimed: [later.number, herat.number] });
  assert.equal(ofBoth.reasons[0], 'identity-conflict');

  const desk = await personIn(service, 'holder-desk');
  const find = async (query: object) => {
    const asked = { familyName: 'Ahmadi', givenNames: ['Mohammad'], birthDate: '1990-01-01', ...query };
    return (await desk.post<{ holders: string[] }>('/v1/holders/lookup', asked)).body.holders;
  };
  assert.deepEqual(new Set(await find({})), new Set([kabul.holderId, herat.holderId]));
  assert.deepEqual(
    await find({ birthPlace: 'HERAT' }),
    [herat.holderId],
    'and no need to open the other file',
  );
  assert.deepEqual(await find({ birthPlace: 'Mazar' }), []);
  const { body: file } = await desk.get<HolderFile>(`/v1/holders/${herat.holderId}/file`);
  assert.deepEqual(
    file.documents.map(({ documentId }) => documentId),
    [herat.documentId],
    "nothing of the namesake in one's own file",
  );
});

test('an only namesake who was born elsewhere is a conflict, not the applicant', async () => {
  const { number } = await transferred({
    givenName: 'Laila',
    birthPlace: 'Kabul',
    issuedOn: '2017-01-01',
    face: one,
  });
  const elsewhere = await compared({ givenName: 'Laila', birthPlace: 'Herat' });
  assert.equal(elsewhere.reasons[0], 'identity-conflict');
  assert.deepEqual(elsewhere.references, [number], 'which a person sees beside the applicant');
  assert.equal((await compared({ givenName: 'Laila', birthPlace: 'Kaboul' })).outcome, 'review');
  assert.equal((await compared({ givenName: 'Laila', birthPlace: 'kabul' })).outcome, 'consistent');
});

test('a record that knows the year of birth alone is found by the whole date, and never taken for another', async () => {
  const born = { givenName: 'Karim', birthDate: '1985', birthPlace: 'Kabul' };
  const first = await transferred({ ...born, issuedOn: '2014-01-01', face: one });
  const found = await compared({ ...born, birthDate: '1985-03-02' });
  assert.deepEqual(found.references, [first.number], 'no "no reference"');
  const second = await transferred({ ...born, issuedOn: '2018-01-01', face: again });
  assert.notEqual(second.holderId, first.holderId);
  assert.equal((await compared(born)).reasons[0], 'identity-conflict');
});

test('a correction takes a document to the holder it leads to, and leaves no holder without documents', async () => {
  const named = { givenName: 'Zahra' };
  const right = await transferred({ ...named, birthPlace: 'Kabul', issuedOn: '2013-01-01', face: one });
  const misread = await transferred({ ...named, birthPlace: 'Kobul', issuedOn: '2018-01-01', face: again });
  assert.notEqual(misread.holderId, right.holderId);
  const desk = await personIn(service, 'holder-desk');
  const correct = async (revision: number, birthPlace: string) => {
    const rectification = { revision, reason: 'misread', changes: { holder: { birthPlace } } };
    const path = `/v1/documents/${misread.documentId}`;
    const { status, text } = await desk.patch(path, formOf('rectification', rectification));
    assert.equal(status, 200, text);
    return holderOf(misread.documentId);
  };
  assert.equal(await correct(1, 'Kabul'), right.holderId);
  assert.equal((await desk.get(`/v1/holders/${misread.holderId}/file`)).status, 404);
  const db = directDatabase(service.config.store.database, { readonly: true });
  const orphans = db.prepare(
    'select count(*) from holders where id not in (select holder_id from documents)',
  );
  assert.equal(orphans.pluck().get(), 0);
  db.close();
  const apart = await correct(2, 'Herat');
  assert.notEqual(apart, right.holderId, 'whoever was taken for one by mistake is set apart');
});
