import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { seededRandom } from '../../src/evaluation/statistics/random.js';
import type { ModelId } from '../../src/face/types.js';
import { takeTurn } from '../../src/inquiry/search/turn.js';
import type { Store, SweepCheckpoint } from '../../src/store/store.js';
import {
  approvedSearch,
  entriesOf,
  nextTurn,
  openedInquiry,
  storeOf,
  turnParts,
} from './approvedSearches.js';
import { manyDocuments } from './manyDocuments.js';

const never = new AbortController().signal;
/** Two whole strips of 2,048 columns and a part of a third. */
const count = 4200;
const strip = 2048;
const alike: [number, number][] = [
  [0, 4199],
  [3, 2046],
  [5, 70],
  [2047, 2048],
  [1000, 3000],
];

/** Runs the sweep whose turn it is until it first keeps how far it has come. */
async function cutOff(store: Store): Promise<SweepCheckpoint> {
  const turn = await nextTurn(store);
  const stopping = new AbortController();
  const { searchWork } = store;
  const keep = searchWork.keep.bind(searchWork);
  let kept: SweepCheckpoint | undefined;
  searchWork.keep = (run, done, checkpoint) => {
    kept ??= checkpoint;
    if (checkpoint !== undefined) stopping.abort();
    return keep(run, done, checkpoint);
  };
  try {
    await takeTurn(turnParts(store), turn, stopping.signal);
  } finally {
    searchWork.keep = keep;
  }
  assert.ok(kept);
  assert.equal((await store.searches.get(turn.id)).status, 'running');
  assert.deepEqual(await store.searchWork.checkpoint(turn.id), kept);
  return kept;
}

async function foundBy(store: Store, id: string) {
  const findings = await store.searches.findings(id);
  return findings.map(({ verifications, ...finding }) => finding);
}

describe('a sweep that was cut off', () => {
  const closing: (() => unknown)[] = [];
  let store: Store;
  let ids: string[];
  let inquiryId: string;
  let whole: string;
  before(async () => {
    store = await storeOf({ after: (step) => closing.unshift(step as () => unknown) });
    ({ ids } = await manyDocuments(store, count, seededRandom(5), alike));
    inquiryId = await openedInquiry(store);
    whole = await approvedSearch(store, inquiryId);
    await takeTurn(turnParts(store), await nextTurn(store), never);
  });
  after(async () => {
    for (const step of closing) await step();
  });

  test('uninterrupted, it finds the planted pairs and as many more as it may show', async () => {
    const { status, store: against, progress } = await store.searches.get(whole);
    assert.deepEqual([status, against?.compared, progress], ['done', (count * (count - 1)) / 2, undefined]);
    const found = await foundBy(store, whole);
    assert.equal(found.length, 40, 'some by chance');
    const pairs = new Set(found.map(({ documentId, otherId }) => `${documentId} ${otherId}`));
    for (const [a, b] of alike) assert.ok(pairs.has(`${ids[a]} ${ids[b]}`), `${a} ${b}`);
  });

  test('goes on from its checkpoint and finds exactly what an uninterrupted one does', async () => {
    const id = await approvedSearch(store, inquiryId);
    const kept = await cutOff(store);
    assert.equal(kept.upTo, ids[strip - 1]);
    assert.equal(kept.compared, (strip * (strip - 1)) / 2);
    assert.ok(kept.pairs.length > 2 && kept.pairs.every(({ near }) => near > 0.3));
    const turn = await nextTurn(store);
    assert.deepEqual(turn, { id, starts: 1, cutOff: 0 }, 'put down in order, it counts as no failure');
    const begun = await store.searches.get(id);
    assert.ok(begun.progress !== undefined && begun.progress > 0.2, `${begun.progress}`);

    const shown: number[] = [];
    const { searchWork } = store;
    const keep = searchWork.keep.bind(searchWork);
    searchWork.keep = (run, done, checkpoint) => {
      if (checkpoint !== undefined) shown.push(checkpoint.compared);
      return keep(run, done, checkpoint);
    };
    await takeTurn(turnParts(store), turn, never);
    searchWork.keep = keep;
    assert.deepEqual(shown, [(2 * strip * (2 * strip - 1)) / 2], 'the first strip is not compared again');

    const done = await store.searches.get(id);
    assert.deepEqual([done.status, done.progress], ['done', undefined]);
    assert.deepEqual(await foundBy(store, id), await foundBy(store, whole));
    const { store: against, ...once } = await store.searches.get(whole);
    assert.deepEqual(done.store, against);
    assert.equal(done.reached, once.reached);
    assert.equal(done.startedAt, begun.startedAt);
    assert.equal(await store.searchWork.checkpoint(id), undefined, 'nothing is kept of it');
    assert.equal(await store.searchWork.next(), undefined);
    const entries = (await entriesOf(store, id)).filter(({ action }) => action.startsWith('search.'));
    assert.deepEqual(
      entries.map(({ action, outcome, actor, role }) => [action, outcome, actor, role]),
      [
        ['search.request', 'sweep', 'analyst-1', undefined],
        ['search.approve', 'approved', 'supervisor-1', 'supervisor'],
        ['search.start', 'active', 'supervisor-1', 'supervisor'],
        ['search.stop', 'stopped', 'supervisor-1', 'supervisor'],
        ['search.start', 'active', 'supervisor-1', 'supervisor'],
        ['search.run', 'done', 'supervisor-1', 'supervisor'],
      ],
    );
    const [first, second] = entries.filter(({ action }) => action === 'search.start');
    assert.deepEqual([first?.facts['try'], first?.facts['resumedAfter']], [1, undefined]);
    assert.deepEqual([second?.facts['try'], second?.facts['resumedAfter']], [2, kept.upTo]);
    assert.equal(second?.facts['compared'], kept.compared);
  });

  test('where another model became the active one it begins anew, and says so', async () => {
    const id = await approvedSearch(store, inquiryId);
    await cutOff(store);
    const parts = turnParts(store);
    const other = turnParts(store, { faces: { ...parts.faces, model: 'other@2' as ModelId } });
    await takeTurn(other, await nextTurn(store), never);
    const { status, store: against } = await store.searches.get(id);
    assert.equal(status, 'done');
    assert.deepEqual(against, { documents: 0, model: 'other@2', lastDocument: '', compared: 0 });
    const last = (await entriesOf(store, id)).findLast(({ action }) => action === 'search.start');
    assert.deepEqual(
      [last?.facts['modelBefore'], last?.facts['resumedAfter'], last?.facts['try']],
      [parts.faces.model, undefined, 2],
    );
  });

  test('what came meanwhile is not searched, and what was destroyed is in no pair', async () => {
    const id = await approvedSearch(store, inquiryId);
    const kept = await cutOff(store);
    const newer = await manyDocuments(store, 3, seededRandom(5));
    const order = { client: 'test', actor: 'test', ground: 'test' };
    const gone = [70, 1000, strip - 1].map((place) => ids[place]!);
    for (const document of gone) assert.ok(await store.destruction.destroyNow('document', document, order));
    assert.ok(
      kept.pairs.some(({ b }) => b === gone[0]),
      'a pair of what is kept',
    );
    await takeTurn(turnParts(store), await nextTurn(store), never);
    const { store: against } = await store.searches.get(id);
    assert.deepEqual([against?.documents, against?.lastDocument], [count, ids.at(-1)]);
    const before = strip - gone.length;
    const left = count - gone.length;
    const sinceThen = (left * (left - 1)) / 2 - (before * (before - 1)) / 2;
    assert.equal(against?.compared, kept.compared + sinceThen);
    const found = await foundBy(store, id);
    const destroyed = new Set([...gone, ...newer.ids]);
    assert.ok(!found.some(({ documentId, otherId }) => destroyed.has(documentId) || destroyed.has(otherId!)));
    const pairs = found.map(({ documentId, otherId, score }) => [documentId, otherId, score]);
    // The findings of the whole one went with their documents; those that follow them in rank may be new.
    const expected = await foundBy(store, whole);
    assert.deepEqual(
      pairs.slice(0, expected.length),
      expected.map(({ documentId, otherId, score }) => [documentId, otherId, score]),
    );
    assert.ok(expected.length >= 30 && expected.length < 40);
  });
});
