import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { NewRectification } from '../../src/store/rectifications.js';
import { openStore, type Store } from '../../src/store/store.js';
import { snapshotOf } from '../support/directDatabase.js';
import { code, folder, newComparison, newDocument, storeOptions } from './fixture.js';

const at = '2026-03-15T10:00:00.000Z';
const audit = { client: 'desk', actor: 'clerk-2', action: 'document.rectify', outcome: 'done' };

async function made(t: TestContext) {
  const options = storeOptions(folder(t));
  const store = await openStore(options);
  const document = newDocument(store);
  await store.documents.create(document);
  const reopen = async () => {
    const again = await openStore(options);
    t.after(() => again.close());
    return again;
  };
  return { options, store, document, reopen };
}

/** A corrected date of issue: the record goes five years earlier, so under the key of another month. */
const moved = (
  store: Store,
  { id, numberKey }: { id: string; numberKey: Uint8Array },
  reevaluate: NewRectification['reevaluate'] = async () => [],
) =>
  store.rectifications.rectify({
    documentId: id,
    revision: 1,
    at,
    type: 'passport',
    issuedOn: '2015-05-05',
    retentionEnds: '2035-05-05',
    numberKey,
    registerKey: undefined,
    identityKeys: [store.lookup.identity(id)],
    record: { holder: { familyName: 'Peeters' }, corrected: true },
    detail: { reason: 'misread' },
    reevaluate,
    audit,
  });

test('a database from before a record moved to another key loses the record as it was, and takes it anew', async (t) => {
  const { options, store, document, reopen } = await made(t);
  await store.close();
  const putBack = snapshotOf(options.databasePath);
  const corrected = await openStore(options);
  await moved(corrected, document);
  assert.equal((await corrected.documents.state(document.id)).revision, 2);
  assert.deepEqual(Buffer.from((await corrected.documents.open(document.id)).photo), document.photo);
  await corrected.close();
  putBack();
  const restored = await reopen();
  assert.equal(restored.resumed, 1);
  await assert.rejects(restored.documents.state(document.id), code('not-found'));
  assert.deepEqual(await restored.stats().then(({ holders, documents }) => [holders, documents]), [0, 0]);
  assert.equal((await restored.documents.create(newDocument(restored, document))).created, true);
  await restored.documents.open(document.id);
});

test('the key a record was under goes at the next start, where a crash came between', async (t) => {
  const { store, document, reopen } = await made(t);
  const { keyring } = store;
  keyring.destroyKeys = () => {
    throw new Error('killed');
  };
  await assert.rejects(moved(store, document));
  await store.close();
  const again = await reopen();
  const batches = await again.ledger.after(0);
  assert.deepEqual(
    batches.map(({ kind, month }) => [kind, month]),
    [['superseded', '2040-05']],
  );
  const [{ keyId } = { keyId: '' }] = batches[0]!.entries;
  await assert.rejects(again.keyring.open(keyId, '2040-05' as never), /destroyed/);
  await again.documents.open(document.id);
});

test('what is reported or embedded while a record moves to another key opens under the one it has then', async (t) => {
  const { store, document, reopen } = await made(t);
  const report = (onDay: string) =>
    store.statuses.record({
      documentId: document.id,
      kind: 'application-refused',
      onDay,
      recordedAt: at,
      becomes: true,
      detail: { reason: `of ${onDay}` },
      audit,
    });
  const embed = (model: string) =>
    store.embeddings.put(document.id, {
      model,
      pixelsKey: document.pixelsKey,
      result: Float32Array.of(1, 0),
    });
  await Promise.all([
    report('2026-01-01'),
    moved(store, document),
    report('2026-01-02'),
    embed('net@2'),
    new Promise((resolve) => setImmediate(resolve)).then(() => report('2026-01-03')),
    new Promise((resolve) => setImmediate(resolve)).then(() => embed('net@3')),
  ]);
  await store.close();
  const again = await reopen();
  const details = (await again.statuses.ofDocument(document.id)).map(({ detail }) => detail);
  assert.equal(details.length, 3);
  for (const day of ['01', '02', '03']) {
    assert.ok(details.some((one) => (one as { reason: string }).reason === `of 2026-01-${day}`));
  }
  for (const model of ['net@2', 'net@3']) {
    // Written before the move or after it, or not at all where the key changed in between; never unreadable.
    const vector = await again.documents.embedding(document.id, model);
    if (vector !== undefined) assert.deepEqual(vector, Float32Array.of(1, 0));
  }
});

test('a comparison that nobody computed again is marked in the correction itself', async (t) => {
  const { store, document } = await made(t);
  t.after(() => store.close());
  const comparison = newComparison(store, { references: [document.id] });
  await store.comparisons.create(comparison);
  assert.deepEqual(await moved(store, document), { revision: 2, reevaluated: [comparison.id] });
  const [mark] = await store.outcomes.reevaluations(comparison.id);
  assert.deepEqual(mark, { at, outcome: undefined, detail: { reasons: [] } });
});

test('comparisons that are recorded while a correction computes are computed again with it', async (t) => {
  const { store, document } = await made(t);
  t.after(() => store.close());
  const recorded: string[] = [];
  const record = async () => {
    const comparison = newComparison(store, { references: [document.id] });
    await store.comparisons.create(comparison);
    recorded.push(comparison.id);
  };
  await record();
  const rounds: string[][] = [];
  const { reevaluated } = await moved(store, document, async (known) => {
    const now = recorded.filter((id) => !known.has(id));
    rounds.push(now);
    // In the first two rounds somebody is compared meanwhile.
    if (rounds.length < 3) await record();
    return now.map((comparisonId) => ({ comparisonId, at, outcome: 'consistent', detail: {} }));
  });
  assert.deepEqual(rounds, [[recorded[0]], [recorded[1]], [recorded[2]]]);
  assert.deepEqual(reevaluated, recorded);
  for (const id of recorded) {
    const outcomes = (await store.outcomes.reevaluations(id)).map(({ outcome }) => outcome);
    assert.deepEqual(outcomes, ['consistent'], 'once, and not marked beside');
  }
});

test('a correction comes to an end however many comparisons are recorded: the last are marked', async (t) => {
  const { store, document } = await made(t);
  t.after(() => store.close());
  let rounds = 0;
  const { reevaluated } = await moved(store, document, async () => {
    rounds += 1;
    await store.comparisons.create(newComparison(store, { references: [document.id] }));
    return [];
  });
  assert.equal(reevaluated.length, rounds);
  assert.equal((await store.documents.state(document.id)).revision, 2);
});

test('what was compared with a record as it was before its correction is not stored', async (t) => {
  const { store, document } = await made(t);
  t.after(() => store.close());
  await moved(store, document);
  const before = newComparison(store, { references: [document.id], revisions: [1] });
  await assert.rejects(store.comparisons.create(before), code('revision-conflict'));
  assert.equal((await store.stats()).comparisons, 0);
  const after = { ...before, revisions: [2] };
  assert.equal((await store.comparisons.create(after)).created, true);
});
