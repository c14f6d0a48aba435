import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, type TestContext, test } from 'node:test';
import Database from 'better-sqlite3';
import { migratePostgres } from '../../src/store/database/postgresMigrations.js';
import { connectionPool, queriesOn } from '../../src/store/database/postgresPool.js';
import { beyondAdding, isAdditive } from '../../src/store/migrations/additive.js';
import { type Migration, migrate } from '../../src/store/migrations/migrate.js';
import { recordMigrations } from '../../src/store/migrations/records.js';
import { monthOf } from '../../src/store/month.js';
import { openForReading } from '../../src/store/recordReader.js';
import { openStore, type StoreOptions } from '../../src/store/store.js';
import { PrivatePostgres, withoutPostgres } from '../support/postgres.js';
import { code, folder, newComparison, newDocument, now, storeOptions } from './fixture.js';

/** The last step that was there before versions were to run beside each other. */
const lastBefore = '0008-narrow-lists';

test('every step since says whether it only adds, and keeps its word', () => {
  const since = recordMigrations.slice(recordMigrations.findIndex(({ id }) => id === lastBefore) + 1);
  for (const { id, sql } of since) {
    // Another step is allowed, where nothing else helps: then versions do not mix, and the docs say so.
    if (isAdditive(id)) assert.deepEqual(beyondAdding(sql), [], id);
  }
  for (const { id } of recordMigrations.filter(({ id }) => id <= lastBefore))
    assert.equal(isAdditive(id), false);
});

const additions = `
alter table documents add column photo_source text;
alter table comparisons add column weighed integer not null default 0;
create index comparisons_by_weight on comparisons (weighed, id);
create table document_remarks (
  document_id text not null references documents (id) on delete cascade,
  position integer not null,
  remark blob not null,
  primary key (document_id, position)
) strict;
create unique index document_remarks_once on document_remarks (document_id, remark);
create table comparison_remarks (
  comparison_id text primary key references comparisons (id) on delete cascade,
  remark blob not null
) strict;
`;

const more: [why: string, sql: string][] = [
  ['a table goes', 'drop table probes;'],
  ['a column goes', 'alter table documents drop column status;'],
  ['a table has another name', 'alter table probes rename to photos;'],
  ['a column has another name', 'alter table probes rename column photo to picture;'],
  ['a column that must be filled in', 'alter table probes add column taken_at text not null;'],
  ['what others write twice', 'create unique index one_office on comparisons (office);'],
  ['rows go', 'delete from probes;'],
  ['rows change', "update documents set status = 'lost';"],
  ['rows may no longer go', 'create table notes (document_id text references documents (id)) strict;'],
  ['nor by a column', 'alter table reviews add column noted_in text references documents (id);'],
  ['a trigger', "create trigger no_more before insert on probes begin select raise(abort, 'no'); end;"],
  ['behind a comment', '-- only an index\ncreate index a on probes (photo); drop table probes;'],
];
for (const [why, sql] of more) {
  test(`no addition: ${why}`, () => {
    assert.notDeepEqual(beyondAdding(sql), []);
    const step = stepOf('9000+later', sql);
    assert.throws(
      () => migrate(new Database(':memory:'), [...recordMigrations, step], now),
      code('migration-refused'),
    );
  });
}

function stepOf(id: string, sql: string): Migration {
  return { id, sql, sha256: createHash('sha256').update(sql).digest('hex') };
}

let postgres: PrivatePostgres | undefined;
before(async () => {
  if (withoutPostgres === false) postgres = await PrivatePostgres.start();
});
after(() => postgres?.dispose());

/** Brings a database to what a later version makes of it. */
type Upgrade = (step: Migration) => Promise<void>;
const engines: Record<string, (t: TestContext, name: string) => { options: StoreOptions; upgrade: Upgrade }> =
  {
    SQLite: (t) => {
      const path = folder(t);
      const options = storeOptions(path, { databaseUrl: undefined });
      const upgrade = async (step: Migration) => {
        const db = new Database(options.databasePath);
        migrate(db, [...recordMigrations, step], now);
        db.close();
      };
      return { options, upgrade };
    },
    PostgreSQL: (t, name) => {
      const databaseUrl = postgres!.createDatabase(name);
      const upgrade = async (step: Migration) => {
        const pool = connectionPool({ url: databaseUrl });
        const kysely = queriesOn(pool);
        await migratePostgres(kysely, [...recordMigrations, step], now).finally(() => kysely.destroy());
      };
      return { options: storeOptions(folder(t), { databaseUrl }), upgrade };
    },
  };

for (const [engine, place] of Object.entries(engines)) {
  const skip = engine === 'PostgreSQL' ? withoutPostgres : false;

  test(`${engine}: this version works while a later one has added to the schema, and starts on it`, {
    skip,
  }, async (t) => {
    const { options, upgrade } = place(t, 'rolling');
    const running = await openStore(options);
    const kept = newDocument(running);
    const going = newDocument(running, { retentionEnds: '2026-03-15' });
    await running.documents.create(kept);
    await upgrade(stepOf('9000+later', additions));
    await running.documents.create(going);
    const comparison = newComparison(running, {
      references: [kept.id],
      reasons: ['scores-agree'],
      score: 0.7,
    });
    await running.comparisons.create(comparison);
    assert.equal((await running.comparisons.get(comparison.id)).outcome, comparison.outcome);
    await running.close();

    const again = await openStore(options);
    assert.deepEqual((await again.documents.open(kept.id)).record, kept.record);
    const order = { client: 'test', actor: 'test', ground: 'retention over' };
    const due = { kind: 'document', month: monthOf('2026-03-15'), day: '2026-03-15', limit: 10 } as const;
    assert.equal(await again.destruction.destroyDue(due, order), 1);
    assert.equal((await again.stats()).documents, 1);
    await again.close();
    const reader = await openForReading(options);
    await reader.close();
  });

  test(`${engine}: this version refuses a schema in which more was done than added`, { skip }, async (t) => {
    const { options, upgrade } = place(t, 'contracted');
    await (await openStore(options)).close();
    await upgrade(stepOf('9000-later', 'drop table probes;'));
    await assert.rejects(openStore(options), code('migration-refused'));
    await assert.rejects(openForReading(options), code('migration-refused'));
  });
}
