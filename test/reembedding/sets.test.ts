import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { openStore, type Store } from '../../src/store/store.js';
import { code, folder, newDocument, storeOptions } from '../store/fixture.js';

const [old, next] = ['net@1', 'net@2'];
const audit = { client: 'cli', actor: 'operator', action: 'model.switch', outcome: 'done' };
const vector = (...values: number[]) => Float32Array.from(values);

async function made(t: TestContext): Promise<Store> {
  const store = await openStore(storeOptions(folder(t)));
  t.after(() => store.close());
  return store;
}

async function filled(t: TestContext) {
  const store = await made(t);
  const documents = [
    newDocument(store),
    newDocument(store, { embedding: { model: old, vector: vector(0, 1, 0) } }),
    newDocument(store, { embedding: { model: old, failure: 'no-face' } }),
  ].sort((a, b) => a.id.localeCompare(b.id));
  for (const document of documents) await store.documents.create(document);
  await store.models.adopt(old);
  return { store, documents };
}

const put = (
  store: Store,
  { id, pixelsKey }: { id: string; pixelsKey: Uint8Array },
  result: Float32Array | string,
) => store.embeddings.put(id, { model: next, pixelsKey, result });

const rowOf = async (store: Store, { numberKey }: { numberKey: Uint8Array }) => {
  const { byNumber } = await store.documents.findByKeys({ identity: [], numbers: [numberKey] });
  const { embeddingModel, embeddingState } = byNumber[0]![0]!;
  return [embeddingModel, embeddingState];
};

test('the first model used is the active one, and no later one pushes it aside', async (t) => {
  const store = await made(t);
  assert.equal(await store.models.active(), undefined);
  assert.equal((await store.models.adopt(old)).active, old);
  assert.equal((await store.models.adopt(next)).active, old);
});

test('a set grows beside the active one, and what is done is not done again', async (t) => {
  const { store, documents } = await filled(t);
  const [first, second, third] = documents;
  const ids = documents.map(({ id }) => id);
  assert.deepEqual(await store.embeddings.missing(next, '', 10), ids);
  assert.deepEqual(await store.embeddings.missing(next, '', 1), [ids[0]]);
  assert.deepEqual(await store.embeddings.missing(next, ids[0]!, 10), ids.slice(1));
  assert.deepEqual(await store.embeddings.missing(old, '', 10), []);

  const before = await Promise.all(documents.map((document) => rowOf(store, document)));
  await put(store, first!, vector(1, 0));
  await put(store, second!, 'face-too-small');
  assert.deepEqual(await store.embeddings.missing(next, '', 10), [third!.id]);
  assert.deepEqual(await store.embeddings.coverage(next), { documents: 3, covered: 2 });
  assert.deepEqual(await store.documents.embedding(first!.id, next), vector(1, 0));
  // What the rows say, and so every comparison, is still by the active model.
  assert.deepEqual(await Promise.all(documents.map((document) => rowOf(store, document))), before);
});

test('nothing is kept of a photo that was replaced or destroyed meanwhile', async (t) => {
  const { store, documents } = await filled(t);
  await put(store, { id: documents[0]!.id, pixelsKey: randomBytes(32) }, vector(1, 0));
  await put(store, { id: 'gone', pixelsKey: randomBytes(32) }, vector(1, 0));
  assert.deepEqual(await store.embeddings.coverage(next), { documents: 3, covered: 0 });
  await assert.rejects(store.embeddings.photo('gone'), code('not-found'));
});

/** As the service does, some at a time. */
async function follow(store: Store): Promise<void> {
  for (let after: string | undefined = ''; after !== undefined; ) after = await store.models.follow(after, 2);
}

test('a switch waits for the last document, then happens all at once, and back likewise', async (t) => {
  const { store, documents } = await filled(t);
  const rows = () => Promise.all(documents.map((document) => rowOf(store, document)));
  const before = await rows();
  await put(store, documents[0]!, vector(1, 0));
  await put(store, documents[1]!, 'multiple-faces');
  await assert.rejects(store.models.switchTo(next, audit), code('input-invalid'));
  assert.equal((await store.models.active())!.active, old);
  assert.deepEqual(await rows(), before);

  await put(store, documents[2]!, vector(0, 1));
  await store.models.switchTo(next, audit);
  const { active, previous } = (await store.models.active())!;
  assert.deepEqual([active, previous], [next, old]);
  assert.deepEqual(await store.embeddings.coverage(next), { documents: 3, covered: 3 });
  assert.deepEqual(await store.embeddings.coverage(old), { documents: 3, covered: 3 });
  await follow(store);
  assert.deepEqual(await store.embeddings.coverage(old), { documents: 3, covered: 3 });
  assert.deepEqual(await rows(), [
    [next, 'embedded'],
    [next, 'multiple-faces'],
    [next, 'embedded'],
  ]);
  await assert.rejects(store.models.switchTo(next, audit), code('input-invalid'));

  // Arrived since: the model before has not seen it.
  const later = newDocument(store, { embedding: { model: next, vector: vector(1, 0) } });
  await store.documents.create(later);
  await store.models.rollBack({ ...audit, action: 'model.rollback' });
  await follow(store);
  assert.deepEqual(await rows(), before);
  assert.deepEqual(await rowOf(store, later), [next, 'embedded']);
  assert.deepEqual(await store.embeddings.coverage(old), { documents: 4, covered: 3 });
  // And back once more.
  await store.models.rollBack({ ...audit, action: 'model.rollback' });
  assert.equal((await store.models.active())!.active, next);
  await follow(store);
  assert.deepEqual((await rows())[1], [next, 'multiple-faces']);

  // Four transfers, a switch and two rollbacks.
  assert.equal((await store.stats()).auditEntries, 4 + 3);
});

test('discarding leaves the active set alone, and nothing to go back to', async (t) => {
  const { store, documents } = await filled(t);
  for (const document of documents) await put(store, document, vector(0.6, 0.8));
  await store.models.switchTo(next, audit);
  assert.equal(await store.models.discardOthers({ ...audit, action: 'model.discard' }), 2);
  for (const { id } of documents) {
    assert.equal(await store.documents.embedding(id, old), undefined);
    assert.deepEqual(await store.documents.embedding(id, next), vector(0.6, 0.8));
  }
  await assert.rejects(store.models.rollBack(audit), code('input-invalid'));
});
