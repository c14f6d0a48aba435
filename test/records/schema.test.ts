import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { FacematchError } from '../../src/errors.js';
import { applicationSchema, parseApplication } from '../../src/records/application.js';
import {
  canonicalBytes,
  parseStatutoryRecord,
  statutoryRecordSchema,
  storedRecord,
} from '../../src/records/statutoryRecord.js';
import { changed, record } from './transfer.js';

const secret = 'sup3r-s3cret';

function refusal(parse: () => unknown): FacematchError {
  try {
    parse();
  } catch (error) {
    assert.ok(error instanceof FacematchError);
    return error;
  }
  assert.fail('accepted');
}

test('a valid record is taken as it is', () => {
  assert.deepEqual(parseStatutoryRecord(record()), record());
  assert.deepEqual(storedRecord(JSON.parse(JSON.stringify(record()))), record());
  assert.throws(() => storedRecord({}), { code: 'integrity-failure' });
});

const accepted: [path: string, value: unknown][] = [
  ['holder.givenNames', []],
  ['holder.registerNumber', undefined],
  ['holder.nationality', undefined],
  ['holder.birthDate', '1985'],
  ['holder.birthDate', '1985-07'],
  ['holder.birthDate', '2019'],
  ['holder.birthDate', '1984-02-29'],
  ['holder.familyName', "O'Brien–Łukasiewicz"],
  ['document.expiresOn', '2019-04-02'],
  ['document.procedure', 'urgent'],
  ['production.refusal', { reason: 'incomplete', on: '2019-03-25' }],
];
for (const [path, value] of accepted) {
  test(`accepted: ${path} = ${JSON.stringify(value)}`, () => {
    parseStatutoryRecord(changed(path, value));
  });
}

const refused: [path: string, value: unknown, pointer: string, code: string][] = [
  ['holder.familyName', undefined, '/holder/familyName', 'missing'],
  ['holder.familyName', 17, '/holder/familyName', 'type'],
  ['holder.familyName', '', '/holder/familyName', 'too-short'],
  ['holder.familyName', `${secret} `, '/holder/familyName', 'invalid'],
  ['holder.familyName', `${secret}\u0000`, '/holder/familyName', 'invalid'],
  ['holder.familyName', `${secret}\ud800`, '/holder/familyName', 'invalid'],
  ['holder.familyName', '- -', '/holder/familyName', 'invalid'],
  ['holder.familyName', secret.repeat(20), '/holder/familyName', 'too-long'],
  ['holder.givenNames', [secret, 5], '/holder/givenNames/1', 'type'],
  ['holder.birthDate', '1985-02-29', '/holder/birthDate', 'invalid'],
  ['holder.birthDate', '1985-13', '/holder/birthDate', 'invalid'],
  ['holder.birthDate', '30/07/1985', '/holder/birthDate', 'invalid'],
  ['holder.birthDate', '2019-04-03', '/holder/birthDate', 'after-issue'],
  ['holder.birthDate', '2020', '/holder/birthDate', 'after-issue'],
  ['holder.sex', 'V', '/holder/sex', 'invalid'],
  ['holder.registerNumber', '85.07.30-033.29', '/holder/registerNumber', 'invalid'],
  ['holder.nationality', 'BE', '/holder/nationality', 'invalid'],
  ['holder.nationality', 'QQQ', '/holder/nationality', 'invalid'],
  ['holder.formerNames', [secret], '/holder/formerNames', 'unknown'],
  ['holder', undefined, '/holder', 'missing'],
  ['document.number', '..', '/document/number', 'invalid'],
  ['document.type', 'identity-card', '/document/type', 'invalid'],
  ['document.type', 'travel-document-refugee', '/holder/nationality', 'not-for-this-type'],
  ['document.type', 'travel-document-foreigner', '/holder/nationality', 'not-for-this-type'],
  ['document.type', 'travel-document-stateless', '/holder/nationality', 'not-for-this-type'],
  ['document.type', 'eu-emergency-travel-document', '/document/role', 'required-for-this-type'],
  ['document.role', 'assisting-state', '/document/role', 'not-for-this-type'],
  ['document.issuedOn', '2019-06-31', '/document/issuedOn', 'invalid'],
  ['document.expiresOn', '2019-04-01', '/document/expiresOn', 'before-issue'],
  ['production.application.note', secret, '/production/application/note', 'unknown'],
  ['production.status', secret, '/production/status', 'type'],
  [secret, 'x', '/?', 'unknown'],
];
for (const [path, value, pointer, code] of refused) {
  test(`refused: ${path} = ${JSON.stringify(value)?.slice(0, 40)} (${code})`, () => {
    const error = refusal(() => parseStatutoryRecord(changed(path, value)));
    assert.equal(error.code, 'validation');
    assert.deepEqual(error.facts['pointers'], [pointer]);
    assert.deepEqual(error.facts['codes'], [code]);
    assert.doesNotMatch(JSON.stringify(error) + error.message + String(error.cause), new RegExp(secret));
  });
}

const forbidden = [
  'holder.fingerprints',
  'holder.finger_print_left',
  'holder.empreintesDigitales',
  'holder.vingerafdrukken',
  'holder.Fingerabdrücke',
  'holder.postalAddress',
  'holder.adresse',
  'holder.Adres',
  'holder.Anschrift',
  'holder.e-mail',
  'holder.EMAIL',
  'holder.mail',
  'holder.courriel',
  'holder.mobile',
  'holder.mobileNumber',
  'holder.gsm',
  'holder.téléphone',
  'holder.telefoonnummer',
  'holder.Telefonnummer',
  'document.email',
  'production.application.address',
  'postcode',
];
for (const path of forbidden) {
  test(`forbidden: ${path}`, () => {
    const error = refusal(() => parseStatutoryRecord(changed(path, { value: secret })));
    assert.equal(error.code, 'forbidden-field');
    const name = path.split('.').at(-1) ?? '';
    const shown = /^\w+$/.test(name) ? name : '?';
    assert.deepEqual(error.facts['pointers'], [`/${[...path.split('.').slice(0, -1), shown].join('/')}`]);
    assert.doesNotMatch(JSON.stringify(error) + error.message, new RegExp(secret));
  });
}

test('forbidden fields are found inside unknown ones and lists, all of them', () => {
  const value = { ...record(), extra: [{ deep: { email: secret } }, { gsm: secret }] };
  const error = refusal(() => parseStatutoryRecord(value));
  assert.equal(error.code, 'forbidden-field');
  assert.deepEqual(error.facts['pointers'], ['/extra/0/deep/email', '/extra/1/gsm']);
});

test('no lawful field reads as a forbidden one, and odd values are refused as such', () => {
  for (const value of [null, 3, 'x', [], {}, JSON.parse('{"__proto__": {"holder": 1}}')]) {
    assert.equal(refusal(() => parseStatutoryRecord(value)).code, 'validation');
  }
  let deep: unknown = secret;
  for (let n = 0; n < 4500; n++) deep = [deep];
  assert.equal(refusal(() => parseStatutoryRecord({ ...record(), deep })).code, 'validation');
});

test('the canonical bytes do not depend on the order of fields', () => {
  const { production, document, holder } = record();
  const { familyName, ...rest } = holder;
  const reordered = parseStatutoryRecord({ production, holder: { ...rest, familyName }, document });
  assert.deepEqual(canonicalBytes(reordered), canonicalBytes(parseStatutoryRecord(record())));
  const other = parseStatutoryRecord(changed('holder.givenNames', ['Zoë', 'Anne-Marie']));
  assert.notDeepEqual(canonicalBytes(other), canonicalBytes(reordered));
});

const application = {
  applicationId: 'A-2026-1',
  office: 'Gent',
  requestedBy: 'clerk-7',
  registerNumber: '85073003328',
  familyName: 'Peeters',
  givenNames: ['Jan'],
  birthDate: '1985-07-30',
  birthPlace: 'Gent',
  claimedDocuments: ['EP 847215'],
  documentType: 'passport',
  procedure: 'normal',
  receivedAt: '2026-03-15T11:00:00+01:00',
};

test('an application is taken, also with a wrong check number, which is a finding', () => {
  assert.deepEqual(parseApplication(application), application);
  parseApplication({ ...application, registerNumber: '85.07.30-033.29' });
  const { registerNumber, ...without } = application;
  parseApplication({ ...without, claimedDocuments: [] });
});

const badApplications: [field: string, value: unknown][] = [
  ['registerNumber', '8507300332'],
  ['registerNumber', '8507300332x'],
  ['claimedDocuments', Array.from({ length: 11 }, () => 'EP847215')],
  ['claimedDocuments', ['--']],
  ['receivedAt', '2026-03-15'],
  ['receivedAt', '2026-02-30T11:00:00Z'],
  ['office', ''],
  ['documentType', 'visa'],
  ['email', secret],
];
for (const [field, value] of badApplications) {
  test(`refused application: ${field} = ${JSON.stringify(value).slice(0, 40)}`, () => {
    const error = refusal(() => parseApplication({ ...application, [field]: value }));
    assert.equal(error.code, 'validation');
    assert.match(String(error.facts['pointers']), new RegExp(`^/${field}`));
  });
}

test('both schemas can be published', () => {
  for (const schema of [statutoryRecordSchema, applicationSchema]) {
    const published = z.toJSONSchema(schema);
    assert.equal(published.additionalProperties, false);
  }
});
