import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { FacematchError } from '../../src/errors.js';
import { seededRandom } from '../../src/evaluation/statistics/random.js';
import { createSearchJob } from '../../src/inquiry/search/searchJob.js';
import { mostCutOff, type TurnParts, takeTurn } from '../../src/inquiry/search/turn.js';
import { ExclusiveInProcess } from '../../src/store/database/exclusive.js';
import { openStore, type SearchRun, type Store } from '../../src/store/store.js';
import { code, folder, now, storeOptions } from '../store/fixture.js';
import { directDatabase } from '../support/directDatabase.js';
import {
  approvedSearch,
  entriesOf,
  nextTurn,
  openedInquiry,
  settings,
  storeOf,
  supervisor,
  turnParts,
} from './approvedSearches.js';
import { manyDocuments, model } from './manyDocuments.js';

const never = new AbortController().signal;
const against = { startedAt: now.toISOString(), mode: 'active', model, documents: 0, lastDocument: '' };
const entry = { ...supervisor, action: 'search.start', outcome: 'active' };

/** Begins the search whose turn it is and leaves it, as a process that is killed does. */
async function beginAndDie(store: Store): Promise<SearchRun> {
  return store.searchWork.start(await nextTurn(store), against, entry);
}

const ends = async (store: Store, id: string) => {
  const { status, error } = await store.searches.get(id);
  return [status, error];
};

const actions = async (store: Store, id: string) =>
  (await entriesOf(store, id)).map(({ action, outcome }) => [action, outcome]).slice(2);

describe('an approved search whose turn it is', () => {
  const closing: (() => unknown)[] = [];
  let store: Store;
  let inquiryId: string;
  let probe: { documentId: string };
  before(async () => {
    store = await storeOf({ after: (step) => closing.unshift(step as () => unknown) });
    const { ids } = await manyDocuments(store, 5, seededRandom(9), [[0, 3]]);
    probe = { documentId: ids[0]! };
    inquiryId = await openedInquiry(store);
  });
  after(async () => {
    for (const step of closing) await step();
  });
  const runAll = (change: Partial<TurnParts> = {}) =>
    createSearchJob({ ...turnParts(store, change), exclusive: new ExclusiveInProcess() }).run(never);

  test('searches of one face come before sweeps, each in the order they were approved in', async () => {
    const sweep = await approvedSearch(store, inquiryId);
    const first = await approvedSearch(store, inquiryId, probe);
    const second = await approvedSearch(store, inquiryId, probe);
    const other = await approvedSearch(store, inquiryId);
    await runAll();
    const starts = (await store.auditQuery.find({ action: 'search.start' }, 0, 100)).map(
      ({ subject }) => subject,
    );
    const of = async (id: string) => (await entriesOf(store, id))[0]?.subject;
    assert.deepEqual(starts, [await of(first), await of(second), await of(sweep), await of(other)]);
    for (const id of [first, second, sweep, other])
      assert.deepEqual(await ends(store, id), ['done', undefined]);
    const [found] = await store.searches.findings(first);
    assert.ok(found && found.score > 0.9);
  });

  test('killed in the middle, it is begun again against the same documents', async () => {
    const id = await approvedSearch(store, inquiryId, probe);
    const extent = await store.embeddingBlocks.extent(model);
    const begun = { ...against, documents: extent.documents, lastDocument: extent.last };
    await store.searchWork.start(await nextTurn(store), begun, entry);
    await manyDocuments(store, 2, seededRandom(9));
    await runAll();
    const { status, store: searched } = await store.searches.get(id);
    assert.equal(status, 'done');
    assert.deepEqual([searched?.documents, searched?.lastDocument], [extent.documents, extent.last]);
    assert.deepEqual(await actions(store, id), [
      ['search.start', 'active'],
      ['search.start', 'active'],
      ['search.run', 'done'],
    ]);
  });

  test('cut off three times, it has failed; what was put down in order does not count', async () => {
    assert.equal(mostCutOff, 3);
    const tried = await approvedSearch(store, inquiryId, probe);
    const stop = { ...supervisor, action: 'search.stop', outcome: 'stopped' };
    await beginAndDie(store);
    await store.searchWork.stop(await beginAndDie(store), true, stop);
    await beginAndDie(store);
    assert.deepEqual(await nextTurn(store), { id: tried, starts: 3, cutOff: 2 });
    await runAll();
    assert.deepEqual(await ends(store, tried), ['done', undefined]);

    const failed = await approvedSearch(store, inquiryId, probe);
    for (let death = 0; death < mostCutOff; death++) await beginAndDie(store);
    await runAll();
    assert.deepEqual(await ends(store, failed), ['failed', 'search-failed']);
    assert.deepEqual((await actions(store, failed)).slice(-2), [
      ['search.start', 'active'],
      ['search.run', 'search-failed'],
    ]);
    assert.equal(await store.searchWork.next(), undefined);
  });

  const refusals: [why: string, error: string, change: Partial<TurnParts>][] = [
    ['searches are switched off', 'search-disabled', { settings: { ...settings, enabled: false } }],
    ['its inquiry has ended', 'inquiry-closed', { clock: () => new Date('2027-01-01T00:00:00.000Z') }],
    [
      'the service is suspended',
      'suspended',
      {
        requireRunning: async () => {
          throw new FacematchError('suspended', 'Suspended.');
        },
      },
    ],
  ];
  for (const [why, error, change] of refusals) {
    test(`${why} when its turn comes: it does not run, and says so`, async () => {
      const id = await approvedSearch(store, inquiryId, probe);
      await runAll(change);
      assert.deepEqual(await ends(store, id), ['failed', error]);
      assert.deepEqual(await actions(store, id), [['search.run', error]]);
      assert.deepEqual((await entriesOf(store, id)).at(-1)?.facts, { kind: 'search' });
    });
  }

  test('its inquiry is closed or destroyed between its start and the next: it does not go on', async () => {
    const change = { at: now.toISOString(), person: 'supervisor-1', reason: 'r', audit: entry };
    const closed = await openedInquiry(store);
    const ofClosed = await approvedSearch(store, closed);
    await beginAndDie(store);
    await store.inquiries.close(closed, 'Over', change);
    await runAll();
    assert.deepEqual(await ends(store, ofClosed), ['failed', 'inquiry-closed']);

    const gone = await openedInquiry(store);
    const ofGone = await approvedSearch(store, gone);
    const order = { client: 'test', actor: 'test', ground: 'test' };
    assert.ok(await store.destruction.destroyNow('inquiry', gone, order));
    await runAll();
    assert.deepEqual(await ends(store, ofGone), ['failed', 'inquiry-closed']);
  });

  test('what another start has overtaken writes nothing more', async () => {
    const id = await approvedSearch(store, inquiryId, probe);
    const turn = await nextTurn(store);
    const first = await store.searchWork.start(turn, against, entry);
    await assert.rejects(store.searchWork.start(turn, against, entry), code('search-closed'));
    const second = await beginAndDie(store);
    const outcome = { endedAt: now.toISOString(), compared: 1, reached: 0, findings: [], audit: entry };
    const stop = { ...supervisor, action: 'search.stop', outcome: 'stopped' };
    await assert.rejects(store.searchWork.keep(first, 0.5), code('search-closed'));
    await assert.rejects(store.searchWork.stop(first, true, stop), code('search-closed'));
    await assert.rejects(store.searchWork.end(first, outcome), code('search-closed'));
    await store.searchWork.keep(second, 0.25);
    assert.equal((await store.searches.get(id)).progress, 0.25);
    await store.searchWork.end(second, outcome);
    await assert.rejects(store.searchWork.keep(second, 0.5), code('search-closed'));
    assert.deepEqual(await ends(store, id), ['done', undefined]);
  });

  test('one that another process is at beside the queue is passed over', async () => {
    const theirs = await approvedSearch(store, inquiryId, probe);
    const mine = await approvedSearch(store, inquiryId, probe);
    const exclusive = new ExclusiveInProcess();
    const held = await exclusive.hold(`search:${theirs}`);
    const job = createSearchJob({ ...turnParts(store), exclusive });
    await job.run(never);
    assert.equal((await store.searches.get(theirs)).status, 'running');
    assert.deepEqual(await ends(store, mine), ['done', undefined]);
    await held?.release();
    await job.run(never);
    assert.deepEqual(await ends(store, theirs), ['done', undefined]);
  });

  test('what it needs is away: it waits, nothing is noted and nothing counted', async () => {
    const id = await approvedSearch(store, inquiryId, probe);
    const requireRunning = async () => {
      throw new FacematchError('store-unavailable', 'Away.');
    };
    await assert.rejects(runAll({ requireRunning }), code('store-unavailable'));
    assert.deepEqual(await nextTurn(store), { id, starts: 0, cutOff: 0 });
    assert.deepEqual(await actions(store, id), []);
    await runAll();
    assert.deepEqual(await ends(store, id), ['done', undefined]);
  });

  test('destroyed with what was kept of it; its turn never comes', async () => {
    const id = await approvedSearch(store, inquiryId);
    const run = await beginAndDie(store);
    const place = { upTo: probe.documentId, compared: 0, floor: 0.4, most: 2, pairs: [] };
    await store.searchWork.keep(run, 0.1, place);
    assert.deepEqual(await store.searchWork.checkpoint(id), place);
    const turn = await nextTurn(store);
    const order = { client: 'test', actor: 'test', ground: 'test' };
    assert.ok(await store.destruction.destroyNow('search', id, order));
    await assert.rejects(store.searchWork.checkpoint(id), code('not-found'));
    await takeTurn(turnParts(store), turn, never);
    assert.equal(await store.searchWork.next(), undefined);
  });
});

test('one that cannot be opened has failed, and holds up no other; what is kept is sealed', async (t) => {
  const options = storeOptions(folder(t));
  const store = await openStore(options);
  t.after(() => store.close());
  const { ids } = await manyDocuments(store, 3, seededRandom(9));
  const inquiryId = await openedInquiry(store);
  const damaged = await approvedSearch(store, inquiryId);
  const sound = await approvedSearch(store, inquiryId);
  const run = await beginAndDie(store);
  assert.equal(run.id, damaged);
  const pairs = [{ a: ids[0]!, b: ids[2]!, near: 0.5 }];
  await store.searchWork.keep(run, 0.1, { upTo: ids[2]!, compared: 3, floor: 0.4, most: 2, pairs });
  const direct = directDatabase(options.databasePath);
  const row = direct.prepare<{ checkpoint: Uint8Array }>('select checkpoint from search_work').get();
  const bytes = Buffer.from(row!.checkpoint).toString('latin1');
  assert.ok(bytes.length > 100 && !bytes.includes(ids[0]!) && !bytes.includes('near'));
  direct.prepare('update searches set decision = ? where id = ?').run(Buffer.alloc(64), damaged);
  direct.close();
  await createSearchJob({ ...turnParts(store), exclusive: new ExclusiveInProcess() }).run(never);
  const bare = directDatabase(options.databasePath, { readonly: true });
  const rows = bare.prepare('select id, status, error from searches order by id').raw().all();
  assert.deepEqual(rows, [
    [damaged, 'failed', 'integrity-failure'],
    [sound, 'done', null],
  ]);
  assert.equal(bare.prepare('select count(*) from search_work').pluck().get(), 0);
  bare.close();
});

test('what an earlier version ended leaves nothing to go on from', async (t) => {
  const options = storeOptions(folder(t));
  const store = await openStore(options);
  t.after(() => store.close());
  const inquiryId = await openedInquiry(store);
  const id = await approvedSearch(store, inquiryId);
  await beginAndDie(store);
  const direct = directDatabase(options.databasePath);
  direct.prepare("update searches set status = 'failed', error = 'search-stopped' where id = ?").run(id);
  await createSearchJob({ ...turnParts(store), exclusive: new ExclusiveInProcess() }).run(never);
  assert.deepEqual(await ends(store, id), ['failed', 'search-stopped']);
  assert.equal(direct.prepare('select count(*) from search_work').pluck().get(), 0);
  direct.close();
});
