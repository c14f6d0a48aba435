import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { createRecordHolds } from '../../src/retention/holds.js';
import { caller } from '../records/transfer.js';
import { code, newComparison, newDocument } from '../store/fixture.js';
import { by, enrolled, loose, nothing, opened, retentionOf, rows, strict } from './support.js';

test('what is due goes, with everything that hangs on it; what is not stays', async (t) => {
  const { store, time, options } = await opened(t);
  const [old, young] = await enrolled(store, '2006-03-15', '2006-03-16');
  const claim = { key: randomBytes(32), fingerprint: randomBytes(32) };
  await store.documents.noteRepeat(old!.id, { idempotency: claim });
  const report = await retentionOf(store, time).run({ by });
  assert.deepEqual(report.destroyed, { document: 1 });
  await assert.rejects(store.documents.open(old!.id), code('not-found'));
  await store.documents.open(young!.id);
  assert.deepEqual(rows(options.databasePath), {
    ...nothing,
    holders: 1,
    documents: 1,
    document_images: 1,
    document_identity_keys: rows(options.databasePath)['document_identity_keys'],
    embeddings: 1,
  });
  const batch = await store.ledger.find(store.lookup.record(old!.id));
  assert.equal(batch?.kind, 'document');
  assert.equal(batch.ground, 'retention over');
  assert.equal(batch.at, time.now.toISOString());
  assert.equal(await store.ledger.find(store.lookup.record(young!.id)), undefined);
  assert.equal(await store.ledger.verify(), undefined);
  const [run] = await store.retention.runs(1);
  assert.deepEqual(run?.destroyed, { document: 1 });
  assert.equal(run.outcome, 'done');
});

test('a probe goes after three months, its comparison after twenty years', async (t) => {
  const { store, time, options } = await opened(t);
  const comparison = newComparison(store);
  await store.comparisons.create(comparison);
  const retention = retentionOf(store, time);
  time.set('2026-06-15T09:00:00Z');
  assert.deepEqual((await retention.run({ by })).destroyed, { probe: 1 });
  assert.equal(await store.comparisons.probe(comparison.id), undefined);
  await store.comparisons.get(comparison.id);
  time.set('2046-03-15T09:00:00Z');
  assert.equal((await retention.run({ by })).destroyed.comparison, 1);
  await assert.rejects(store.comparisons.get(comparison.id), code('not-found'));
  assert.deepEqual(rows(options.databasePath), nothing);
});

test('a record under a hold is kept and says so, also when its month is over; released, it goes', async (t) => {
  const { store, time, options } = await opened(t);
  const [kept, gone] = await enrolled(store, '2006-03-20', '2006-03-20');
  const comparison = newComparison(store, { retentionEnds: '2026-04-01' });
  await store.comparisons.create(comparison);
  const holds = createRecordHolds({ store, clock: time.clock });
  const ordered = {
    ground: 'judicial',
    endsOn: '2027-01-01',
    reference: 'GE/12',
    reason: 'order of 3 March',
  };
  const documentHold = await holds.place({ kind: 'document', id: kept!.id }, ordered, caller);
  await holds.place({ kind: 'comparison', id: comparison.id }, ordered, caller);

  time.set('2026-07-01T10:00:00Z');
  const retention = retentionOf(store, time);
  const report = await retention.run({ by });
  assert.deepEqual(report.destroyed, { document: 1 });
  assert.ok(report.held >= 1 && report.months >= 1);
  assert.ok(!(await store.keyring.months()).includes('2026-03' as never));
  await store.documents.open(kept!.id);
  assert.ok(await store.comparisons.probe(comparison.id), 'an inquiry keeps the probe too');
  await assert.rejects(store.documents.open(gone!.id), code('not-found'));
  const [hold] = await holds.on({ kind: 'document', id: kept!.id });
  assert.equal(hold?.ground, 'judicial');
  assert.deepEqual(await store.holds.detail(documentHold.holdId), {
    reference: 'GE/12',
    reason: 'order of 3 March',
  });
  const counts = await store.retention.counts('2026-07-01');
  assert.equal(counts.find((count) => count.kind === 'document')?.held, 1);

  await holds.release(documentHold.holdId, caller);
  assert.deepEqual(await holds.on({ kind: 'document', id: kept!.id }), []);
  assert.deepEqual((await retention.run({ by })).destroyed, { document: 1 });
  await assert.rejects(store.documents.open(kept!.id), code('not-found'));

  time.set('2027-01-01T10:00:00Z');
  assert.deepEqual((await retention.run({ by })).destroyed, { comparison: 1, probe: 1 });
  time.set('2032-01-01T10:00:00Z');
  assert.equal((await retention.run({ by })).destroyed.hold, 2, 'the reasons go after their own time');
  assert.deepEqual(rows(options.databasePath), nothing);
  assert.deepEqual((await store.keyring.verify()).damaged, []);
});

test('a hold on what is not there, with no end, or with one too far, is refused', async (t) => {
  const { store, time } = await opened(t);
  const [document] = await enrolled(store, '2020-01-01');
  const holds = createRecordHolds({ store, clock: time.clock });
  const ordered = { ground: 'inquiry', endsOn: '2027-01-01', reference: 'F-1', reason: 'open inquiry' };
  const record = { kind: 'document', id: document!.id } as const;
  await assert.rejects(holds.place({ kind: 'document', id: 'none' }, ordered, caller), code('not-found'));
  for (const endsOn of ['2026-03-15', '2031-03-16', undefined]) {
    await assert.rejects(holds.place(record, { ...ordered, endsOn }, caller), code('validation'));
  }
  assert.equal((await store.stats()).auditEntries, 1, 'of the enrolment alone');
});

test('a share too large is not destroyed unless somebody answers for it', async (t) => {
  const { store, time } = await opened(t);
  await enrolled(store, ...Array.from({ length: 30 }, (_, n) => (n < 11 ? '2006-03-01' : '2016-03-01')));
  const retention = retentionOf(store, time, { limits: strict });
  await assert.rejects(retention.run({ by }), code('destruction-limit'));
  assert.equal((await store.stats()).documents, 30);
  const [refused] = await store.retention.runs(1);
  assert.equal(refused?.outcome, 'destruction-limit');
  const report = await retention.run({ by, override: { reason: 'first run after the migration' } });
  assert.equal(report.destroyed.document, 11);
  assert.ok((await store.audit.verify()).intact);
});

for (const [name, moment] of [
  ['twenty-one years ahead', '2047-03-15T10:00:00Z'],
  ['a week and an hour ahead', '2026-03-22T11:00:01Z'],
  ['two hours back', '2026-03-15T08:00:00Z'],
] as const) {
  test(`nothing is destroyed when the clock stands ${name} of what was last believed`, async (t) => {
    const { store, time } = await opened(t);
    await enrolled(store, '2006-03-15');
    time.set(moment);
    // As after a restart: the two clocks of this process agree.
    const retention = retentionOf(store, time, { limits: { ...loose, maxGapDays: 7 } });
    await assert.rejects(retention.run({ by }), code('clock-implausible'));
    assert.equal(await retention.trustClock(), false);
    assert.equal((await store.stats()).documents, 1);
    await retention.run({ by, override: { reason: 'the clock is right, I looked' } });
    assert.equal(await retention.trustClock(), true);
  });
}

test('nothing is destroyed when the clock jumps while the service runs, forward or back', async (t) => {
  const { store, time } = await opened(t);
  await enrolled(store, '2006-03-16');
  let elapsed = 0;
  const retention = retentionOf(store, time, { limits: loose, monotonic: () => elapsed });
  assert.equal(await retention.trustClock(), true);
  time.set('2026-03-18T10:00:00Z');
  elapsed += 60_000;
  await assert.rejects(retention.run({ by }), code('clock-implausible'));
  assert.equal(await retention.trustClock(), false);
  time.set('2026-03-15T10:01:00Z');
  assert.equal(await retention.trustClock(), true);
  time.set('2026-03-16T10:01:00Z');
  elapsed += 24 * 3_600_000;
  assert.deepEqual((await retention.run({ by })).destroyed, { document: 1 });
});

test('one run at a time, and one that is told to stops after its batch and goes on later', async (t) => {
  const { store, time } = await opened(t);
  await enrolled(store, ...Array.from({ length: 25 }, () => '2006-03-01'));
  const retention = retentionOf(store, time, { batchSize: 5 });
  const stopping = new AbortController();
  const first = retention.run({
    by,
    signal: stopping.signal,
    progress: (done) => done >= 10 && stopping.abort(),
  });
  await assert.rejects(retention.run({ by }), code('busy'));
  await assert.rejects(first, { name: 'AbortError' });
  assert.equal((await store.stats()).documents, 15);
  assert.equal((await retention.run({ by })).destroyed.document, 15);
  assert.deepEqual(
    (await store.retention.runs(2)).map(({ outcome }) => outcome),
    ['done', 'stopped'],
  );
});

test('months that are over lose their keys, those never used too', async (t) => {
  const { store, time } = await opened(t);
  await store.documents.create(newDocument(store, { retentionEnds: '2026-05-05' }));
  assert.equal((await store.keyring.months())[0], '2026-05');
  time.set('2026-06-01T00:00:00Z');
  const report = await retentionOf(store, time).run({ by });
  assert.equal(report.months, 1);
  await assert.rejects(store.keyring.reserve('2026-05' as never), code('retention-over'));
  assert.ok(!(await store.keyring.months()).includes('2026-05' as never));
});

test('one record can go before its end, on a decision, and the ledger says on which', async (t) => {
  const { store } = await opened(t);
  const [document] = await enrolled(store, '2020-01-01');
  const order = { ...by, ground: 'judgment of 2026-03-01' };
  assert.equal(await store.destruction.destroyNow('document', document!.id, order), true);
  assert.equal(await store.destruction.destroyNow('document', document!.id, order), false);
  await assert.rejects(store.documents.open(document!.id), code('not-found'));
  assert.equal((await store.ledger.find(store.lookup.record(document!.id)))?.ground, order.ground);
});
