import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { seededRecord } from '../../src/benchmark/seed.js';
import { systemClock } from '../../src/clock.js';
import { loadConfig } from '../../src/config.js';
import { openConfiguredStore } from '../../src/configuredStore.js';
import { seededRandom } from '../../src/evaluation/statistics/random.js';
import { newId } from '../../src/ids.js';
import type { SearchSummary, SearchView } from '../../src/inquiry/search/searchView.js';
import { retentionEnds } from '../../src/records/retention.js';
import type { AuditLine, Store } from '../../src/store/store.js';
import { folder } from '../faults/support/cleanup.js';
import { type Served, serve, until } from '../faults/support/served.js';
import { openInquiry, personIn } from '../oversight/people.js';
import { PrivatePostgres, withoutPostgres } from '../support/postgres.js';
import { killChild, searchChildOf, searchChildren } from './searchProcesses.js';

const skip = searchChildren() === undefined ? 'processes are found through /proc' : false;
const on = {
  FACEMATCH_SEARCH: 'on',
  FACEMATCH_SWEEP_GROUND: 'Besluit 12',
  FACEMATCH_SWEEP_CHECKPOINT_SECONDS: '0',
};
/** Three strips of 2,048 columns and a little. */
const documents = 6_200;
const width = 256;

/** Documents with invented embeddings, a few of them alike; the id of one that has a likeness. */
async function fill(store: Store): Promise<string> {
  const active = await store.models.active();
  const random = seededRandom(3);
  const unit = (vector: Float32Array) => {
    const norm = Math.hypot(...vector);
    return vector.map((value) => value / norm);
  };
  const vectors = Array.from({ length: documents }, () =>
    unit(Float32Array.from({ length: width }, () => random() - 0.5)),
  );
  for (const [like, at] of [
    [0, 6100],
    [5, 1000],
    [5, 4500],
    [2047, 2048],
  ] as const) {
    vectors[at] = unit(vectors[like]!.map((value) => value + 0.02 * (random() - 0.5)));
  }
  const ids = vectors.map(() => newId());
  for (let from = 0; from < documents; from += 2048) {
    await store.documents.createMany(
      ids.slice(from, from + 2048).map((id, i) => {
        const record = seededRecord(2 * (from + i));
        return {
          id,
          ...{ type: record.document.type, issuedOn: record.document.issuedOn, record },
          retentionEnds: retentionEnds(record),
          ...{ numberKey: randomBytes(32), registerKey: undefined, identityKeys: [] },
          ...{ pixelsKey: randomBytes(32), fingerprint: randomBytes(32), photo: randomBytes(8) },
          embedding: { model: active!.active, vector: vectors[from + i]! },
          audit: { client: 'test', actor: 'test', action: 'document.transfer', outcome: 'created' },
        };
      }),
    );
  }
  return ids[5]!;
}

/** People at one of the services, who share an inquiry that holds the document. */
async function peopleAt(service: Pick<Served, 'url' | 'token'>, documentId: string) {
  const inquiryId = await openInquiry(service, ['analyst-1']);
  const analystAt = (at: typeof service) => personIn(at, 'fraud-analyst', { person: 'analyst-1' });
  const held = { documentId, reason: 'Suspected' };
  const added = await (await analystAt(service)).post(`/v1/inquiries/${inquiryId}/records`, held);
  assert.equal(added.status, 200, added.text);
  return {
    async ask(at: typeof service, kind: 'searches' | 'sweeps'): Promise<string> {
      const analyst = await analystAt(at);
      const wanted =
        kind === 'sweeps' ? { reason: 'r', ground: 'g' } : { reason: 'r', probe: { documentId } };
      const made = await analyst.post<SearchSummary>(`/v1/inquiries/${inquiryId}/${kind}`, wanted);
      assert.equal(made.status, 201, made.text);
      return made.body.searchId;
    },
  };
}

async function approve(service: Pick<Served, 'url' | 'token'>, searchId: string) {
  const supervisor = await personIn(service, 'supervisor', { person: 'supervisor-1' });
  const decision = { approve: true, reason: 'Proportionate' };
  const answer = await supervisor.post(`/v1/searches/${searchId}/approval`, decision);
  assert.equal(answer.status, 200, answer.text);
}

async function read(service: Pick<Served, 'url' | 'token'>, searchId: string): Promise<SearchView> {
  const supervisor = await personIn(service, 'supervisor', { person: 'supervisor-1' });
  const { status, body, text } = await supervisor.get<SearchView>(`/v1/searches/${searchId}`);
  assert.equal(status, 200, text);
  return body;
}

async function ended(service: Pick<Served, 'url' | 'token'>, searchId: string): Promise<SearchView> {
  await until('a search ends', async () => (await read(service, searchId)).status !== 'running', 300);
  return read(service, searchId);
}

/** What it found, and among how many. */
const foundIn = ({ status, candidates, pairs, reached, store }: SearchView) => ({
  ...{ status, candidates, pairs, reached, store },
});

interface Killed {
  readonly searchId: string;
  readonly by: Served;
}

/**
 * Approves a search and kills the service that runs it, and its process: a search of one face as soon as there is one, a
 * sweep once it has kept how far it has come. Undefined where nothing of it was left to do.
 */
async function kill(
  services: readonly Served[],
  searchId: string,
  isMidway: () => boolean | Promise<boolean>,
): Promise<Killed | undefined> {
  const at = searchChildOf(services.map(({ pid }) => pid));
  await approve(services[0]!, searchId);
  const seen = await at;
  const by = services.find(({ pid }) => pid === seen.parent)!;
  while (searchChildren(seen.parent)?.includes(seen.child)) {
    if (!(await isMidway())) {
      await sleep(1);
      continue;
    }
    process.kill(by.pid, 'SIGKILL');
    await by.ended;
    await killChild(seen);
    return { searchId, by };
  }
  return undefined;
}

const steps = (lines: readonly AuditLine[]) =>
  lines.filter(({ action }) => ['search.start', 'search.stop', 'search.run'].includes(action));

async function stepsOf(store: Store, searchId: string) {
  // Waiting for its end, each look is an entry too.
  return steps(await store.auditQuery.find({ subject: { record: searchId } }, 0, 1_000_000));
}

test('two services share searches, one at a time; what a killed one was at the other finishes', {
  skip: skip || withoutPostgres,
}, async (t) => {
  const postgres = await PrivatePostgres.start();
  t.after(() => postgres.dispose());
  const place = folder(t);
  const env = {
    ...on,
    DATABASE_URL: postgres.createDatabase('records'),
    FACEMATCH_KEYRING_URL: postgres.createDatabase('keys'),
  };
  let services = [await serve(t, place, { env }), await serve(t, place, { env })];
  const store = await openConfiguredStore(loadConfig(services[0]!.env), systemClock);
  t.after(() => store.close());
  const probe = await fill(store);
  const { ask } = await peopleAt(services[0]!, probe);

  // Approved here and there, each runs once, and never two at a time.
  const asked: string[] = [];
  for (const kind of ['searches', 'sweeps', 'searches', 'searches'] as const) {
    asked.push(await ask(services[0]!, kind));
  }
  await Promise.all(asked.map((id, i) => approve(services[i % 2]!, id)));
  const views = await Promise.all(asked.map((id) => ended(services[0]!, id)));
  assert.deepEqual(
    views.map(({ status, error }) => [status, error]),
    asked.map(() => ['done', null]),
  );
  for (const id of asked) {
    const actions = (await stepsOf(store, id)).map(({ action }) => action);
    assert.deepEqual(actions, ['search.start', 'search.run'], 'once');
  }
  const all = steps(await store.auditQuery.find({}, 0, 1_000_000));
  assert.deepEqual(
    all.map(({ action }) => action),
    asked.flatMap(() => ['search.start', 'search.run']),
  );
  const [search, sweep] = [foundIn(views[0]!), foundIn(views[1]!)];
  assert.equal(search.candidates?.length, 2);
  assert.ok(sweep.pairs!.length >= 4);

  const again = async (kind: 'searches' | 'sweeps'): Promise<{ killed: Killed; lines: AuditLine[] }> => {
    for (let tries = 0; tries < 10; tries++) {
      const id = await ask(services[0]!, kind);
      const midway = async () => kind === 'searches' || (await store.searchWork.checkpoint(id)) !== undefined;
      const killed = await kill(services, id, midway);
      if (killed === undefined) continue;
      const left = services.find((one) => one !== killed.by)!;
      // The other service finds it within a minute, and at once where it has something to do anyhow.
      await approve(left, await ask(left, 'searches'));
      assert.deepEqual(foundIn(await ended(left, id)), kind === 'searches' ? search : sweep);
      services = [left, await serve(t, place, { env })];
      const lines = await stepsOf(store, id);
      // It may have ended in the moment before it was killed.
      if (lines.length > 2) return { killed, lines };
    }
    throw new Error('Every search was over before its service was killed.');
  };
  const ofSearch = await again('searches');
  assert.deepEqual(
    ofSearch.lines.map(({ action, facts }) => [action, facts['try'], facts['resumedAfter']]),
    [
      ['search.start', 1, undefined],
      ['search.start', 2, undefined],
      ['search.run', undefined, undefined],
    ],
  );
  const { lines } = await again('sweeps');
  assert.deepEqual(
    lines.map(({ action, facts }) => [action, facts['try'], typeof facts['resumedAfter']]),
    [
      ['search.start', 1, 'undefined'],
      ['search.start', 2, 'string'],
      ['search.run', undefined, 'undefined'],
    ],
  );
  assert.ok(Number(lines[1]?.facts['compared']) > 0, 'it does not begin from zero');
  assert.equal((await store.audit.verify()).intact, true);
});

test('on a file, the service that is started again goes on with what it was at', { skip }, async (t) => {
  const place = folder(t);
  const env = on;
  const first = await serve(t, place, { env });
  await first.stop();
  const config = loadConfig(first.env);
  const filled = await openConfiguredStore(config, systemClock);
  const probe = await fill(filled);
  await filled.close();
  let service = await serve(t, place, { env });
  const { ask } = await peopleAt(service, probe);
  const whole = await ask(service, 'sweeps');
  await approve(service, whole);
  const expected = foundIn(await ended(service, whole));
  assert.ok(expected.pairs!.length >= 4);
  for (let tries = 0; ; tries++) {
    assert.ok(tries < 10, 'every sweep was over before its service was killed');
    const id = await ask(service, 'sweeps');
    const killed = await kill([service], id, () => checkpointIn(place, id));
    if (killed === undefined) continue;
    service = await serve(t, place, { env });
    assert.deepEqual(foundIn(await ended(service, id)), expected);
    const officer = await personIn(service, 'data-protection-officer');
    const { body } = await officer.post<{ entries: AuditLine[] }>('/v1/audit/query', {
      action: 'search.start',
      limit: 1000,
    });
    const [before, last] = body.entries.slice(-2);
    if (last?.facts['try'] !== 2) continue;
    assert.equal(before?.facts['try'], 1);
    assert.ok(Number(last.facts['compared']) > 0, 'it does not begin from zero');
    return;
  }
});

/** Whether the sweep has kept how far it has come. */
function checkpointIn(place: string, searchId: string): boolean {
  const db = new Database(join(place, 'facematch.db'), { readonly: true });
  try {
    const kept = 'select count(checkpoint) from search_work where search_id = ?';
    return db.prepare(kept).pluck().get(searchId) === 1;
  } finally {
    db.close();
  }
}
