import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { monthOf } from '../../src/store/month.js';
import { openStore } from '../../src/store/store.js';
import { type DirectDatabase, directDatabase, snapshotOf } from '../support/directDatabase.js';
import { testOfSqlite } from '../support/postgres.js';
import { code, folder, newComparison, newDocument, storeOptions } from './fixture.js';

const integrity = code('integrity-failure');

/** Two documents and a comparison in a closed store, edited behind its back and opened again. */
async function tampered(t: TestContext, edit: (db: DirectDatabase, ids: [string, string]) => void) {
  const options = storeOptions(folder(t));
  const store = await openStore(options);
  const [a, b] = [newDocument(store), newDocument(store)];
  await store.documents.create(a);
  await store.documents.create(b);
  await store.comparisons.create(newComparison(store, { id: 'comparison-1' }));
  await store.close();
  const db = directDatabase(options.databasePath);
  edit(db, [a.id, b.id]);
  db.close();
  const again = await openStore(options);
  t.after(() => again.close());
  return { store: again, a: a.id, b: b.id };
}

const swaps: [name: string, sql: string][] = [
  [
    "another document's photo",
    "update document_images set content = (select content from document_images where document_id = $b and kind = 'photo') where document_id = $a and kind = 'photo'",
  ],
  [
    'the signature in place of the photo',
    "update document_images set content = (select content from document_images where document_id = $a and kind = 'signature') where document_id = $a and kind = 'photo'",
  ],
  [
    "another document's record",
    'update documents set record = (select record from documents where id = $b) where id = $a',
  ],
  ['a removed photo', "delete from document_images where document_id = $a and kind = 'photo'"],
  ['a longer retention', "update documents set retention_ends = '2099-05-05' where id = $a"],
  [
    'a cut photo',
    "update document_images set content = substr(content, 1, 40) where document_id = $a and kind = 'photo'",
  ],
  ['an unknown key', "update documents set key_id = 'none' where id = $a"],
];
for (const [name, sql] of swaps) {
  test(`a document does not open with ${name}; its neighbour does`, async (t) => {
    const { store, a, b } = await tampered(t, (db, [a, b]) => {
      const statement = db.prepare(sql);
      statement.run(sql.includes('$b') ? { a, b } : { a });
    });
    await assert.rejects(store.documents.open(a), integrity);
    await store.documents.open(b);
  });
}

test("a whole record moved under another's key does not open", async (t) => {
  const { store, a } = await tampered(t, (db, [a, b]) => {
    const { key_id, record } = db.prepare('select key_id, record from documents where id = ?').get(b) as {
      key_id: string;
      record: Buffer;
    };
    db.prepare('update documents set key_id = key_id || ? where id = ?').run('-old', b);
    db.prepare('update documents set key_id = ?, record = ? where id = ?').run(key_id, record, a);
  });
  await assert.rejects(store.documents.open(a), integrity);
});

test('an embedding passed off as another model’s, or another document’s, does not open', async (t) => {
  const { store, a, b } = await tampered(t, (db, [a, b]) => {
    db.prepare("update embeddings set model = 'net@9' where document_id = ?").run(a);
    const vector = db.prepare('select vector from embeddings where document_id = ?').pluck().get(a) as Buffer;
    db.prepare('update embeddings set vector = ? where document_id = ?').run(vector, b);
  });
  await assert.rejects(store.documents.embedding(a, 'net@9'), integrity);
  await assert.rejects(store.documents.embedding(b, 'net@1'), integrity);
});

test('a probe’s embedding does not open as its photo, nor a changed detail at all', async (t) => {
  const { store } = await tampered(t, (db) => {
    db.exec('update probes set photo = embedding; update comparisons set detail = zeroblob(60)');
  });
  await assert.rejects(store.comparisons.probe('comparison-1'), integrity);
  await assert.rejects(store.comparisons.get('comparison-1'), integrity);
});

testOfSqlite(
  'bytes of its file',
  'bytes overwritten on the disk fail that record and no other',
  async (t) => {
    const options = storeOptions(folder(t));
    const store = await openStore(options);
    const [hit, spared] = [newDocument(store, { photo: randomBytes(50_000) }), newDocument(store)];
    await store.documents.create(hit);
    await store.documents.create(spared);
    await store.close();
    const db = directDatabase(options.databasePath, { readonly: true });
    const content = db
      .prepare("select content from document_images where document_id = ? and kind = 'photo'")
      .pluck()
      .get(hit.id) as Buffer;
    db.close();
    const at = readFileSync(options.databasePath).indexOf(content.subarray(20_000, 20_200));
    assert.ok(at > 0);
    const file = openSync(options.databasePath, 'r+');
    writeSync(file, randomBytes(200), 0, 200, at);
    closeSync(file);

    const again = await openStore(options);
    t.after(() => again.close());
    await assert.rejects(again.documents.open(hit.id), integrity);
    await again.documents.open(spared.id);
  },
);

testOfSqlite('its file', 'a damaged database header is reported and left alone', async (t) => {
  const options = storeOptions(folder(t));
  await (await openStore(options)).close();
  writeFileSync(options.databasePath, randomBytes(100), { flag: 'r+' });
  const before = readFileSync(options.databasePath);
  await assert.rejects(openStore(options), code('store-unavailable'));
  assert.deepEqual(readFileSync(options.databasePath), before);
});

test('destroying its key makes a document unreadable for good, also from a copy made before', async (t) => {
  const options = storeOptions(folder(t));
  const store = await openStore(options);
  const [gone, kept, other] = [
    newDocument(store),
    newDocument(store),
    newDocument(store, { retentionEnds: '2041-01-01' }),
  ];
  for (const document of [gone, kept, other]) await store.documents.create(document);
  await store.close();
  const putBack = snapshotOf(options.databasePath);
  const db = directDatabase(options.databasePath, { readonly: true });
  const keyId = db.prepare('select key_id from documents where id = ?').pluck().get(gone.id) as string;
  db.close();

  const destroying = await openStore(options);
  await destroying.keyring.destroyKeys(monthOf(gone.retentionEnds), [keyId]);
  await destroying.keyring.destroyMonth(monthOf('2041-01-01'));
  await destroying.close();
  putBack();

  const restored = await openStore(options);
  t.after(() => restored.close());
  for (const { id } of [gone, other]) {
    await assert.rejects(restored.documents.open(id), code('not-found'));
    await assert.rejects(restored.documents.embedding(id, 'net@1'), code('not-found'));
  }
  await restored.documents.open(kept.id);
});
