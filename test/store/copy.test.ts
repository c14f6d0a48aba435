import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { packageRoot } from '../../src/packageRoot.js';
import { AuditReader } from '../../src/store/auditReader.js';
import { type CopyParts, copyStore } from '../../src/store/copy/copyStore.js';
import { countOf, hashOf, pagesOf } from '../../src/store/copy/rows.js';
import { copiedTables } from '../../src/store/copy/tables.js';
import { type DatabasePlace, openDatabase } from '../../src/store/database/open.js';
import { openForReading, type RecordReader } from '../../src/store/recordReader.js';
import type { NewStatus } from '../../src/store/statuses.js';
import { openStore, type Store } from '../../src/store/store.js';
import { approvedSearch, nextTurn, openedInquiry } from '../inquiry/approvedSearches.js';
import { PrivatePostgres, withoutPostgres } from '../support/postgres.js';
import { code, folder, newComparison, newDocument, now, storeOptions } from './fixture.js';

const skip = withoutPostgres;
let postgres: PrivatePostgres;
let model: string;
let ids: Filled;
before(async () => {
  if (skip !== false) return;
  postgres = await PrivatePostgres.start();
  model = mkdtempSync(join(tmpdir(), 'facematch-copied-'));
  ids = await fill(model);
});
after(async () => {
  if (skip !== false) return;
  rmSync(model, { recursive: true });
  await postgres.dispose();
});

/** A folder of its own with the store that every test begins with. */
function filled(t: TestContext): string {
  const path = folder(t);
  cpSync(model, path, { recursive: true });
  return path;
}

const clock = () => now;
const documents = 300;
const by = { client: 'test', actor: 'clerk-1' };

interface Filled {
  readonly documentIds: readonly string[];
  readonly comparisonIds: readonly string[];
  /** A sweep that was cut off, and is to go on wherever the records are. */
  readonly sweepId: string;
}

/** A store with something of many kinds, in a file. @returns ids of what is in it */
async function fill(path: string): Promise<Filled> {
  const store = await openStore(storeOptions(path, { databaseUrl: undefined }));
  try {
    const made = Array.from({ length: documents }, (_, index) =>
      newDocument(store, { retentionEnds: `20${30 + (index % 20)}-05-05` }),
    );
    await store.documents.createMany(made);
    const documentIds = made.map(({ id }) => id);
    const comparisonIds: string[] = [];
    for (let index = 0; index < 60; index++) {
      const comparison = newComparison(store, {
        score: index / 7,
        strength: -index / 3,
        references: documentIds.slice(index, index + 2),
        reasons: ['scores-agree'],
      });
      await store.comparisons.create(comparison);
      comparisonIds.push(comparison.id);
    }
    const sweepId = await approvedSearch(store, await openedInquiry(store));
    const against = {
      startedAt: now.toISOString(),
      mode: 'active',
      model: 'net@1',
      documents,
      lastDocument: 'z',
    };
    const run = await store.searchWork.start(await nextTurn(store), against, {
      ...by,
      action: 'search.start',
      outcome: 'active',
    });
    const pairs = [{ a: 'a', b: 'b', near: 0.7 }];
    await store.searchWork.keep(run, 0.4, { upTo: 'b', compared: 1, floor: 0.5, most: 2, pairs });
    await store.audit.append({ ...by, action: 'report.use', outcome: 'done' });
    return { documentIds, comparisonIds, sweepId };
  } finally {
    await store.close();
  }
}

async function withParts<T>(
  from: DatabasePlace,
  to: DatabasePlace,
  work: (parts: CopyParts) => Promise<T>,
): Promise<T> {
  const source = await openForReading(from);
  try {
    const target = await openDatabase(to, clock);
    try {
      return await work({ source, target, fromSqlite: from.databaseUrl === undefined });
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

const copied = (from: DatabasePlace, to: DatabasePlace) => withParts(from, to, (parts) => copyStore(parts));

async function reading<T>(place: DatabasePlace, work: (reader: RecordReader) => Promise<T>): Promise<T> {
  const reader = await openForReading(place);
  return work(reader).finally(() => reader.close());
}

/** Hashes of every row of every table but the migrations, which say when each database was made. */
async function contents(place: DatabasePlace, sqlite: DatabasePlace): Promise<Map<string, string[]>> {
  const tables = await reading(sqlite, copiedTables);
  return reading(place, async (reader) => {
    const all = new Map<string, string[]>();
    for (const table of [
      ...tables,
      {
        name: 'store',
        columns: ['keyring_id', 'lookup_check', 'ledger_id'],
        key: ['one'],
        counted: undefined,
      },
    ]) {
      const hashes: string[] = [];
      for await (const page of pagesOf(reader, {
        ...table,
        columns: [...new Set([...table.columns, ...table.key])],
      }))
        hashes.push(...page.map((row) => hashOf(table, row)));
      all.set(table.name, hashes);
    }
    return all;
  });
}

/** What somebody who asks is told, with the keyring that stayed where it was. */
async function answers(store: Store, { documentIds, comparisonIds, sweepId }: Filled) {
  const told: unknown[] = [await nextTurn(store), await store.searchWork.checkpoint(sweepId)];
  told.push(await store.searches.get(sweepId));
  for (const id of documentIds.slice(0, 40)) told.push(await store.documents.open(id));
  for (const id of comparisonIds) told.push(await store.comparisons.get(id));
  return told;
}

test('from a file to PostgreSQL and back: every row the same, and the same answers from both', {
  skip,
}, async (t) => {
  const path = filled(t);
  const file = { databasePath: join(path, 'records.db') };
  const server = { databasePath: '', databaseUrl: postgres.createDatabase('both_ways') };
  const report = await copied(file, server);
  const original = await contents(file, file);
  const rows = [...original.values()].reduce((sum, hashes) => sum + hashes.length, 0);
  assert.deepEqual([report.rows, report.resumed], [rows, 0]);
  assert.deepEqual(await contents(server, file), original);
  assert.equal(original.get('documents')?.length, documents);
  assert.ok((original.get('comparison_references')?.length ?? 0) >= 60);

  const back = { databasePath: join(path, 'back.db') };
  const returned = await copied(server, back);
  assert.deepEqual([returned.auditHead, returned.auditEntries], [report.auditHead, report.auditEntries]);
  assert.deepEqual(await contents(back, file), original);

  const told: unknown[] = [];
  for (const place of [{ databaseUrl: undefined }, server, { ...back, databaseUrl: undefined }]) {
    const store = await openStore(storeOptions(path, place));
    told.push(await answers(store, ids));
    assert.equal(
      (await store.audit.position()).seq,
      report.auditEntries,
      'asking the store itself notes nothing',
    );
    await store.close();
  }
  assert.deepEqual(told[1], told[0]);
  assert.deepEqual(told[2], told[0]);
});

test('what is written after the move goes on as it would have', { skip }, async (t) => {
  const path = filled(t);
  const file = { databasePath: join(path, 'records.db') };
  const server = { databasePath: '', databaseUrl: postgres.createDatabase('goes_on') };
  const status = (documentId: string): NewStatus => ({
    documentId,
    kind: 'stolen',
    onDay: '2026-03-14',
    recordedAt: now.toISOString(),
    becomes: true,
    detail: { reason: 'reported' },
    audit: { ...by, action: 'document.status', outcome: 'stolen' },
  });
  const before = await openStore(storeOptions(path, { databaseUrl: undefined }));
  const [first = '', second = ''] = ids.documentIds;
  await before.statuses.record(status(first));
  await before.close();
  await copied(file, server);
  const store = await openStore(storeOptions(path, server));
  t.after(() => store.close());
  await store.documents.create(newDocument(store));
  await store.audit.append({ ...by, action: 'report.use', outcome: 'done' });
  const trail = await reading(server, (reader) => new AuditReader(reader).verify());
  assert.ok(trail.intact);
  assert.equal((await store.stats()).documents, documents + 1);
  await store.statuses.record(status(second));
  const changes = await store.statuses.changes(0, ['stolen'], 10);
  assert.deepEqual(
    changes.map(({ position }) => position),
    [1, 2],
    'what the database counts goes on after what it had counted',
  );
});

test('an interrupted copy is no store, goes on where it stopped, and is of one source alone', {
  skip,
}, async (t) => {
  const path = filled(t);
  const file = { databasePath: join(path, 'records.db') };
  const server = { databasePath: '', databaseUrl: postgres.createDatabase('interrupted') };
  let seen = 0;
  await withParts(file, server, async (parts) => {
    const stopping = new AbortController();
    const progress = (step: string, done: number) => {
      seen = done;
      if (step === 'copied' && done > 400) stopping.abort();
    };
    await assert.rejects(copyStore({ ...parts, progress, signal: stopping.signal }), { name: 'AbortError' });
  });
  assert.ok(seen > 400);
  await assert.rejects(openStore(storeOptions(path, server)), code('store-unavailable'));
  const other = folder(t);
  await fill(other);
  const another = { databasePath: join(other, 'records.db') };
  await assert.rejects(copied(another, server), code('input-invalid'));
  const report = await copied(file, server);
  assert.ok(report.resumed > 400 && report.resumed < report.rows, `${report.resumed} of ${report.rows}`);
  assert.deepEqual(await contents(server, file), await contents(file, file));
  await assert.rejects(
    copied(file, server),
    code('input-invalid'),
    'what is a store already is never filled',
  );
  const store = await openStore(storeOptions(path, server));
  await store.close();
});

test('a row that differs is found, in whichever table, and a source that went on as well', {
  skip,
}, async (t) => {
  const path = filled(t);
  const file = { databasePath: join(path, 'records.db') };
  const changes: [name: string, sql: string][] = [
    ['changed', "update comparisons set outcome = 'review' where id = (select max(id) from comparisons)"],
    [
      'removed',
      'delete from document_images where document_id = (select min(document_id) from document_images)',
    ],
    [
      'one_byte',
      'update documents set record = set_byte(record, 20, get_byte(record, 20) # 1) where id = (select max(id) from documents)',
    ],
  ];
  for (const [name, change] of changes) {
    const server = { databasePath: '', databaseUrl: postgres.createDatabase(`differs_${name}`) };
    await withParts(file, server, async (parts) => {
      let changed = false;
      const source: RecordReader = {
        read: async (query) => {
          if (!changed && (await isComplete(parts))) {
            changed = true;
            await postgres.query(change, `differs_${name}`);
          }
          return parts.source.read(query);
        },
      };
      await assert.rejects(copyStore({ ...parts, source }), code('integrity-failure'), name);
      assert.ok(changed);
    });
  }
});

async function isComplete({ source, target }: CopyParts): Promise<boolean> {
  const [there, here] = await Promise.all(
    [source, target].map(async (reader) => {
      const counts = [];
      for (const name of [
        'audit',
        'documents',
        'document_images',
        'comparisons',
        'comparison_references',
        'probes',
      ])
        counts.push(await countOf(reader, { name }));
      return counts.join();
    }),
  );
  return there === here;
}

test('the command copies, and says of an address that it was not understood without repeating it', {
  skip,
}, async (t) => {
  const path = filled(t);
  const address = join(path, 'address');
  writeFileSync(address, `${postgres.createDatabase('command')}\n`);
  const main = join(packageRoot, 'dist/src/cli/main.js');
  const command = (...parameters: string[]) =>
    spawnSync(process.execPath, [main, 'store', 'copy', ...parameters], { encoding: 'utf8' });
  const file = `sqlite:${join(path, 'records.db')}`;
  const done = command('--from', file, '--to', `postgres:@${address}`);
  assert.equal(done.status, 0, done.stderr);
  assert.match(
    done.stdout,
    /^copied {6}\d+ rows of \d+ tables \(0 by an earlier run\)\naudit trail \d+ entries, intact/,
  );
  const refused = command('--from', file, '--to', 'mysql://somebody:very-secret@host/db');
  assert.equal(refused.status, 1);
  assert.doesNotMatch(refused.stdout + refused.stderr, /very-secret/);
  assert.equal(command('--from', file, '--to', file).status, 1);
});
