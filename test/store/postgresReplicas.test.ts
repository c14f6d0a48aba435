import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { watchActiveModel } from '../../src/reembedding/watchActive.js';
import { PostgresDatabase } from '../../src/store/database/postgres.js';
import { recordMigrations } from '../../src/store/migrations/records.js';
import { PrivatePostgres, withoutPostgres } from '../support/postgres.js';
import { type Replica, replicasOf } from '../support/replicas.js';
import { code, newComparison, newDocument, now } from './fixture.js';

const skip = withoutPostgres;
let postgres: PrivatePostgres;
before(async () => {
  if (!skip) postgres = await PrivatePostgres.start(['deadlock_timeout=100']);
});
after(() => postgres?.dispose());

const audit = { client: 'office', actor: 'clerk-1', action: 'comparison.read', outcome: 'done' };
const settledOf = async <T>(works: readonly Promise<T>[]) => {
  const results = await Promise.allSettled(works);
  return {
    done: results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
    failed: results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : [])),
  };
};

test('five processes that start at once make one schema', { skip }, async (t) => {
  const url = postgres.createDatabase('migrated');
  const opened = await Promise.all(
    Array.from({ length: 5 }, () => PostgresDatabase.open({ url }, () => now)),
  );
  t.after(() => Promise.all(opened.map((database) => database.close())));
  const [applied] = await postgres.query<{ n: string }>('select count(*) as n from migrations', 'migrated');
  assert.equal(Number(applied!.n), recordMigrations.length);
});

test('one transfer that reaches two replicas ten times at once is one document', { skip }, async (t) => {
  const { replicas } = await replicasOf(t, postgres);
  const transfer = newDocument(replicas[0]);
  const again = Array.from({ length: 20 }, (_, n) =>
    replicas[n % 2]!.documents.create({ ...transfer, id: randomUUID() }),
  );
  const created = await Promise.all(again);
  assert.equal(created.filter((one) => one.created).length, 1);
  assert.equal(new Set(created.map(({ documentId }) => documentId)).size, 1);
  const { holders, documents, auditEntries } = await replicas[0].stats();
  assert.deepEqual([holders, documents, auditEntries], [1, 1, 1]);
});

test('documents of a new holder that reach different replicas at once meet in one holder', {
  skip,
}, async (t) => {
  const { replicas } = await replicasOf(t, postgres);
  for (let round = 0; round < 5; round++) {
    const registerKey = randomBytes(32);
    const identityKeys = [randomBytes(32), randomBytes(32)];
    await Promise.all(
      replicas.flatMap((replica) =>
        Array.from({ length: 3 }, () =>
          replica.documents.create(newDocument(replica, { registerKey, identityKeys })),
        ),
      ),
    );
    assert.equal((await replicas[0].stats()).holders, round + 1);
  }
});

test('an idempotency key at two replicas at once creates one comparison', { skip }, async (t) => {
  const { replicas } = await replicasOf(t, postgres);
  for (let round = 0; round < 5; round++) {
    const idempotency = { key: randomBytes(32), fingerprint: randomBytes(32) };
    const created = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        replicas[n % 2]!.comparisons.create(newComparison(replicas[0], { idempotency })),
      ),
    );
    assert.equal(created.filter((one) => one.created).length, 1);
    assert.equal(new Set(created.map(({ id }) => id)).size, 1);
    assert.equal((await replicas[1].stats()).comparisons, round + 1);
    const other = { ...idempotency, fingerprint: randomBytes(32) };
    await assert.rejects(
      replicas[1].comparisons.create(newComparison(replicas[0], { idempotency: other })),
      code('idempotency-mismatch'),
    );
  }
});

async function reviewIn(replica: Replica): Promise<string> {
  const made = await replica.comparisons.create(newComparison(replica, { outcome: 'review' }));
  assert.ok(made.reviewId);
  return made.reviewId;
}
const claimOf = (person: string) => ({
  person,
  steps: ['first', 'second', 'settlement'] as const,
  at: now.toISOString(),
  endsAt: new Date(now.getTime() + 3_600_000).toISOString(),
  audit: { ...audit, action: 'review.claim' },
});

test('a review that two people take at two replicas at once is with one of them, and is decided once', {
  skip,
}, async (t) => {
  const { replicas } = await replicasOf(t, postgres);
  for (let round = 0; round < 5; round++) {
    const id = await reviewIn(replicas[0]);
    const people = ['analyst-1', 'analyst-2', 'analyst-3', 'analyst-4'];
    const claims = await settledOf(
      people.map((person, n) => replicas[n % 2]!.reviews.claim(id, claimOf(person)).then(() => person)),
    );
    assert.equal(claims.done.length, 1);
    assert.ok(claims.failed.every(code('review-claimed')));
    const [person = ''] = claims.done;
    const verdict = {
      ...{ person, verdict: 'same-person' as const, reason: 'alike', spentSeconds: 4, at: now.toISOString() },
      wordsEnd: '2030-01-01',
      next: () => ({ status: 'done' as const, verdict: 'same-person' as const }),
      audit: { ...audit, action: 'review.verdict' },
    };
    const verdicts = await settledOf(
      Array.from({ length: 4 }, (_, n) => replicas[n % 2]!.reviews.decide(id, verdict)),
    );
    assert.equal(verdicts.done.length, 1);
    assert.ok(verdicts.failed.every(code('review-closed', 'review-not-yours', 'review-claimed')));
  }
  let finals = 0;
  for await (const rows of replicas[1].figures.reviews('2026-01-01', '2027-01-01')) {
    for (const { step, n } of rows) if (step === 'final') finals += n;
  }
  assert.equal(finals, 5);
});

test('what four replicas write at once is one chain, in the order of its commits', { skip }, async (t) => {
  const { replicas } = await replicasOf(t, postgres, 4);
  const each = 30;
  await Promise.all(
    replicas.flatMap((replica, of) =>
      Array.from({ length: each }, (_, n) =>
        n % 10 === 0
          ? replica.documents.create(newDocument(replica))
          : replica.audit.append({ ...audit, actor: `clerk-${of}-${n % 3}` }),
      ),
    ),
  );
  const check = await replicas[0].audit.verify();
  assert.ok(check.intact);
  assert.equal(check.entries, each * replicas.length);
  let counted = 0;
  for await (const rows of replicas[0].figures.actions('2026-01-01', '2027-01-01')) {
    for (const { n } of rows) counted += n;
  }
  assert.equal(counted, check.entries);
});

test('no replica stores a comparison once another one suspended the service', { skip }, async (t) => {
  const { replicas } = await replicasOf(t, postgres);
  const [one, two] = replicas;
  const at = now.toISOString();
  const inAnHour = new Date(now.getTime() + 3_600_000).toISOString();
  const request = { mode: 'suspended' as const, reason: 'doubt', ground: 'law', person: 'supervisor-1' };
  const times = { endsAt: inAnHour, requestedAt: at, expiresAt: inAnHour, retentionEnds: '2030-01-01' };
  const id = await one.modes.request({ ...request, ...times, audit: { ...audit, action: 'mode.request' } });
  let suspended = false;
  let refused = 0;
  const late: string[] = [];
  const comparing = Array.from({ length: 6 }, async () => {
    while (refused < 12) {
      const before = suspended;
      try {
        const made = await two.comparisons.create(newComparison(two));
        if (before) late.push(made.id);
      } catch (error) {
        assert.ok(code('suspended')(error), String(error));
        refused += 1;
      }
    }
  });
  while ((await two.stats()).comparisons < 10) await new Promise((done) => setTimeout(done, 5));
  await one.modes.approve(id, 'supervisor-2', at, { ...audit, action: 'mode.approve' });
  suspended = true;
  await Promise.all(comparing);
  assert.deepEqual(late, []);
  assert.equal((await two.modes.effective())?.mode, 'suspended');
});

test('a switch of models reaches another replica at once, and also when it could not be told', {
  skip,
}, async (t) => {
  const { replicas, name } = await replicasOf(t, postgres);
  const [one, two] = replicas;
  await one.models.adopt('net@1');
  const seen = (model: string, everyMs: number) =>
    new Promise<string>((switched) => {
      const watch = watchActiveModel(two.models, model, { everyMs, switched });
      t.after(() => watch.close());
    });
  const listening = () =>
    postgres.query("select pid from pg_stat_activity where application_name = 'facematch-listener'", name);
  // Looks so seldom that only the announcement can tell in time.
  const told = seen('net@1', 3_600_000);
  while ((await listening()).length === 0) await new Promise((done) => setTimeout(done, 5));
  await one.models.switchTo('net@2', { ...audit, action: 'model.switch' });
  assert.equal(await told, 'net@2');
  // Deaf from now on: whoever listens is cut off again and again.
  const looked = seen('net@2', 50);
  await postgres.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'facematch-listener'",
    name,
  );
  await one.models.rollBack({ ...audit, action: 'model.switch' });
  assert.equal(await looked, 'net@1');
});

test('what a replica was doing when its connections were cut holds nobody up', { skip }, async (t) => {
  const { replicas, url, name } = await replicasOf(t, postgres);
  const hanging = await PostgresDatabase.open({ url }, () => now);
  t.after(() => hanging.close());
  let begun = () => {};
  const inside = new Promise<void>((done) => {
    begun = done;
  });
  let goOn = () => {};
  const wasCut = new Promise<void>((done) => {
    goOn = done;
  });
  const cut = hanging.write(async (trx) => {
    await trx.insertInto('holders').values({ id: 'half-done', created_at: 'x' }).execute();
    begun();
    await wasCut;
    await trx.insertInto('holders').values({ id: 'other-half', created_at: 'x' }).execute();
  });
  const refused = assert.rejects(cut, code('store-unavailable'));
  await inside;
  const waiting = replicas[1].documents.create(newDocument(replicas[1]));
  await postgres.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle in transaction' and datname = current_database()",
    name,
  );
  await waiting;
  goOn();
  await refused;
  assert.deepEqual(await replicas[0].stats(), { holders: 1, documents: 1, comparisons: 0, auditEntries: 1 });
});
