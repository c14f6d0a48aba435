import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { test } from 'node:test';
import { openStore } from '../../src/store/store.js';
import { testOfSqlite } from '../support/postgres.js';
import { code, folder, newComparison, newDocument, storeOptions } from './fixture.js';

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

testOfSqlite(
  'PostgreSQL keeps a log of its own',
  'the log is moved into the database between commits, before a commit has to',
  async (t) => {
    const options = storeOptions(folder(t));
    const store = await openStore(options);
    t.after(() => store.close());
    let largest = 0;
    let written = 0;
    let before = logOf(options.databasePath).mtimeMs;
    for (let n = 0; n < 400; n++) {
      await store.comparisons.create(newComparison(store));
      const { size, mtimeMs } = logOf(options.databasePath);
      largest = Math.max(largest, size);
      if (mtimeMs !== before) written += 1;
      before = mtimeMs;
    }
    assert.ok(written > 300, 'each comparison went through the log');
    assert.ok(largest < 3500 * 4120, `${largest} bytes`);
    t.diagnostic(`${largest} bytes at most`);
  },
);

const logOf = (path: string) => statSync(`${path}-wal`);
