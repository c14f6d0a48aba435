import assert from 'node:assert/strict';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { Kysely } from 'kysely';
import { StoreSqliteDialect } from '../../src/store/database/sqliteDialect.js';
import { countByMonth } from '../../src/store/retained.js';
import type { Schema } from '../../src/store/schema.js';
import { enrolled, opened } from '../retention/support.js';
import { newComparison } from './fixture.js';

test('what is due is counted, with holds, from the indexes alone: a month may be tens of thousands of records', async (t) => {
  const { store, options } = await opened(t);
  const documents = await enrolled(store, '2006-01-05', '2006-01-06', '2006-02-07', '2010-01-08');
  await store.comparisons.create(newComparison(store));
  const hold = (recordId: string) =>
    store.holds.place({
      kind: 'document',
      recordId,
      ground: 'judicial',
      placedAt: '2026-01-01T00:00:00.000Z',
      endsOn: '2027-01-01',
      retentionEnds: '2032-01-01',
      detail: { reference: 'JUDGE-1', reason: 'order of a judge' },
      audit: { client: 'test', actor: 'magistrate-1', action: 'hold.place', outcome: 'done' },
    });
  // Two holds on one record keep one record.
  for (const { id } of [documents[0]!, documents[0]!, documents[3]!]) await hold(id);

  const asked: string[] = [];
  const raw = new Database(options.databasePath, {
    readonly: true,
    verbose: (sql) => asked.push(String(sql)),
  });
  const db = new Kysely<Schema>({ dialect: new StoreSqliteDialect(raw) });
  t.after(() => db.destroy());
  const counts = await countByMonth({ read: (query) => query(db) }, '2026-03-15');
  const ofDocuments = counts.filter(({ kind }) => kind === 'document');
  assert.deepEqual(
    ofDocuments.map(({ month, records, due, held }) => [month, records, due, held]),
    [
      ['2026-01', 2, 2, 1],
      ['2026-02', 1, 1, 0],
      ['2030-01', 1, 0, 0],
    ],
  );
  const explain = new Database(options.databasePath, { readonly: true });
  t.after(() => explain.close());
  const plans = asked.flatMap((sql) =>
    explain
      .prepare<[], { detail: string }>(`explain query plan ${sql}`)
      .all()
      .map(({ detail }) => detail),
  );
  const tables = ['documents', 'comparisons', 'probes', 'reviews', 'review_words', 'searches', 'inquiries'];
  const steps = plans.filter((detail) => tables.includes(/^(?:SEARCH|SCAN) (\w+)/.exec(detail)?.[1] ?? ''));
  assert.ok(steps.some((detail) => detail.includes('documents')));
  const held =
    /^SEARCH (\w+) USING (INDEX holds_by_record|INDEX (?:sqlite_autoindex_|\w+_by_comparison)\w* \((id|comparison_id)=\?\))/;
  for (const step of steps) assert.ok(/ COVERING INDEX /.test(step) || held.test(step), step);
});
