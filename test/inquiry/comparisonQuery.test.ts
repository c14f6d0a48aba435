import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import Database from 'better-sqlite3';
import { Kysely } from 'kysely';
import type { ComparisonAnswer } from '../../src/comparison/answer.js';
import { indexComparisons } from '../../src/comparison/indexing.js';
import type { ComparisonPage } from '../../src/inquiry/comparisonQuery.js';
import type { ReviewView } from '../../src/inquiry/reviewView.js';
import type { AuditPage } from '../../src/oversight/auditAccess.js';
import { type ComparisonFilter, countQuery, pageQuery } from '../../src/store/comparisonQuery.js';
import { StoreSqliteDialect } from '../../src/store/database/sqliteDialect.js';
import { migrate } from '../../src/store/migrations/migrate.js';
import { recordMigrations } from '../../src/store/migrations/records.js';
import type { Schema } from '../../src/store/schema.js';
import { formOf, personIn } from '../oversight/people.js';
import { newComparison } from '../store/fixture.js';
import { directDatabase } from '../support/directDatabase.js';
import { applicationOf, type Holder, inventHolder, officeOf, photo } from '../support/office.js';
import { derivedPortraitOf, portraitOf } from '../support/samples.js';
import { startTestService, type TestService } from '../support/service.js';

let service: TestService;
let holder: Holder;
let matching: ComparisonAnswer;
let mismatching: ComparisonAnswer;

const compare = async (as: Holder, number: number, bytes: Buffer) => {
  const office = await personIn(service, 'office');
  const response = await fetch(`${service.url}/v1/comparisons`, {
    method: 'POST',
    headers: { authorization: `Bearer ${office.token}` },
    body: formOf('application', applicationOf({ as, claims: ['ZZ999999'] }, number), { photo: bytes }),
  });
  return (await response.json()) as ComparisonAnswer;
};

before(async () => {
  service = await startTestService();
  holder = inventHolder('Zoeken', ['Zoe'], [['2018-01-01', photo(await portraitOf('3-middle'))]]);
  await officeOf(service, await service.token(['documents:write'])).enrol(holder);
  matching = await compare(holder, 6001, await derivedPortraitOf('3-middle'));
  mismatching = await compare(holder, 6002, await portraitOf('6-left'));
  const { store } = service;
  for (let i = 0; i < 25; i++) {
    // Five at each moment: what is in order is not only the time.
    const createdAt = `2026-01-0${1 + Math.floor(i / 5)}T10:00:00.000Z`;
    const score = i < 20 ? i / 20 : undefined;
    const [outcome, reasons] = i % 2 === 0 ? ['consistent', []] : ['review', ['does-not-match']];
    const made = newComparison(store, {
      createdAt,
      outcome: outcome as string,
      score,
      reasons: reasons as string[],
    });
    await store.comparisons.create({ ...made, office: i % 5 === 0 ? 'Brugge' : 'Gent' });
  }
});
after(() => service.dispose());

const ask = async (query: object, role: 'fraud-analyst' | 'investigator' = 'fraud-analyst') =>
  (await personIn(service, role)).post<ComparisonPage>('/v1/comparisons/query', query);
const idsOf = async (query: object) => (await ask(query)).body.items.map(({ comparisonId }) => comparisonId);
const synthetic = { from: '2026-01-01', until: '2026-01-06', model: 'net@1' };

test('by each condition and by several, newest first', async () => {
  const all = (await ask({ ...synthetic, count: true })).body;
  assert.equal(all.total, 25);
  assert.deepEqual(
    all.items.map(({ createdAt }) => createdAt),
    all.items
      .map(({ createdAt }) => createdAt)
      .sort()
      .reverse(),
  );
  const total = async (query: object) => (await ask({ ...synthetic, ...query, count: true })).body.total;
  assert.equal(await total({ outcome: 'review' }), 12);
  assert.equal(await total({ reason: 'does-not-match' }), 12);
  assert.equal(await total({ reason: 'no-reference' }), 0);
  assert.equal(await total({ office: 'Brugge' }), 5);
  assert.equal(await total({ office: 'Brugge', outcome: 'review' }), 2);
  assert.equal(await total({ score: { min: 0.5 } }), 10);
  assert.equal(await total({ score: { min: 0.5, max: 0.7 }, reason: 'does-not-match' }), 2);
  assert.equal(await total({ from: '2026-01-02', until: '2026-01-04T10:00:00Z' }), 10);
  assert.equal(await total({ model: 'net@2' }), 0);
  const scores = (await ask({ ...synthetic, score: { min: 0.5 } })).body.items.map(({ score }) => score);
  assert.deepEqual(
    scores,
    [0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5],
    'by score, highest first',
  );
});

test('by numbers, in whatever spelling, and by the verdict of its review', async () => {
  const { number } = holder.passports[0]!;
  const both = [mismatching.comparisonId, matching.comparisonId];
  assert.deepEqual(await idsOf({ documentNumber: number }), both);
  assert.deepEqual(await idsOf({ documentNumber: ` ${number.slice(0, 2)}-${number.slice(2)}`.trim() }), both);
  assert.deepEqual(await idsOf({ documentNumber: 'zz 999 999' }), both, 'also one that was only claimed');
  assert.deepEqual(await idsOf({ registerNumber: holder.registerNumber }), both);
  const named = { documentNumber: number, registerNumber: holder.registerNumber };
  assert.deepEqual(await idsOf({ ...named, score: { max: 0.3 } }), [mismatching.comparisonId]);
  assert.deepEqual(await idsOf({ ...named, reason: 'does-not-match' }), [mismatching.comparisonId]);
  assert.deepEqual(await idsOf({ documentNumber: number, registerNumber: '85073003328' }), []);

  assert.deepEqual(await idsOf({ verdict: 'photo-unusable' }), []);
  const analyst = await personIn(service, 'fraud-analyst', { person: 'analyst-5' });
  const { reviewId } = mismatching.review!;
  await analyst.post(`/v1/reviews/${reviewId}/claim`, {});
  const verdict = { verdict: 'different-person', reason: 'Another nose' };
  await analyst.post<ReviewView>(`/v1/reviews/${reviewId}/verdict`, verdict);
  assert.deepEqual(
    await idsOf({ verdict: 'different-person' }),
    [],
    'not while the second person is to look',
  );
  const other = await personIn(service, 'fraud-analyst', { person: 'analyst-6' });
  await other.post(`/v1/reviews/${reviewId}/claim`, {});
  await other.post(`/v1/reviews/${reviewId}/verdict`, verdict);
  const { items } = (await ask({ verdict: 'different-person' })).body;
  assert.equal(items[0]!.comparisonId, mismatching.comparisonId);
  assert.deepEqual([items[0]!.review!.reviewId, items[0]!.review!.status], [reviewId, 'done']);

  const officer = await personIn(service, 'data-protection-officer');
  const { body } = await officer.post<AuditPage>('/v1/audit/query', { documentNumber: number });
  assert.ok(body.entries.some(({ action }) => action === 'comparison.query'));
});

test('pages follow on each other whatever is added meanwhile; a cursor of another order is refused', async () => {
  for (const query of [
    synthetic,
    { ...synthetic, score: { min: 0 } },
    { ...synthetic, reason: 'does-not-match' },
  ]) {
    const whole = await idsOf({ ...query, limit: 200 });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const { body } = await ask({ ...query, limit: 3, ...(cursor && { cursor }) });
      seen.push(...body.items.map(({ comparisonId }) => comparisonId));
      cursor = body.next ?? undefined;
      const { store } = service;
      await store.comparisons.create(newComparison(store, { createdAt: '2026-02-01T00:00:00.000Z' }));
    } while (cursor !== undefined);
    assert.deepEqual(seen, whole);
  }
  const { next } = (await ask({ ...synthetic, limit: 2 })).body;
  assert.equal((await ask({ ...synthetic, limit: 2, cursor: next, score: { min: 0 } })).status, 422);
  assert.equal((await ask({ cursor: 'x' })).status, 422);
  for (const wrong of [{ score: { min: 2 } }, { outcome: 'maybe' }, { limit: 1000 }, { person: 'x' }]) {
    assert.equal((await ask(wrong)).status, 422, JSON.stringify(wrong));
  }
});

test('an investigator asks within an inquiry only, and what is on trial is found by nothing it came to', async () => {
  const investigator = await personIn(service, 'investigator');
  assert.equal((await investigator.post('/v1/comparisons/query', synthetic)).status, 200);
  const other = await personIn(service, 'investigator', { inquiry: randomUUID() });
  assert.equal((await other.post('/v1/comparisons/query', synthetic)).status, 403);
  const db = directDatabase(service.config.store.database);
  db.exec(
    "update comparisons set mode = 'trial' where created_at >= '2026-01-05' and created_at < '2026-01-06'",
  );
  db.close();
  const { items } = (await ask({ ...synthetic, from: '2026-01-05' })).body;
  assert.equal(items.length, 5);
  for (const { outcome, reasons, score } of items)
    assert.deepEqual([outcome, reasons, score], [null, [], null]);
  for (const by of [{ outcome: 'review' }, { reason: 'does-not-match' }, { score: { min: -1 } }]) {
    assert.deepEqual(await idsOf({ ...synthetic, from: '2026-01-05', ...by }), [], JSON.stringify(by));
  }
});

test('comparisons of an earlier version become findable, and those that wait for a person get their review', async () => {
  const db = directDatabase(service.config.store.database);
  const { comparisonId } = mismatching;
  db.prepare('update comparisons set queryable = 0, score = null, strength = null where id = ?').run(
    comparisonId,
  );
  db.prepare('delete from comparison_reasons where comparison_id = ?').run(comparisonId);
  db.prepare('delete from reviews where comparison_id = ?').run(comparisonId);
  assert.equal(await indexComparisons(service.store, new AbortController().signal), 1);
  assert.equal(await indexComparisons(service.store, new AbortController().signal), 0);
  db.close();
  const { items } = (await ask({ registerNumber: holder.registerNumber, reason: 'does-not-match' })).body;
  assert.deepEqual([items[0]!.comparisonId, items[0]!.review!.status], [comparisonId, 'waiting']);
  assert.ok(items[0]!.score! < 0.3);
});

test('every way to ask begins at an index that is in the order of the answer: no scan, no sort', () => {
  const raw = new Database(':memory:');
  migrate(raw, recordMigrations, new Date());
  const db = new Kysely<Schema>({ dialect: new StoreSqliteDialect(raw) });
  const planOf = (query: {
    compile: (of: Kysely<Schema>) => { sql: string; parameters: readonly unknown[] };
  }) => {
    const { sql, parameters } = query.compile(db);
    const rows = raw.prepare(`explain query plan ${sql}`).all(...parameters) as { detail: string }[];
    return rows.map(({ detail }) => detail);
  };
  const key = new Uint8Array(32);
  const conditions: ComparisonFilter = {
    ...{ outcome: 'review', reason: 'does-not-match', office: 'gent', model: 'net@1', verdict: 'escalate' },
    ...{ from: '2026-01-01', until: '2026-02-01', keys: [key], score: { min: 0.1, max: 0.5 } },
  };
  const names = Object.keys(conditions) as (keyof ComparisonFilter)[];
  // Every subset of the conditions, with a cursor and without.
  for (let subset = 0; subset < 2 ** names.length; subset++) {
    const filter = Object.fromEntries(
      names.filter((_, bit) => (subset >> bit) & 1).map((name) => [name, conditions[name]]),
    ) as ComparisonFilter;
    const place = [
      filter.keys === undefined && filter.score !== undefined ? 0.3 : '2026-01-15',
      'id',
    ] as const;
    const about = JSON.stringify(Object.keys(filter));
    for (const plan of [
      planOf(pageQuery(filter, undefined, 51)),
      planOf(pageQuery(filter, place, 51)),
      planOf(countQuery(filter)),
    ]) {
      assert.ok(
        plan.every((step) => !/SCAN|TEMP B-TREE/.test(step)),
        `${about}: ${plan.join(' | ')}`,
      );
      assert.ok(
        plan.some((step) => /USING (COVERING )?INDEX/.test(step)),
        `${about}: ${plan.join(' | ')}`,
      );
    }
  }
  const indexOf = (filter: ComparisonFilter) =>
    /INDEX (\w+)/.exec(planOf(pageQuery(filter, undefined, 51)).join())?.[1];
  const { outcome, office, model, verdict, score, from } = conditions;
  assert.equal(indexOf({ from }), 'comparisons_by_time');
  assert.equal(indexOf({ outcome, from }), 'comparisons_by_outcome');
  assert.equal(indexOf({ office, model }), 'comparisons_by_office');
  assert.equal(indexOf({ office, outcome, model }), 'comparisons_by_office_and_outcome');
  assert.equal(indexOf({ model, from }), 'comparisons_by_model');
  assert.equal(indexOf({ model, outcome, from }), 'comparisons_by_model_and_outcome');
  assert.equal(indexOf({ verdict, outcome, office, model }), 'comparisons_by_verdict');
  assert.equal(indexOf({ score, outcome, office, from }), 'comparisons_by_score');
  for (const counted of [{ outcome }, { office, outcome }, { model, outcome }]) {
    assert.match(planOf(countQuery(counted)).join(), /USING COVERING INDEX/, 'counting reads no comparison');
  }
  raw.close();
});
