import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { isFacematchError } from '../../src/errors.js';
import { PostgresDatabase } from '../../src/store/database/postgres.js';
import { isReferenceGone } from '../../src/store/failures.js';
import { openStore, type Store } from '../../src/store/store.js';
import { PrivatePostgres, withoutPostgres } from '../support/postgres.js';
import { code, folder, newComparison, newDocument, now, storeOptions } from './fixture.js';

const skip = withoutPostgres;
let postgres: PrivatePostgres;
before(async () => {
  if (!skip) postgres = await PrivatePostgres.start(['deadlock_timeout=50']);
});
after(() => postgres?.dispose());

const unavailable = code('store-unavailable');
const entry = { client: 'office', actor: 'clerk', action: 'comparison.read', outcome: 'done' };
const open = (name: string, settings = {}) =>
  PostgresDatabase.open({ url: postgres.createDatabase(name), ...settings }, () => now);

/** Writes until told to stop; says what was acknowledged and which errors there were. */
function writing(store: Store) {
  const acknowledged: string[] = [];
  const errors = new Map<string, number>();
  let going = true;
  const ends = Array.from({ length: 4 }, async () => {
    while (going) {
      try {
        acknowledged.push((await store.documents.create(newDocument(store))).documentId);
      } catch (error) {
        const said = isFacematchError(error) ? error.code : String(error);
        errors.set(said, (errors.get(said) ?? 0) + 1);
        await sleep(5);
      }
    }
  });
  return {
    acknowledged,
    errors,
    stop: async () => {
      going = false;
      await Promise.all(ends);
    },
  };
}

const until = async (holds: () => boolean) => {
  while (!holds()) await sleep(5);
};

for (const [name, interrupt] of [
  ['restarted', () => postgres.stop()],
  ['killed', () => postgres.kill()],
] as const) {
  test(`PostgreSQL ${name} under load: refusals, then it goes on, and nothing acknowledged is lost`, {
    skip,
  }, async (t) => {
    const url = postgres.createDatabase(`load_${name}`);
    const store = await openStore(storeOptions(folder(t), { databaseUrl: url }));
    t.after(() => store.close());
    const load = writing(store);
    for (let round = 0; round < 2; round++) {
      const before = load.acknowledged.length;
      await until(() => load.acknowledged.length >= before + 20);
      await interrupt();
      const failed = load.errors.get('store-unavailable') ?? 0;
      await until(() => (load.errors.get('store-unavailable') ?? 0) > failed);
      await assert.rejects(store.check(), unavailable);
      postgres.run();
    }
    const before = load.acknowledged.length;
    await until(() => load.acknowledged.length >= before + 20);
    await load.stop();
    assert.deepEqual([...load.errors.keys()], ['store-unavailable']);
    for (const id of load.acknowledged) assert.equal((await store.documents.open(id)).photo.length, 3000);
    const check = await store.audit.verify();
    assert.ok(check.intact);
    const { documents } = await store.stats();
    assert.equal(check.entries, documents);
    t.diagnostic(
      `${load.acknowledged.length} acknowledged, ${documents} stored, ${load.errors.get('store-unavailable')} refused`,
    );
  });
}

test('a pool run dry refuses after a bounded wait, and serves again', { skip }, async (t) => {
  const database = await open('dry', { connections: 2, waitMs: 300 });
  t.after(() => database.close());
  let release = () => {};
  const gate = new Promise<void>((done) => {
    release = done;
  });
  let begun = 0;
  const hold = () => {
    begun += 1;
    return gate;
  };
  const held = [
    database.write(hold, []),
    database.read(async (db) => db.connection().execute(async () => hold())),
  ];
  await until(() => begun === 2);
  await assert.rejects(
    database.read((db) => db.selectFrom('holders').selectAll().execute()),
    unavailable,
  );
  release();
  await Promise.all(held);
  assert.deepEqual(await database.read((db) => db.selectFrom('holders').selectAll().execute()), []);
});

/** Makes inserts into a table fail with this SQLSTATE, the first times. */
const failing = (table: string, sqlstate: string, times: number) => `
  create sequence failures;
  create function fail() returns trigger language plpgsql as $body$ begin
    if nextval('failures') <= ${times} then raise exception 'Peeters' using errcode = '${sqlstate}'; end if;
    return new;
  end $body$;
  create trigger failing before insert on ${table} for each row execute function fail();`;

test('a transaction that lost a race is begun again, and given up when it never wins', {
  skip,
}, async (t) => {
  for (const [sqlstate, times, stored] of [
    ['40001', 3, true],
    ['40P01', 3, true],
    ['40001', 1000, false],
  ] as const) {
    const name = `race_${sqlstate.toLowerCase()}_${times}`;
    const store = await openStore(storeOptions(folder(t), { databaseUrl: postgres.createDatabase(name) }));
    t.after(() => store.close());
    await postgres.query(failing('audit', sqlstate, times), name);
    const made = store.documents.create(newDocument(store));
    if (stored) assert.ok((await made).created);
    else await assert.rejects(made, unavailable);
    const n = stored ? 1 : 0;
    assert.deepEqual(await store.stats(), { holders: n, documents: n, comparisons: 0, auditEntries: n });
    assert.ok((await store.audit.verify()).intact);
  }
});

test('of two transactions that wait for one another one is begun again, and both are done', {
  skip,
}, async (t) => {
  const database = await open('deadlock');
  t.after(() => database.close());
  // Of two processes: one has one transaction at a time.
  const other = await open('deadlock');
  t.after(() => other.close());
  await database.write((trx) =>
    trx
      .insertInto('holders')
      .values([
        { id: 'a', created_at: '' },
        { id: 'b', created_at: '' },
      ])
      .execute(),
  );
  let runs = 0;
  const waiting: (() => void)[] = [];
  /** Whoever comes first waits for the other; when it is begun again nobody is waited for. */
  const bothAreHere = () =>
    new Promise<void>((done) => {
      waiting.push(done);
      if (waiting.length >= 2) for (const go of waiting) go();
    });
  const both = (on: PostgresDatabase, first: string, second: string) =>
    on.write(async (trx) => {
      runs += 1;
      await sql`update holders set created_at = created_at || ${first} where id = ${first}`.execute(trx);
      await bothAreHere();
      await sql`update holders set created_at = created_at || ${first} where id = ${second}`.execute(trx);
    }, []);
  await Promise.all([both(database, 'a', 'b'), both(other, 'b', 'a')]);
  const rows = await database.read((db) => db.selectFrom('holders').selectAll().orderBy('id').execute());
  assert.deepEqual(
    rows.map(({ created_at }) => [...created_at].sort().join('')),
    ['ab', 'ab'],
  );
  assert.ok(runs > 2, 'they met');
});

test('works that share a transaction fail alone, and none of what a failed one put off is done', {
  skip,
}, async (t) => {
  const name = 'groups';
  const store = await openStore(storeOptions(folder(t), { databaseUrl: postgres.createDatabase(name) }));
  t.after(() => store.close());
  const first = newDocument(store);
  await store.documents.create(first);
  const fresh = Array.from({ length: 60 }, () => newDocument(store));
  // Of the same number and type as the first, and of another content; or of no document at all.
  const works = fresh.flatMap((document) => [
    store.documents.create(document),
    store.documents.create(newDocument(store, { numberKey: first.numberKey })),
    store.comparisons.create(newComparison(store, { references: ['nobody'] })),
  ]);
  const results = await Promise.allSettled(works);
  for (const [n, result] of results.entries()) {
    if (n % 3 === 0) assert.equal(result.status, 'fulfilled');
    else {
      assert.ok(result.status === 'rejected');
      assert.ok(n % 3 === 1 ? code('transfer-conflict')(result.reason) : isReferenceGone(result.reason));
    }
  }
  const { documents, comparisons, auditEntries } = await store.stats();
  assert.deepEqual([documents, comparisons, auditEntries], [61, 0, 61]);
  for await (const groups of store.figures.groups('2026-01-01', '2027-01-01'))
    assert.fail(`${groups.length} counted`);
  assert.ok((await store.audit.verify()).intact);
  const transactions = async () => {
    const [row] = await postgres.query<{ n: string }>(
      'select count(distinct xmin::text) as n from audit',
      name,
    );
    return Number(row!.n);
  };
  const before = await transactions();
  const sound = Array.from({ length: 40 }, () => store.documents.create(newDocument(store)));
  for (const { created } of await Promise.all(sound)) assert.ok(created);
  const shared = (await transactions()) - before;
  assert.ok(shared < sound.length, 'sound ones share theirs');
  t.diagnostic(`${sound.length} entries in ${shared} transactions`);
});

test('a newer version that adds columns does not disturb one that runs', { skip }, async (t) => {
  const name = 'newer_columns';
  const store = await openStore(storeOptions(folder(t), { databaseUrl: postgres.createDatabase(name) }));
  t.after(() => store.close());
  const comparison = newComparison(store);
  await store.comparisons.create(comparison);
  // Known to several connections.
  const read = () => Promise.all(Array.from({ length: 12 }, () => store.comparisons.get(comparison.id)));
  await read();
  for (const table of ['comparisons', 'modes', 'audit_periods', 'audit_people', 'audit']) {
    await postgres.query(`alter table ${table} add column later text`, name);
  }
  await read();
  await Promise.all(Array.from({ length: 8 }, () => store.comparisons.create(newComparison(store))));
  assert.equal((await store.stats()).comparisons, 9);
  assert.ok((await store.audit.verify()).intact);
});

test('a full disk is storage-full, other failures are store-unavailable, and no row is quoted', {
  skip,
}, async (t) => {
  for (const [sqlstate, expected] of [
    ['53100', 'storage-full'],
    ['53300', 'store-unavailable'],
    ['P0001', 'store-unavailable'],
  ] as const) {
    const name = `fails_${sqlstate.toLowerCase()}`;
    const store = await openStore(storeOptions(folder(t), { databaseUrl: postgres.createDatabase(name) }));
    t.after(() => store.close());
    await postgres.query(failing('audit', sqlstate, 1), name);
    await assert.rejects(store.audit.append(entry), (error) => {
      const { message, facts, cause } = error as { message: string; facts: object; cause?: unknown };
      assert.ok(!`${message}${JSON.stringify(facts)}${cause}`.includes('Peeters'));
      return code(expected)(error);
    });
    await store.audit.append(entry);
  }
});

test('a reference that went meanwhile is told from other failures', { skip }, async (t) => {
  const store = await openStore(storeOptions(folder(t), { databaseUrl: postgres.createDatabase('gone') }));
  t.after(() => store.close());
  const missing = newComparison(store, { references: ['nobody'] });
  await assert.rejects(store.comparisons.create(missing), isReferenceGone);
  assert.equal((await store.stats()).comparisons, 0);
});

test('a failure that a work does not mention is no commit', { skip }, async (t) => {
  const database = await open('swallowed');
  t.after(() => database.close());
  const careless = database.write(async (trx) => {
    await trx.insertInto('holders').values({ id: 'a', created_at: '' }).execute();
    await sql`select * from nothing_of_this_name`.execute(trx).catch(() => undefined);
  });
  await assert.rejects(careless, unavailable);
  assert.deepEqual(await database.read((db) => db.selectFrom('holders').selectAll().execute()), []);
});

test('a database that would lose commits is refused; one that is told to later still commits durably', {
  skip,
}, async (t) => {
  const url = postgres.createDatabase('lossy');
  const lossy = 'alter database lossy set synchronous_commit = off';
  const database = await PostgresDatabase.open({ url, connections: 1 }, () => now);
  await database.close();
  await postgres.query(lossy);
  await assert.rejects(
    PostgresDatabase.open({ url }, () => now),
    unavailable,
  );
  await postgres.query('alter database lossy reset synchronous_commit');
  const later = await PostgresDatabase.open({ url, connections: 1 }, () => now);
  t.after(() => later.close());
  await postgres.query(lossy);
  await later.read((db) => sql`set synchronous_commit = off`.execute(db));
  const { rows } = await later.write((trx) =>
    sql<{ setting: string }>`select current_setting('synchronous_commit') as setting`.execute(trx),
  );
  assert.equal(rows[0]!.setting, 'on');
});

test("somebody else's database, a newer one and one that is not there are refused and left alone", {
  skip,
}, async () => {
  const theirs = postgres.createDatabase('theirs');
  await postgres.query('create table mine (x integer)', 'theirs');
  await assert.rejects(
    PostgresDatabase.open({ url: theirs }, () => now),
    code('migration-refused'),
  );
  await (await open('newer')).close();
  await postgres.query("insert into migrations values (99, '9999-later', 'x', 'x')", 'newer');
  await assert.rejects(
    PostgresDatabase.open({ url: postgres.url('newer') }, () => now),
    code('migration-refused'),
  );
  await assert.rejects(
    PostgresDatabase.open({ url: postgres.url('nobody') }, () => now),
    unavailable,
  );
  const nowhere = 'postgres://nobody@127.0.0.1:1/none';
  await assert.rejects(
    PostgresDatabase.open({ url: nowhere }, () => now),
    unavailable,
  );
});

test('text sorts by its bytes, numbers have 64 bits, and the trail is append-only, as on SQLite', {
  skip,
}, async (t) => {
  const database = await open('schema');
  t.after(() => database.close());
  const odd = await postgres.query(
    `select table_name, column_name from information_schema.columns where table_schema = 'public'
      and table_name <> 'migrations' and (data_type = 'integer' or data_type = 'text' and collation_name is distinct from 'C')`,
    'schema',
  );
  assert.deepEqual(odd, []);
  const values = "(1, '', '', '', '', null, '', '', '', '')";
  await postgres.query(
    `insert into audit (seq, at, actor_key, client, action, subject_key, outcome, facts, prev_hash, hash) values ${values}`,
    'schema',
  );
  for (const statement of ["update audit set outcome = 'x'", 'delete from audit', 'truncate audit']) {
    await assert.rejects(postgres.query(statement, 'schema'), /append-only/);
  }
  await assert.rejects(postgres.query('truncate audit_heads', 'schema'), /append-only/);
});

test('a copy put back from before a destruction loses it again before anybody reads', { skip }, async (t) => {
  const name = 'put_back';
  const options = storeOptions(folder(t), { databaseUrl: postgres.createDatabase(name) });
  const store = await openStore(options);
  const [gone, kept] = [newDocument(store), newDocument(store)];
  for (const document of [gone, kept]) await store.documents.create(document);
  await store.close();
  await postgres.query(`create database earlier template ${name}`);
  const destroying = await openStore(options);
  const order = { client: 'test', actor: 'operator', ground: 'court order' };
  assert.ok(await destroying.destruction.destroyNow('document', gone.id, order));
  await destroying.close();
  await postgres.query(`drop database ${name}`);
  await postgres.query(`alter database earlier rename to ${name}`);
  const restored = await openStore(options);
  t.after(() => restored.close());
  assert.equal(restored.resumed, 1);
  await assert.rejects(restored.documents.open(gone.id), code('not-found'));
  await restored.documents.open(kept.id);
});
