import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { FacematchError } from '../../src/errors.js';
import { guarded, guardedSync } from '../../src/store/failures.js';
import { openStore } from '../../src/store/store.js';
import { directDatabase } from '../support/directDatabase.js';
import { testOfSqlite } from '../support/postgres.js';
import { code, folder, newComparison, newDocument, storeOptions } from './fixture.js';

const entry = { client: 'office', actor: 'clerk', action: 'comparison.read', outcome: 'done' };

test('a full database is storage-full, and no row is quoted', () => {
  const db = new Database(':memory:');
  db.exec('create table t (secret text) strict');
  db.pragma('max_page_count = 3');
  const fill = () => db.prepare('insert into t values (?)').run('Peeters'.repeat(5000));
  assert.throws(
    () => guardedSync(fill),
    (error) => code('storage-full')(error) && !/Peeters/.test(`${error}${(error as FacematchError).cause}`),
  );
});

test('other failures of the database are store-unavailable; errors of our own pass', async () => {
  const db = new Database(':memory:');
  db.close();
  assert.throws(() => guardedSync(() => db.prepare('select 1')), code('store-unavailable'));
  const own = new FacematchError('not-found', 'x');
  await assert.rejects(
    guarded(() => Promise.reject(own)),
    (error) => error === own,
  );
  const broken = new RangeError('x');
  assert.throws(
    () =>
      guardedSync(() => {
        throw broken;
      }),
    (error) => error === broken,
  );
});

testOfSqlite(
  'its one writer',
  'a lock held by another process is waited for without stopping the event loop, then reported',
  async (t) => {
    const options = storeOptions(folder(t));
    const store = await openStore(options);
    t.after(() => store.close());
    const other = directDatabase(options.databasePath);
    t.after(() => other.close());

    other.exec('begin immediate');
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 5);
    await assert.rejects(store.audit.append(entry), code('store-unavailable'));
    clearInterval(ticking);
    assert.ok(ticks > 2, `${ticks} ticks`);

    const waiting = store.audit.append(entry);
    await sleep(100);
    other.exec('rollback');
    await waiting;
    assert.equal((await store.stats()).auditEntries, 1);
  },
);

test('a failed write leaves nothing behind and the next one works', async (t) => {
  const options = storeOptions(folder(t));
  const store = await openStore(options);
  t.after(() => store.close());
  const other = directDatabase(options.databasePath);
  t.after(() => other.close());
  other.exec(
    "create trigger refuse before insert on document_identity_keys begin select raise(abort, 'x'); end",
  );
  const document = newDocument(store);
  await assert.rejects(store.documents.create(document), code('store-unavailable'));
  assert.deepEqual(await store.stats(), { holders: 0, documents: 0, comparisons: 0, auditEntries: 0 });
  other.exec('drop trigger refuse');
  await store.documents.create(document);
  await store.comparisons.create(newComparison(store));
  assert.deepEqual(await store.stats(), { holders: 1, documents: 1, comparisons: 1, auditEntries: 2 });
});
