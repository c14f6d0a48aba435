import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CompiledQuery, sql, type Transaction } from 'kysely';
import { PostgresDatabase } from '../../src/store/database/postgres.js';
import { together } from '../../src/store/database/together.js';
import type { Statement } from '../../src/store/prepared.js';
import type { Schema } from '../../src/store/schema.js';
import { PrivatePostgres, withoutPostgres } from '../support/postgres.js';
import { now } from './fixture.js';

const skip = withoutPostgres;
let postgres: PrivatePostgres;
let database: PostgresDatabase;
before(async () => {
  if (skip) return;
  postgres = await PrivatePostgres.start();
  database = await PostgresDatabase.open({ url: postgres.createDatabase('together') }, () => now);
});
after(async () => {
  await database?.close();
  await postgres?.dispose();
});

const holder =
  (id: string): Statement =>
  (db) =>
    db
      .insertInto('holders')
      .values({ id, created_at: `of ${id}` })
      .compile();
const renamed =
  (from: string, to: string): Statement =>
  () =>
    CompiledQuery.raw('update holders set created_at = $2 where id = $1', [from, to]);
const holders = () =>
  database.read((db) => db.selectFrom('holders').selectAll().orderBy('id').execute()) as Promise<object[]>;
const reasonOf = async (works: Promise<unknown>): Promise<unknown> =>
  (
    (await works.then(
      () => assert.fail('it was to fail'),
      (error: unknown) => error,
    )) as { cause?: { code?: string }; code?: string }
  ).code;
const inTransaction = <T>(work: (trx: Transaction<Schema>) => Promise<T>) => database.write(work);

test('every statement gets its own values, whatever their number', { skip }, async () => {
  await inTransaction((trx) => together(trx, [holder('a')]));
  await inTransaction((trx) =>
    together(trx, [holder('b'), renamed('a', 'changed'), holder('c'), () => CompiledQuery.raw('select 1')]),
  );
  assert.deepEqual(await holders(), [
    { id: 'a', created_at: 'changed' },
    { id: 'b', created_at: 'of b' },
    { id: 'c', created_at: 'of c' },
  ]);
  await inTransaction((trx) => together(trx, []));
  await inTransaction((trx) => trx.deleteFrom('holders').execute());
});

test('what nobody waited for fails whatever is asked next, with its own reason', { skip }, async () => {
  const twice = [holder('a'), holder('a')];
  let reached = false;
  const asked = inTransaction(async (trx) => {
    await together(trx, twice);
    reached = true;
    const said = await reasonOf(sql`select 1`.execute(trx));
    assert.equal(said, '23505', 'the reason, and not that the transaction is over');
    throw new Error('given up');
  });
  await assert.rejects(asked);
  assert.ok(reached);
  // At the latest the commit.
  await assert.rejects(
    inTransaction((trx) => together(trx, twice)),
    { code: 'store-unavailable' },
  );
  assert.deepEqual(await holders(), []);
});

test('a work that is given up leaves nothing to those after it on the same connection', {
  skip,
}, async () => {
  for (let n = 0; n < 30; n++) {
    const given = inTransaction(async (trx) => {
      await together(trx, [holder('gone'), holder('gone')]);
      throw new Error('given up');
    });
    await assert.rejects(given);
    await inTransaction((trx) => together(trx, [holder(`kept ${n}`)]));
  }
  assert.equal((await holders()).length, 30);
});

test('of works that share a transaction only the one fails whose statements did', { skip }, async () => {
  await inTransaction((trx) => trx.deleteFrom('holders').execute());
  const works = Array.from({ length: 60 }, (_, n) =>
    database.write(
      (trx) => together(trx, n % 3 === 0 ? [holder(`x${n}`), holder(`x${n}`)] : [holder(`x${n}`)]),
      [],
    ),
  );
  const results = await Promise.allSettled(works);
  for (const [n, { status }] of results.entries()) {
    assert.equal(status, n % 3 === 0 ? 'rejected' : 'fulfilled', `work ${n}`);
  }
  assert.equal((await holders()).length, 40);
});
