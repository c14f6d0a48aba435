import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isFacematchError } from '../../src/errors.js';
import type { Job } from '../../src/jobs/job.js';
import { startJobsOnPostgres } from '../../src/jobs/onPostgres.js';
import { PostgresDatabase } from '../../src/store/database/postgres.js';
import { listenTo } from '../../src/store/database/postgresAnnouncements.js';
import { PostgresExclusive } from '../../src/store/database/postgresExclusive.js';
import { assembleStore, openStore } from '../../src/store/store.js';
import { PrivatePostgres, withoutPostgres } from '../support/postgres.js';
import { type Lost, SilentNetwork } from '../support/silentNetwork.js';
import { code, folder, newDocument, now, storeOptions } from './fixture.js';

const skip = withoutPostgres;
const unavailable = code('store-unavailable');
let postgres: PrivatePostgres;
before(async () => {
  if (!skip) postgres = await PrivatePostgres.start();
});
after(() => postgres?.dispose());

async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 12_000; tries++) {
    if (await holds()) return;
    await sleep(10);
  }
  assert.fail(`never: ${what}`);
}

async function networkTo(t: TestContext, name: string) {
  const direct = postgres.createDatabase(name);
  const { network, url } = await SilentNetwork.before(direct);
  t.after(() => network.close());
  return { network, url, direct };
}

test('a network that loses packets without a word: 503, then it goes on, and nothing acknowledged is lost', {
  skip,
}, async (t) => {
  const { network, url, direct } = await networkTo(t, 'half_open');
  const near = await openStore(storeOptions(folder(t), { databaseUrl: direct }));
  t.after(() => near.close());
  const settings = { url, answerMs: 1_000, waitMs: 1_000, silentTransactionMs: 3_000 };
  const database = await PostgresDatabase.open(settings, () => now);
  t.after(() => database.close());
  const { keyring, ledger, lookup } = near;
  const store = assembleStore({ database, keyring, ledger, lookup }, { clock: () => now });
  const acknowledged: string[] = [];
  const wrong: unknown[] = [];
  let [going, refused, asked, answered] = [true, 0, 0, 0];
  const work = Array.from({ length: 6 }, async (_, i) => {
    while (going) {
      asked += 1;
      try {
        const id = acknowledged.at(-1 - i);
        if (i < 4 || id === undefined) {
          acknowledged.push((await store.documents.create(newDocument(store))).documentId);
        } else if ((await store.documents.open(id)).photo.length !== 3_000) wrong.push(id);
      } catch (error) {
        if (!isFacematchError(error, 'store-unavailable')) wrong.push(error);
        refused += 1;
        await sleep(5);
      }
      answered += 1;
    }
  });
  const rounds: [Lost, 'deliver' | 'forget'][] = [
    ['questions', 'deliver'],
    ['answers', 'deliver'],
    ['both', 'forget'],
    ['answers', 'forget'],
  ];
  for (const [lost, then] of rounds) {
    const stored = acknowledged.length;
    await until(() => acknowledged.length >= stored + 20, `it is written before ${lost} get lost`);
    network.lose(lost);
    const [before, all] = [refused, asked];
    // Whoever asked before, and whoever asks now, is told.
    await until(() => refused >= before + 7 && answered >= all, `${lost} get lost, and everybody is refused`);
    network[then]();
    const since = acknowledged.length;
    await until(() => acknowledged.length >= since + 20, `it is written after ${then}`);
  }
  going = false;
  await Promise.all(work);
  assert.deepEqual(wrong, []);
  for (const id of acknowledged) assert.equal((await near.documents.open(id)).photo.length, 3_000);
  const check = await near.audit.verify();
  assert.ok(check.intact);
  assert.equal(check.entries, (await near.stats()).documents);
  t.diagnostic(`${acknowledged.length} acknowledged, ${check.entries} stored, ${refused} refused`);
});

for (const then of ['deliver', 'forget'] as const) {
  test(`a lock whose session nothing is heard of is given up before anybody else gets it (${then})`, {
    skip,
  }, async (t) => {
    const { network, url, direct } = await networkTo(t, `locks_${then}`);
    // The near one keeps what it has, however busy the machine is.
    const [far, near] = [new PostgresExclusive(url, 500), new PostgresExclusive(direct)];
    t.after(() => Promise.all([far.close(), near.close()]));
    for (const lost of ['both', 'answers'] as const) {
      const held = await far.hold('retention');
      assert.ok(held);
      assert.equal(await near.hold('retention'), undefined);
      network.lose(lost);
      let taken: Awaited<ReturnType<typeof near.hold>>;
      await until(async () => {
        const before = held.lost.aborted;
        taken = await near.hold('retention');
        if (taken !== undefined) assert.ok(before || held.lost.aborted, 'two have it at a time');
        return taken !== undefined;
      }, 'another one gets it');
      network[then]();
      // It asks again, on a session that is heard, and waits for its turn.
      let again: Awaited<ReturnType<typeof far.hold>>;
      await until(async () => {
        const tried = await far.hold('retention').catch((error: unknown) => {
          assert.ok(unavailable(error), String(error));
          return 'refused';
        });
        assert.ok(tried === undefined || tried === 'refused', 'two have it at a time');
        return tried === undefined;
      }, 'it is told that somebody has it');
      await taken?.release();
      await until(async () => {
        again = await far.hold('retention');
        return again !== undefined;
      }, 'it gets it back');
      assert.equal(await near.hold('retention'), undefined);
      await again?.release();
      // Letting go of what was lost takes nothing from anybody.
      await held.release();
    }
  });
}

test('a process that stood still for long has lost its lock before it does anything else', {
  skip,
}, async (t) => {
  const url = postgres.createDatabase('stood_still');
  const [one, other] = [new PostgresExclusive(url, 20), new PostgresExclusive(url)];
  t.after(() => Promise.all([one.close(), other.close()]));
  const held = await one.hold('retention');
  assert.ok(held);
  const told = new Promise<boolean>((done) => {
    // What waited for the end of the stillness, and comes before any answer of the database.
    setTimeout(() => setImmediate(() => done(held.lost.aborted)), 20);
  });
  const end = performance.now() + 500;
  while (performance.now() < end);
  assert.ok(await told);
  await until(async () => (await other.hold('retention')) !== undefined, 'another one gets it');
});

test('a listener that hears nothing any more listens anew, and hears what is announced', {
  skip,
}, async (t) => {
  const { network, url, direct } = await networkTo(t, 'listening');
  const database = await PostgresDatabase.open({ url: direct }, () => now);
  t.after(() => database.close());
  let heard = 0;
  const stop = listenTo(url, () => heard++, 200);
  t.after(stop);
  await until(() => heard > 0, 'it listens');
  for (const lost of ['both', 'answers'] as const) {
    network.lose(lost);
    await database.write((trx) => database.announce(trx));
    network.forget();
    const before = heard;
    // Listening anew it is told to look again, as it may have missed something.
    await until(() => heard > before, 'it listens anew');
    const listening = heard;
    await until(async () => {
      await database.write((trx) => database.announce(trx));
      return heard > listening + 1;
    }, 'it hears');
  }
});

test('whoever stops does not wait for a goodbye that nobody answers', { skip }, async (t) => {
  const { network, url } = await networkTo(t, 'goodbye');
  const locks = new PostgresExclusive(url);
  let heard = 0;
  const stop = listenTo(url, () => heard++);
  const held = await locks.hold('retention');
  await until(() => heard > 0, 'it listens');
  network.lose('both');
  await Promise.all([locks.close(), stop()]);
  assert.ok(held?.lost.aborted);
});

test('a job whose process is no longer heard of ends there before another process takes it, and both go on', {
  skip,
}, async (t) => {
  const { network, url, direct } = await networkTo(t, 'jobs_silent');
  const events: string[] = [];
  let atWork = 0;
  const jobOf = (name: string): Job => ({
    ...{ name: 'tested', failedEvent: 'tested-failed', retries: 1, retryAfterMs: 1_000 },
    ...{ everyMs: 1_000, firstAfterMs: 0 },
    run: async (signal) => {
      atWork += 1;
      assert.equal(atWork, 1, 'two at a time');
      events.push(name);
      while (!signal.aborted && events.at(-1) === name && keepsWorking(name)) await sleep(5);
      atWork -= 1;
    },
  });
  let keepsWorking = (name: string): boolean => name === 'far';
  const start = async (name: string, address: string, beatMs?: number) => {
    const exclusive = new PostgresExclusive(address, beatMs);
    t.after(() => exclusive.close());
    const parts = { url: address, exclusive, failed: () => undefined, pollMs: 50, queryMs: 1_000 };
    const jobs = await startJobsOnPostgres([jobOf(name)], parts);
    t.after(() => jobs.stop());
    return jobs;
  };
  await start('far', url, 500);
  await until(() => events.includes('far'), 'the first has it');
  const near = await start('near', direct);
  network.lose('both');
  await until(() => events.at(-1) === 'near', 'the other takes it over');
  network.forget();
  keepsWorking = () => false;
  await near.stop();
  const before = events.length;
  await until(() => events.slice(before).includes('far'), 'the first has work again');
});

test('of more writes than may wait some are refused at once, and all others are done', {
  skip,
}, async (t) => {
  const url = postgres.createDatabase('crowded');
  const database = await PostgresDatabase.open({ url, connections: 4 }, () => now);
  t.after(() => database.close());
  let release = () => {};
  const gate = new Promise<void>((done) => {
    release = done;
  });
  const add = (id: string) =>
    database.write((trx) => trx.insertInto('holders').values({ id, created_at: '' }).execute(), []);
  // The one transaction that a process has at a time is at work.
  const running = database.write(() => gate, []);
  await until(async () => {
    const [row] = await postgres.query<{ n: string }>(
      "select count(*) as n from pg_stat_activity where state = 'idle in transaction' and datname = 'crowded'",
    );
    return Number(row?.n) === 1;
  }, 'it is at work');
  const most = 1_000;
  const writes = Array.from({ length: most + 200 }, (_, n) => add(`holder-${n}`));
  const results = Promise.allSettled(writes);
  release();
  await running;
  const settled = await results;
  for (const [n, result] of settled.entries()) {
    if (n < most) assert.equal(result.status, 'fulfilled', String(n));
    else assert.ok(result.status === 'rejected' && unavailable(result.reason), String(n));
  }
  const rows = await database.read((db) => db.selectFrom('holders').select('id').execute());
  assert.equal(rows.length, most);
  await add('after');
});

test('a write that serves a request does not wait for its turn for ever', { skip }, async (t) => {
  const url = postgres.createDatabase('waiting');
  const settings = { url, connections: 4, answerMs: 60_000, waitMs: 300 };
  const database = await PostgresDatabase.open(settings, () => now);
  t.after(() => database.close());
  let release = () => {};
  const gate = new Promise<void>((done) => {
    release = done;
  });
  const running = database.write(() => gate, []);
  const late = Array.from({ length: 40 }, (_, n) =>
    database.write(
      (trx) =>
        trx
          .insertInto('holders')
          .values({ id: `h${n}`, created_at: '' })
          .execute(),
      [],
    ),
  );
  for (const write of await Promise.allSettled(late)) {
    assert.ok(write.status === 'rejected' && unavailable(write.reason));
  }
  release();
  await running;
  // What was refused is not done later.
  assert.deepEqual(await database.read((db) => db.selectFrom('holders').selectAll().execute()), []);
  await database.write((trx) => trx.insertInto('holders').values({ id: 'a', created_at: '' }).execute(), []);
});
