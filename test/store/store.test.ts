import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { SqliteDatabase } from '../../src/store/database/sqlite.js';
import { openStore } from '../../src/store/store.js';
import { onPostgres, testOfSqlite } from '../support/postgres.js';
import { code, folder, newComparison, newDocument, now, storeOptions } from './fixture.js';

async function made(t: TestContext) {
  const options = storeOptions(folder(t));
  const store = await openStore(options);
  t.after(() => store.close());
  return { options, store };
}

test('a document comes back whole, and opens only by its id', async (t) => {
  const { store } = await made(t);
  const document = newDocument(store);
  assert.deepEqual(await store.documents.create(document), {
    documentId: document.id,
    embeddingState: 'embedded',
    created: true,
  });
  const opened = await store.documents.open(document.id);
  assert.deepEqual(opened.record, document.record);
  assert.deepEqual(Buffer.from(opened.photo), document.photo);
  assert.deepEqual(Buffer.from(opened.signature!), document.signature);
  assert.deepEqual(await store.documents.embedding(document.id, 'net@1'), Float32Array.of(0.6, -0.8, 0));
  assert.equal(await store.documents.embedding(document.id, 'net@2'), undefined);
  await assert.rejects(store.documents.open(randomUUID()), code('not-found'));
});

test('everything survives reopening, and closing leaves one complete file', async (t) => {
  const { store, options } = await made(t);
  const document = newDocument(store, { signature: undefined });
  const comparison = newComparison(store);
  await store.documents.create(document);
  await store.comparisons.create(comparison);
  await store.close();
  await store.close();
  if (!onPostgres) {
    const wal = `${options.databasePath}-wal`;
    assert.ok(!existsSync(wal) || statSync(wal).size === 0);
    assert.equal(statSync(options.databasePath).mode & 0o077, 0);
  }

  const again = await openStore(options);
  t.after(() => again.close());
  const opened = await again.documents.open(document.id);
  assert.deepEqual(Buffer.from(opened.photo), document.photo);
  assert.equal(opened.signature, undefined);
  assert.deepEqual((await again.comparisons.get(comparison.id)).detail, { fused: 0.71 });
  assert.deepEqual(await again.stats(), { holders: 1, documents: 1, comparisons: 1, auditEntries: 2 });
  assert.equal(await again.documents.latestReceivedAt(), now.toISOString());
  await again.check();
});

test('a closed store says so', async (t) => {
  const { store } = await made(t);
  await store.close();
  await assert.rejects(store.check(), code('store-unavailable'));
  await assert.rejects(store.documents.open(randomUUID()), code('store-unavailable'));
});

testOfSqlite(
  'its pragmas',
  'commits are durable, deleted content is overwritten, foreign keys hold',
  async (t) => {
    const { databasePath } = storeOptions(folder(t));
    for (let round = 0; round < 2; round++) {
      const database = SqliteDatabase.open(databasePath, () => now);
      assert.deepEqual(database.settings(), {
        journal: 'wal',
        synchronous: 2,
        secureDelete: 1,
        foreignKeys: 1,
      });
      await database.close();
    }
  },
);

test('wrong keys are refused: master, look-up, or one for both', async (t) => {
  const { store, options } = await made(t);
  await store.documents.create(newDocument(store));
  await store.close();
  const other = randomBytes(32);
  await assert.rejects(openStore({ ...options, masterKey: other }), code('keyring-invalid'));
  await assert.rejects(openStore({ ...options, lookupKey: other }), code('keyring-invalid'));
  await assert.rejects(openStore({ ...options, lookupKey: options.masterKey! }), code('config-invalid'));
  await assert.rejects(openStore({ ...options, masterKey: other.subarray(1) }), code('config-invalid'));
  await (await openStore(options)).close();
});

test('a transfer again changes nothing; another content is a conflict and changes nothing either', async (t) => {
  const { store } = await made(t);
  const document = newDocument(store);
  await store.documents.create(document);
  const again = await store.documents.create({ ...document, id: randomUUID(), photo: randomBytes(9) });
  assert.deepEqual(again, { documentId: document.id, embeddingState: 'embedded', created: false });
  const changed = {
    ...document,
    id: randomUUID(),
    fingerprint: store.lookup.fingerprint(Uint8Array.of(1)),
  };
  await assert.rejects(store.documents.create(changed), code('transfer-conflict'));
  await assert.rejects(store.documents.findTransfer(changed), code('transfer-conflict'));
  assert.equal((await store.documents.findTransfer(document))?.documentId, document.id);
  assert.deepEqual(await store.stats(), { holders: 1, documents: 1, comparisons: 0, auditEntries: 1 });
  const elsewhere = { ...changed, type: 'travel-document-refugee' };
  assert.equal((await store.documents.create(elsewhere)).created, true);
});

test('documents meet in one holder by register number, else by names of an only same person', async (t) => {
  const { store } = await made(t);
  const { lookup, documents } = store;
  const names = [lookup.identity('A'), lookup.identity('B')];
  const holderOf = async (
    registerKey: string | undefined,
    identityKeys: Uint8Array[],
    birthPlace = 'Gent',
  ) => {
    const document = newDocument(store, {
      identityKeys,
      record: { holder: { familyName: 'Peeters', birthPlace } },
      samePerson: (record) => (record as { holder: { birthPlace: string } }).holder.birthPlace === birthPlace,
      ...(registerKey && { registerKey: lookup.registerNumber(registerKey) }),
    });
    await documents.create(document);
    const [[row] = []] = (await documents.findByKeys({ identity: [], numbers: [document.numberKey] }))
      .byNumber;
    return row!.holderId;
  };
  const first = await holderOf('1', [names[0]!]);
  assert.equal(await holderOf('1', [lookup.identity('married')], 'Aalst'), first, 'same number, other name');
  assert.equal(await holderOf(undefined, [names[0]!, names[1]!]), first, 'no number, the same person');
  const elsewhere = await holderOf(undefined, [names[0]!], 'Kabul');
  assert.notEqual(elsewhere, first, 'no number, a namesake born elsewhere');
  assert.equal(await holderOf(undefined, [names[0]!], 'Kabul'), elsewhere, 'a namesake is no obstacle');
  const second = await holderOf('2', [names[0]!]);
  assert.notEqual(second, first, 'another number');
  assert.notEqual(await holderOf(undefined, [names[0]!]), first, 'two who could be the same');
  const late = await holderOf(undefined, [lookup.identity('C')]);
  assert.equal(await holderOf('3', [lookup.identity('C')]), late, 'the number came later');
  const other = await holderOf('4', [names[0]!], 'Kabul');
  assert.equal(other, elsewhere, 'and of the right one of two namesakes');
  assert.notEqual(await holderOf(undefined, []), await holderOf(undefined, []), 'nothing to go by');
});

test('documents are found by every key, newest first', async (t) => {
  const { store } = await made(t);
  const { lookup, documents } = store;
  const register = lookup.registerNumber('1');
  const older = newDocument(store, {
    registerKey: register,
    issuedOn: '2010-01-01',
    identityKeys: ['x', 'y', 'x'].map(lookup.identity),
  });
  const newer = newDocument(store, {
    registerKey: register,
    embedding: { model: 'net@1', failure: 'no-face' },
  });
  await documents.create(older);
  await documents.create(newer);
  const found = await documents.findByKeys({
    register,
    identity: [lookup.identity('x'), lookup.identity('y')],
    numbers: [lookup.documentNumber('nowhere'), older.numberKey],
  });
  assert.deepEqual(
    found.byRegister.map(({ id }) => id),
    [newer.id, older.id],
  );
  assert.deepEqual(
    found.byIdentity.map(({ id }) => id),
    [older.id],
  );
  assert.deepEqual(
    found.byNumber.map((rows) => rows.map(({ id }) => id)),
    [[], [older.id]],
  );
  assert.deepEqual(
    found.ofHolders.map(({ id }) => id),
    [newer.id, older.id],
  );
  const [row] = found.byRegister;
  assert.deepEqual(row, {
    id: newer.id,
    holderId: found.byRegister[1]!.holderId,
    type: 'passport',
    issuedOn: '2020-05-05',
    pixelsKey: newer.pixelsKey,
    hasRegister: true,
    embeddingState: 'no-face',
    embeddingModel: 'net@1',
    revision: 1,
  });
  assert.equal((await documents.ofHolders([row!.holderId])).length, 2);
  const shared = newDocument(store, {
    type: 'travel-document-refugee',
    numberKey: older.numberKey,
    issuedOn: '2015-01-01',
  });
  await documents.create(shared);
  const { byNumber } = await documents.findByKeys({ identity: [], numbers: [older.numberKey] });
  assert.deepEqual(
    byNumber.map((rows) => rows.map(({ id }) => id)),
    [[shared.id, older.id]],
    'two types may share a number',
  );
  assert.deepEqual(await documents.ofHolders([]), []);
  assert.deepEqual(await documents.findByKeys({ identity: [], numbers: [] }), {
    byRegister: [],
    byIdentity: [],
    byNumber: [],
    ofHolders: [],
  });
});

test("a model's result replaces its own and no other's", async (t) => {
  const { store } = await made(t);
  const { documents } = store;
  const { id, numberKey } = newDocument(store);
  await documents.create({ ...newDocument(store), id, numberKey });
  const state = async () => {
    const [[row] = []] = (await documents.findByKeys({ identity: [], numbers: [numberKey] })).byNumber;
    return [row!.embeddingModel, row!.embeddingState];
  };
  const { pixelsKey } = await documents.state(id);
  const put = (result: Float32Array | string, of = pixelsKey) =>
    store.embeddings.put(id, { model: 'net@2', pixelsKey: of, result });
  await put(Float32Array.of(0, 1));
  await put(Float32Array.of(1, 0));
  assert.deepEqual(await documents.embedding(id, 'net@2'), Float32Array.of(1, 0));
  assert.deepEqual(await documents.embedding(id, 'net@1'), Float32Array.of(0.6, -0.8, 0));
  assert.deepEqual(await state(), ['net@1', 'embedded'], 'the row speaks of the active model');
  await store.models.adopt('net@2');
  await put('multiple-faces');
  assert.equal(await documents.embedding(id, 'net@2'), undefined);
  assert.equal(await store.embeddings.failure(id, 'net@2'), 'multiple-faces');
  assert.deepEqual(await state(), ['net@2', 'multiple-faces']);
  await put(Float32Array.of(1, 1), randomBytes(32));
  assert.equal(await documents.embedding(id, 'net@2'), undefined, 'of a photo the document no longer has');
  await assert.rejects(put(Float32Array.of(Number.NaN)), code('internal'));
});

test('a comparison keeps its probe under a key of its own', async (t) => {
  const { store } = await made(t);
  const comparison = newComparison(store);
  assert.deepEqual(await store.comparisons.create(comparison), {
    id: comparison.id,
    created: true,
    mode: 'active',
  });
  const { probe, audit, idempotency, ...rest } = comparison;
  assert.deepEqual(await store.comparisons.get(comparison.id), { ...rest, mode: 'active' });
  const kept = await store.comparisons.probe(comparison.id);
  assert.deepEqual(Buffer.from(kept!.photo), probe!.photo);
  assert.deepEqual(kept!.embedding, probe!.embedding);

  await store.keyring.destroyMonth('2026-06' as never);
  await assert.rejects(store.comparisons.probe(comparison.id), code('not-found'));
  assert.deepEqual((await store.comparisons.get(comparison.id)).detail, { fused: 0.71 });
  await assert.rejects(store.comparisons.get(randomUUID()), code('not-found'));
  assert.equal(await store.comparisons.probe(randomUUID()), undefined);
});

test('tries are counted for each application', async (t) => {
  const { store } = await made(t);
  const { lookup, comparisons } = store;
  for (let n = 0; n < 3; n++) await comparisons.create(newComparison(store, { probe: undefined }));
  assert.equal(await comparisons.tries(lookup.application('application-1')), 3);
  assert.equal(await comparisons.tries(lookup.application('application-2')), 0);
});

test('an idempotency key creates once, for a day, and only for the same request', async (t) => {
  let time = now;
  const store = await openStore(storeOptions(folder(t), { clock: () => time }));
  t.after(() => store.close());
  const claim = {
    key: store.lookup.idempotency('office', 'k1'),
    fingerprint: store.lookup.fingerprint(Uint8Array.of(1)),
  };
  const other = { ...claim, fingerprint: store.lookup.fingerprint(Uint8Array.of(2)) };
  assert.equal(await store.idempotency.find('comparison', claim), undefined);
  const both = await Promise.all([
    store.comparisons.create(newComparison(store, { idempotency: claim })),
    store.comparisons.create(newComparison(store, { idempotency: claim })),
  ]);
  // Either may come first.
  const { id } = both.find(({ created }) => created)!;
  assert.deepEqual(
    both.toSorted((a, b) => Number(b.created) - Number(a.created)),
    [
      { id, created: true, mode: 'active' },
      { id, created: false, mode: 'active' },
    ],
  );
  assert.equal(await store.idempotency.find('comparison', claim), id);
  const mismatch = code('idempotency-mismatch');
  await assert.rejects(store.idempotency.find('comparison', other), mismatch);
  await assert.rejects(store.idempotency.find('document', claim), mismatch);
  await assert.rejects(store.comparisons.create(newComparison(store, { idempotency: other })), mismatch);
  assert.deepEqual(await store.stats(), { holders: 0, documents: 0, comparisons: 1, auditEntries: 1 });

  time = new Date(now.getTime() + 25 * 3600 * 1000);
  assert.equal(await store.idempotency.find('comparison', other), undefined);
  assert.equal((await store.comparisons.create(newComparison(store, { idempotency: other }))).created, true);
});
