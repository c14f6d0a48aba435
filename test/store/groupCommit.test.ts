import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStore } from '../../src/store/store.js';
import { code, folder, newDocument, storeOptions } from './fixture.js';

test('documents that arrive together are stored or refused one by one, and survive together', async (t) => {
  const options = storeOptions(folder(t));
  const store = await openStore(options);
  const first = newDocument(store);
  await store.documents.create(first);
  const before = await store.stats();
  const fresh = Array.from({ length: 80 }, () => newDocument(store));
  // Of the same number and type as the first, and of another content.
  const conflicting = fresh.map(() => newDocument(store, { numberKey: first.numberKey }));
  const all = fresh.flatMap((document, i) => [document, conflicting[i]!]);
  const results = await Promise.allSettled(all.map((document) => store.documents.create(document)));
  for (const [i, result] of results.entries()) {
    if (i % 2 === 0) assert.ok(result.status === 'fulfilled' && result.value.created);
    else assert.ok(result.status === 'rejected' && code('transfer-conflict')(result.reason));
  }
  const { documents, auditEntries } = await store.stats();
  assert.equal(documents, before.documents + fresh.length);
  assert.equal(auditEntries, before.auditEntries + fresh.length);
  await store.close();

  const reopened = await openStore(options);
  t.after(() => reopened.close());
  for (const { id, record } of fresh) assert.deepEqual((await reopened.documents.open(id)).record, record);
  assert.deepEqual(await reopened.stats(), { ...before, documents, auditEntries, holders: documents });
});
