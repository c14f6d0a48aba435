import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { isFacematchError } from '../../src/errors.js';
import { createIntake, type Transfer } from '../../src/records/intake.js';
import { openStore } from '../../src/store/store.js';
import { code, folder, now, storeOptions } from '../store/fixture.js';
import { caller, changed, faceReader, image, record } from './transfer.js';

async function made(t: TestContext) {
  const store = await openStore(storeOptions(folder(t)));
  t.after(() => store.close());
  const faces = faceReader();
  const intake = createIntake({ store, faces, clock: () => now });
  const transfer = (change: Partial<Transfer> = {}) =>
    intake.transfer({
      record: record(),
      photo: image('photo of Anne-Marie'),
      signature: image('signature'),
      caller,
      ...change,
    });
  return { store, faces, transfer };
}

test('a transfer is kept: record, stripped photo and signature, embedding, keys and trail', async (t) => {
  const { store, transfer, faces } = await made(t);
  const { documentId, ...rest } = await transfer();
  assert.deepEqual(rest, { created: true, embedding: 'embedded' });
  const opened = await store.documents.open(documentId);
  const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
  assert.deepEqual(opened.record, record());
  assert.equal(text(opened.photo), 'stripped photo of Anne-Marie');
  assert.equal(text(opened.signature), 'stripped signature');
  const embedding = await store.documents.embedding(documentId, faces.model);
  assert.ok(Math.abs(Math.hypot(...embedding!) - 1) < 1e-6);
  const { lookup } = store;
  const found = await store.documents.findByKeys({
    register: lookup.registerNumber('85073003328'),
    identity: [lookup.identity('ANNEMARIE<VANDENBROUCKEMULLER|1985-07-30')],
    numbers: [lookup.documentNumber('EP847215')],
  });
  for (const rows of [found.byRegister, found.byIdentity, found.byNumber.flat()]) {
    assert.deepEqual(
      rows.map(({ id }) => id),
      [documentId],
    );
  }
  assert.equal((await store.stats()).auditEntries, 1);
});

test('the same transfer twice changes nothing and reads no photo again', async (t) => {
  const { store, transfer, faces } = await made(t);
  const first = await transfer();
  const { production, document, holder } = record();
  const second = await transfer({ record: { production, document, holder } });
  assert.deepEqual(second, { ...first, created: false });
  assert.equal(faces.reads, 1);
  assert.deepEqual(await store.stats(), { holders: 1, documents: 1, comparisons: 0, auditEntries: 2 });
});

test('identical transfers at once end as one document', async (t) => {
  const { store, transfer } = await made(t);
  const results = await Promise.all(Array.from({ length: 6 }, () => transfer()));
  assert.equal(new Set(results.map(({ documentId }) => documentId)).size, 1);
  assert.equal(results.filter(({ created }) => created).length, 1);
  const { holders, documents, auditEntries } = await store.stats();
  assert.deepEqual([holders, documents, auditEntries], [1, 1, 6]);
});

test('different transfers of one document at once: one is kept, the others conflict', async (t) => {
  const { store, transfer } = await made(t);
  const results = await Promise.allSettled(['a', 'b', 'c'].map((name) => transfer({ photo: image(name) })));
  const kept = results.filter((result) => result.status === 'fulfilled');
  assert.equal(kept.length, 1);
  for (const result of results) {
    if (result.status === 'rejected') assert.ok(isFacematchError(result.reason, 'transfer-conflict'));
  }
  assert.equal((await store.stats()).documents, 1);
});

const conflicts: [name: string, change: Partial<Transfer>][] = [
  ['another photo', { photo: image('another') }],
  ['another signature', { signature: image('another') }],
  ['no signature', { signature: undefined }],
  ['a changed record', { record: changed('production.chipStatus', 'revoked') }],
  ['the number in another spelling', { record: changed('document.number', 'ep-847215') }],
];
for (const [name, change] of conflicts) {
  test(`the same document with ${name} is a conflict and changes nothing`, async (t) => {
    const { store, transfer } = await made(t);
    const { documentId } = await transfer();
    await assert.rejects(transfer(change), code('transfer-conflict'));
    assert.deepEqual((await store.documents.open(documentId)).record, record());
    assert.deepEqual(await store.stats(), { holders: 1, documents: 1, comparisons: 0, auditEntries: 2 });
  });
}

test('a good photo without a face is kept and marked', async (t) => {
  const { store, transfer, faces } = await made(t);
  const result = await transfer({ photo: image('no-face') });
  assert.equal(result.embedding, 'no-face');
  assert.equal(await store.documents.embedding(result.documentId, faces.model), undefined);
  assert.deepEqual(await transfer({ photo: image('no-face') }), { ...result, created: false });
  const [[row] = []] = (
    await store.documents.findByKeys({ identity: [], numbers: [store.lookup.documentNumber('EP847215')] })
  ).byNumber;
  assert.equal(row?.embeddingState, 'no-face');
});

const refusals: [name: string, change: Partial<Transfer>, ReturnType<typeof code>][] = [
  ['a forbidden field', { record: changed('holder.email', 'a@b.example') }, code('forbidden-field')],
  ['an invalid record', { record: changed('holder.sex', 'V') }, code('validation')],
  ['an issue in the future', { record: changed('document.issuedOn', '2026-03-17') }, code('validation')],
  ['a record already due', { record: { ...record(), document: old() } }, code('retention-over')],
  ['a photo that is none', { photo: image('refused') }, code('image-corrupt')],
  ['a signature that is none', { signature: image('refused') }, code('image-corrupt')],
];
for (const [name, change, expected] of refusals) {
  test(`${name} is refused; only the trail knows`, async (t) => {
    const { store, transfer } = await made(t);
    await assert.rejects(transfer(change), expected);
    assert.deepEqual(await store.stats(), { holders: 0, documents: 0, comparisons: 0, auditEntries: 1 });
  });
}

function old() {
  return { ...record().document, issuedOn: '2006-03-15', expiresOn: '2011-03-15' };
}

test('the last day before destruction is still accepted', async (t) => {
  const { transfer } = await made(t);
  const document = { ...old(), issuedOn: '2006-03-16' };
  assert.equal((await transfer({ record: { ...record(), document } })).created, true);
});

test('a refusal says which image it was', async (t) => {
  const { transfer } = await made(t);
  await assert.rejects(
    transfer({ signature: image('refused') }),
    (error) => isFacematchError(error) && error.facts['part'] === 'signature',
  );
});

test('an idempotency key answers the same transfer and refuses another, for its client alone', async (t) => {
  const { store, transfer } = await made(t);
  const first = await transfer({ idempotencyKey: 'k1' });
  assert.deepEqual(await transfer({ idempotencyKey: 'k1' }), { ...first, created: false });
  const other = { record: changed('document.number', 'EP847216'), idempotencyKey: 'k1' };
  await assert.rejects(transfer(other), code('idempotency-mismatch'));
  assert.equal((await store.stats()).documents, 1);
  assert.equal((await transfer({ ...other, caller: { ...caller, client: 'billing' } })).created, true);
});

test('a known transfer that comes again under a new idempotency key takes that key too', async (t) => {
  const { store, transfer } = await made(t);
  const first = await transfer();
  assert.deepEqual(await transfer({ idempotencyKey: 'k2' }), { ...first, created: false });
  const other = { record: changed('document.number', 'EP847216'), idempotencyKey: 'k2' };
  await assert.rejects(transfer(other), code('idempotency-mismatch'));
  assert.equal((await store.stats()).documents, 1);
});

test('two passports of one person meet, with or without the register number', async (t) => {
  const { store, transfer } = await made(t);
  await transfer();
  const { registerNumber, ...holder } = record().holder;
  const second = {
    ...record(),
    holder: { ...holder, familyName: 'VANDENBROUCKE MUELLER', givenNames: ['Anne Marie'] },
    document: { ...record().document, number: 'EP999999' },
  };
  await transfer({ record: second });
  assert.equal((await store.stats()).holders, 1);
});

test('when the trail cannot be written, nothing is kept and the failure is not hidden', async (t) => {
  const { store, transfer } = await made(t);
  await store.close();
  await assert.rejects(transfer(), code('store-unavailable'));
});

test('another source adds what it knows, with one entry; another photo of the same document is a conflict', async (t) => {
  const { store, transfer } = await made(t);
  const { production: _later, ...billed } = record();
  const first = await transfer({ record: { ...billed, source: 'billing' } });
  const other = transfer({ record: record(), photo: image('photo of somebody else') });
  await assert.rejects(other, code('transfer-conflict'));
  assert.deepEqual((await store.documents.record(first.documentId)) as object, billed);
  const second = await transfer({ record: record() });
  assert.deepEqual(second, { ...first, created: false });
  assert.deepEqual((await store.documents.record(first.documentId)) as object, record());
  const trail = await store.auditQuery.find({ action: 'document.transfer' }, 0, 10);
  assert.deepEqual(
    trail.map(({ outcome }) => outcome),
    ['created', 'transfer-conflict', 'supplemented'],
  );
});
