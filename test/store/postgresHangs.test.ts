import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { PostgresDatabase } from '../../src/store/database/postgres.js';
import { PostgresExclusive } from '../../src/store/database/postgresExclusive.js';
import type { Schema } from '../../src/store/schema.js';
import { openStore } from '../../src/store/store.js';
import { PrivatePostgres, withoutPostgres } from '../support/postgres.js';
import { code, folder, newDocument, now, storeOptions } from './fixture.js';

const skip = withoutPostgres;
const answerMs = 1_000;
let postgres: PrivatePostgres;
before(async () => {
  if (!skip) postgres = await PrivatePostgres.start();
});
after(() => postgres?.dispose());

const unavailable = code('store-unavailable');
const sleeping = (seconds: number) => (db: Kysely<Schema>) => sql`select pg_sleep(${seconds})`.execute(db);

async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 4_000; tries++) {
    if (await holds()) return;
    await sleep(10);
  }
  assert.fail(`never: ${what}`);
}

const connectionsTo = async (name: string) => {
  const [row] = await postgres.query<{ n: string }>(
    `select count(*) as n from pg_stat_activity where application_name = 'facematch' and datname = '${name}'`,
  );
  return Number(row?.n);
};

test('processes of PostgreSQL hang under load: refusals, no answer goes to somebody else, and it goes on by itself', {
  skip,
}, async (t) => {
  const url = postgres.createDatabase('stopped');
  const store = await openStore(storeOptions(folder(t), { databaseUrl: url, answerMs }));
  t.after(() => store.close());
  const acknowledged: string[] = [];
  let [going, refused, read, wrong] = [true, 0, 0, 0];
  const work = Array.from({ length: 6 }, async (_, i) => {
    while (going) {
      try {
        const id = acknowledged.at(-1 - i);
        if (i < 3 || id === undefined) {
          acknowledged.push((await store.documents.create(newDocument(store))).documentId);
        } else {
          // Opens only with the key, and under the id, of the very row that was asked for.
          if ((await store.documents.open(id)).photo.length !== 3000) wrong += 1;
          read += 1;
        }
      } catch (error) {
        if (!unavailable(error)) wrong += 1;
        refused += 1;
        await sleep(5);
      }
    }
  });
  for (let round = 0; round < 2; round++) {
    const [stored, opened] = [acknowledged.length, read];
    await until(() => acknowledged.length >= stored + 20 && read >= opened + 20, 'both go on');
    const stopped = await postgres.hangBackends('facematch', 'stopped');
    t.after(() => postgres.goOn(stopped));
    assert.ok(stopped.length > 0);
    const before = refused;
    await until(() => refused > before, 'what hangs is refused');
    // Others are served meanwhile, on new connections.
    const [some] = acknowledged;
    await until(
      () =>
        store.documents.open(some ?? '').then(
          ({ photo }) => photo.length === 3000,
          () => false,
        ),
      'somebody reads while they hang',
    );
    postgres.goOn(stopped);
  }
  const stored = acknowledged.length;
  await until(() => acknowledged.length >= stored + 20, 'it is written again');
  going = false;
  await Promise.all(work);
  assert.equal(wrong, 0);
  for (const id of acknowledged) assert.equal((await store.documents.open(id)).photo.length, 3000);
  assert.ok((await store.audit.verify()).intact);
  await until(async () => (await connectionsTo('stopped')) <= 10, 'connections given up are gone');
  t.diagnostic(`${acknowledged.length} acknowledged, ${read} read, ${refused} refused`);
});

test('PostgreSQL hangs altogether: everything is refused, and answered once it goes on', {
  skip,
}, async (t) => {
  const url = postgres.createDatabase('hanging');
  const store = await openStore(storeOptions(folder(t), { databaseUrl: url, answerMs }));
  t.after(() => store.close());
  const before = newDocument(store);
  await store.documents.create(before);
  const stopped = postgres.hang();
  t.after(() => postgres.goOn(stopped));
  await Promise.all([
    assert.rejects(store.check(), unavailable),
    assert.rejects(store.documents.open(before.id), unavailable),
    assert.rejects(store.documents.create(newDocument(store)), unavailable),
    assert.rejects(store.models.active(), unavailable),
  ]);
  // With connections that are given up, and none to be had.
  await assert.rejects(store.check(), unavailable);
  postgres.goOn(stopped);
  await until(
    () =>
      store.check().then(
        () => true,
        () => false,
      ),
    'it answers again',
  );
  assert.equal((await store.documents.open(before.id)).photo.length, 3000);
  await store.documents.create(newDocument(store));
});

test('what takes long by its nature has the time it needs, and the next query on the connection has not', {
  skip,
}, async (t) => {
  const url = postgres.createDatabase('patient');
  const locker = await PostgresDatabase.open({ url }, () => now);
  t.after(() => locker.close());
  // Opening waits for whoever migrates: longer than a request would.
  let release = () => {};
  const gate = new Promise<void>((done) => {
    release = done;
  });
  const held = locker.write(async (trx) => {
    await sql`lock table migrations in access exclusive mode`.execute(trx);
    await gate;
  });
  const opening = PostgresDatabase.open({ url, connections: 1, answerMs }, () => now);
  await sleep(2 * answerMs);
  release();
  await held;
  const database = await opening;
  t.after(() => database.close());
  const givenUp = (error: unknown) =>
    unavailable(error) && (error as { facts: { sqlstate?: string } }).facts.sqlstate === '57014';
  await assert.rejects(database.read(sleeping(30)), givenUp);
  await database.patient.read(sleeping(1.5));
  await database.patient.write((trx) => sleeping(1.5)(trx));
  await assert.rejects(database.read(sleeping(30)), givenUp);
  await assert.rejects(
    database.write((trx) => sleeping(30)(trx)),
    givenUp,
  );
  // Commands, which nobody waits for, bound nothing.
  await locker.read(sleeping(1.5));
  await database.checkpoint();
});

test('a lock that was asked for without an answer is not held by nobody', { skip }, async (t) => {
  const url = postgres.createDatabase('locks');
  const [one, other] = [new PostgresExclusive(url), new PostgresExclusive(url)];
  t.after(() => Promise.all([one.close(), other.close()]));
  await (await one.hold('first'))?.release();
  const stopped = await postgres.hangBackends('facematch-locks', 'locks');
  t.after(() => postgres.goOn(stopped));
  await assert.rejects(one.hold('retention'), unavailable);
  postgres.goOn(stopped);
  // The server may have given it meanwhile, to a session that is over.
  await until(async () => {
    const held = await other.hold('retention');
    await held?.release();
    return held !== undefined;
  }, 'it can be had');
  const again = await one.hold('retention');
  assert.ok(again);
  assert.equal(await other.hold('retention'), undefined);
  await again.release();
});
