import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { openStore } from '../../src/store/store.js';
import { directDatabase } from '../support/directDatabase.js';
import { code, folder, newComparison, storeOptions } from './fixture.js';

async function withEntries(t: TestContext, count: number) {
  const options = storeOptions(folder(t));
  const store = await openStore(options);
  t.after(() => store.close());
  for (let n = 0; n < count; n++) {
    await store.audit.append({
      client: 'office',
      actor: 'clerk-1',
      action: 'comparison.read',
      subject: { record: randomUUID() },
      outcome: 'done',
      facts: { n, parts: ['photo'] },
    });
  }
  return { options, store };
}

function edit(path: string, ...statements: string[]) {
  const db = directDatabase(path);
  for (const statement of statements) db.exec(statement);
  db.close();
}

const unlocked = ['drop trigger audit_is_never_updated', 'drop trigger audit_is_never_deleted'];

test('an empty and a grown chain are intact', async (t) => {
  const { store } = await withEntries(t, 0);
  assert.deepEqual(await store.audit.verify(), { intact: true, entries: 0, head: new Uint8Array(32) });
  const { store: grown } = await withEntries(t, 12);
  const check = await grown.audit.verify();
  assert.ok(check.intact);
  assert.equal(check.entries, 12);
});

test('the database itself refuses to edit or delete entries', async (t) => {
  const { options } = await withEntries(t, 2);
  assert.throws(() => edit(options.databasePath, "update audit set outcome = 'x'"), /append-only/);
  assert.throws(() => edit(options.databasePath, 'delete from audit'), /append-only/);
});

const forgeries: [name: string, sql: string, seq: number][] = [
  ['an edited outcome', "update audit set outcome = 'denied' where seq = 3", 3],
  ['edited facts', "update audit set facts = '{}' where seq = 1", 1],
  ['another actor', 'update audit set actor_key = zeroblob(32) where seq = 4', 4],
  ['a removed subject', 'update audit set subject_key = null where seq = 2', 2],
  ['a moved time', "update audit set at = '2020-01-01T00:00:00.000Z' where seq = 5", 5],
  ['an entry removed', 'delete from audit where seq = 3', 3],
  ['the first entry removed', 'delete from audit where seq = 1', 1],
  [
    'two entries swapped',
    'update audit set seq = case seq when 2 then -3 else -2 end where seq in (2, 3)',
    2,
  ],
];
for (const [name, sql, seq] of forgeries) {
  test(`verification finds ${name}`, async (t) => {
    const { options, store } = await withEntries(t, 6);
    edit(options.databasePath, ...unlocked, sql, 'update audit set seq = -seq where seq < 0');
    assert.deepEqual(await store.audit.verify(), { intact: false, seq });
  });
}

test('when the entry cannot be written, neither is what it reports', async (t) => {
  const { options, store } = await withEntries(t, 1);
  edit(
    options.databasePath,
    "create trigger full before insert on audit begin select raise(abort, 'no room'); end",
  );
  await assert.rejects(store.comparisons.create(newComparison(store)), code('store-unavailable'));
  await assert.rejects(
    store.audit.append({ client: 'c', actor: 'a', action: 'x', outcome: 'done' }),
    code('store-unavailable'),
  );
  assert.deepEqual(await store.stats(), { holders: 0, documents: 0, comparisons: 0, auditEntries: 1 });
  edit(options.databasePath, 'drop trigger full');
  await store.comparisons.create(newComparison(store));
});
