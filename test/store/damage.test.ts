import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import { openStore } from '../../src/store/store.js';
import { testOfSqlite } from '../support/postgres.js';
import { code, folder, newComparison, newDocument, storeOptions } from './fixture.js';

testOfSqlite(
  'it damages a page of its file',
  'once a damaged page was met nothing is written any more, and it is told once',
  async (t) => {
    const options = storeOptions(folder(t));
    const store = await openStore(options);
    const document = newDocument(store);
    await store.documents.create(document);
    const comparison = newComparison(store);
    await store.comparisons.create(comparison);
    await store.close();
    const db = new Database(options.databasePath, { readonly: true });
    const page = Number(
      db.prepare("select rootpage from sqlite_schema where name = 'comparisons'").pluck().get(),
    );
    const size = Number(db.pragma('page_size', { simple: true }));
    db.close();
    const file = openSync(options.databasePath, 'r+');
    writeSync(file, randomBytes(size), 0, size, (page - 1) * size);
    closeSync(file);

    const told: string[] = [];
    const damaged = await openStore({ ...options, onDamage: (sqlite) => told.push(sqlite) });
    t.after(() => damaged.close());
    await damaged.check();
    const unavailable = code('store-unavailable');
    await assert.rejects(damaged.comparisons.get(comparison.id), unavailable);
    await assert.rejects(damaged.comparisons.get(comparison.id), unavailable);
    assert.deepEqual(told, ['SQLITE_CORRUPT']);
    await assert.rejects(damaged.check(), unavailable);
    await assert.rejects(damaged.documents.create(newDocument(damaged)), unavailable);
    // What lies elsewhere can still be read, to be saved.
    assert.equal((await damaged.documents.open(document.id)).photo.length, 3000);
  },
);
