import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { postgresDdl } from '../../src/store/database/postgresDdl.js';
import { keyringMigrations } from '../../src/store/keyringSchema.js';
import { ledgerMigrations } from '../../src/store/ledgerSchema.js';
import { type Migration, migrate } from '../../src/store/migrations/migrate.js';
import { recordMigrations } from '../../src/store/migrations/records.js';
import { code, now } from './fixture.js';

const refused = code('migration-refused');
const step = (id: string, sql: string): Migration => ({
  id,
  sql,
  sha256: createHash('sha256').update(sql).digest('hex'),
});
const first = step('0001-a', 'create table a (x integer not null) strict');
const second = step('0002-b', 'create table b (x integer not null) strict');
const third = step('0003-c', 'create table c (x integer not null) strict');

const tables = (db: Database.Database) =>
  db.prepare("select name from sqlite_schema where type = 'table' order by name").pluck().all();

test('steps run once, in order, and later ones are added', () => {
  const db = new Database(':memory:');
  migrate(db, [first], now);
  migrate(db, [first], now);
  migrate(db, [first, second, third], now);
  assert.deepEqual(tables(db), ['a', 'b', 'c', 'migrations']);
});

const refusals: [name: string, applied: Migration[], offered: Migration[]][] = [
  ['an applied step is missing', [first, second], [second]],
  ['the database is newer', [first, second], [first]],
  ['a new step sorts before an applied one', [first, third], [first, second, third]],
  ['an applied step was edited', [first], [step('0001-a', 'create table a (x text) strict')]],
  ['steps are out of order', [], [second, first]],
  ['two steps share an id', [], [first, first]],
  ['a step does not match its pin', [], [{ ...first, sql: `${first.sql};` }]],
];
for (const [name, applied, offered] of refusals) {
  test(`refused: ${name}`, () => {
    const db = new Database(':memory:');
    if (applied.length > 0) migrate(db, applied, now);
    const before = tables(db);
    assert.throws(() => migrate(db, offered, now), refused);
    assert.deepEqual(tables(db), before);
  });
}

test('refused: a gap in the applied steps', () => {
  const db = new Database(':memory:');
  migrate(db, [first, second], now);
  db.exec('delete from migrations where position = 0');
  assert.throws(() => migrate(db, [first, second], now), refused);
});

test("refused: somebody else's database", () => {
  const db = new Database(':memory:');
  db.exec('create table theirs (x)');
  assert.throws(() => migrate(db, [first], now), refused);
  assert.deepEqual(tables(db), ['theirs']);
});

test('a step that fails undoes them all', () => {
  const db = new Database(':memory:');
  assert.throws(() => migrate(db, [first, step('0002-x', 'create table a (x) strict')], now));
  assert.deepEqual(tables(db), []);
});

test('released steps never change', () => {
  const pins = [...recordMigrations, ...keyringMigrations, ...ledgerMigrations].map(({ id, sha256 }) => [
    id,
    sha256,
  ]);
  assert.deepEqual(pins, [
    ['0001-records', '0736c400280afe74df9f6daec3a72e73ce35cf13a15f73bf9cf5fcee06f93a46'],
    ['0002-retention', '701f044910b972b639a1de6f97e461753b0efb44e65dda7d3893f54d19181d33'],
    ['0003-oversight', 'd09c6215d23d60b322213f84f4ff20247e52097fb45b88b9416ac08034d01a11'],
    ['0005-embedding-models', '63baeba76b07cbd1bae1502ea665a380f6303ece2310f3f126221cd1cad86927'],
    ['0006-inquiries', '431a6c548db521f67b687b69450468737aa66796771e07b6fb6d4dc32641ad65'],
    ['0006-reviews', 'b00e949f68c13b42bb5afa4d7036ed110211ce4206f4e623f077793cb6b51cf7'],
    ['0006-searches', '5cd49bcbc61f9c4ccf1f87d3af65a3c3153846b764c09fea5fd858797618cc07'],
    ['0007-outcome-counts', '7560be5a1863ef92850ce80ac11af1d8d93a4fdbccc335626fa12cd26ce758a6'],
    ['0008-narrow-lists', '6197c1792a0e8504ffaa06cda595bd1e381e38d51bb911cea844079d649dfcf8'],
    ['0009+search-work', '171dc0010ef5cfa924ffff98434dbb83172f8d25e8f1c4674531c107e3d876f6'],
    ['0010+unread-photos', '8a92b5188ab86d360d7087cc4c36081d5282126f6a7ae77850dfdee74cd9d724'],
    ['0011+trial-figures', 'e4b16eed02f38e45e5b47950108fd5ecd388ded1ce3f0a30178adb7e1a9e7744'],
    ['0001-keys', '91a6f4759c53deb04809d3a8871327d509bed6911a466cad2ff9c0d9eac0c10f'],
    ['0002-months', 'a3b73d4cece52ccb3df1326613c3a8d5252f8c0a42bead6213bf820e7e4424cd'],
    ['0001-ledger', '7072c6294b2bca33b33955a75a2450ef203f2e4e646530a343f63b1de0186948'],
  ]);
});

test('released steps mean the same to PostgreSQL for good', () => {
  const words = recordMigrations.map(({ sql }) => postgresDdl(sql)).join('\n');
  assert.equal(
    createHash('sha256').update(words).digest('hex'),
    '9787c33263c0aff76f15b5072b4978eaa86e8d2317a606d7e560e52160c27a0f',
  );
  assert.ok(!/\b(strict|rowid|blob|autoincrement|raise\()/.test(words));
});

test('every table is strict', () => {
  const db = new Database(':memory:');
  migrate(db, recordMigrations, now);
  const loose = db
    .prepare(
      "select name from pragma_table_list where schema = 'main' and strict = 0 and name not like 'sqlite%'",
    )
    .pluck()
    .all();
  assert.deepEqual(loose, []);
});
