import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startJobsInProcess } from '../../src/jobs/inProcess.js';
import { dailyRetention } from '../../src/retention/daily.js';
import type { RunView } from '../../src/retention/operations.js';
import { personIn } from '../oversight/people.js';
import { newDocument } from '../store/fixture.js';
import { applicationOf, inventHolder, officeOf, photo } from '../support/office.js';
import { portraitOf } from '../support/samples.js';
import { startTestService, type TestService } from '../support/service.js';
import { until } from '../support/until.js';
import { enrolled, opened, retentionOf, strict } from './support.js';

let service: TestService;
let copies: string;
before(async () => {
  copies = await mkdtemp(join(tmpdir(), 'facematch-key-copies-'));
  service = await startTestService({ FACEMATCH_KEYRING_BACKUPS: copies });
});
after(() => service.dispose());

const path = '/v1/operations/retention-runs';
async function call(method: string, address: string, scopes: string[], body?: object) {
  const response = await fetch(`${service.url}${address}`, {
    method,
    headers: {
      authorization: `Bearer ${await service.token(scopes)}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

test('an operator starts a run in the service, which goes on by itself; the figures tell', async () => {
  const today = new Date().toISOString().slice(0, 10);
  const due = newDocument(service.store, { retentionEnds: today });
  await service.store.documents.create(due);
  assert.equal((await call('POST', path, ['documents:write'], {})).status, 403);
  assert.equal((await call('POST', path, ['operations:write'], { override: {} })).status, 422);
  const started = await call('POST', path, ['operations:write'], {});
  assert.equal(started.status, 202);
  let runs: RunView[] = [];
  await until(async () => {
    runs = (await call('GET', path, ['operations:write'])).body['runs'] as RunView[];
    return runs[0]?.outcome === 'done';
  }, 'the run is done');
  assert.equal(runs[0]?.id, started.body['runId']);
  assert.deepEqual(runs[0]?.destroyed, { document: 1 });
  const metrics = await fetch(`${service.url}/metrics`, {
    headers: { authorization: `Bearer ${await service.token(['metrics:read'])}` },
  });
  const figures = await metrics.text();
  assert.match(figures, /facematch_destroyed_records_total\{kind="document"\} 1/);
  assert.match(figures, /facematch_retention_failing 0/);
});

test('too large a share is refused at once, and goes with a reason', async () => {
  const retentionEnds = new Date().toISOString().slice(0, 10);
  const many = Array.from({ length: 101 }, () => newDocument(service.store, { retentionEnds }));
  await service.store.documents.createMany(many);
  const refused = await call('POST', path, ['operations:write'], {});
  assert.deepEqual([refused.status, refused.body['type']], [409, '/problems/destruction-limit']);
  const reason = 'everything was transferred late';
  assert.equal((await call('POST', path, ['operations:write'], { override: { reason } })).status, 202);
  await until(async () => (await service.store.stats()).documents === 0, 'all are gone');
});

test('a run that is at work when the service stops ends after its step, and its end is noted', async (t) => {
  let stopped = await startTestService();
  t.after(() => stopped.dispose());
  const retentionEnds = new Date().toISOString().slice(0, 10);
  const many = Array.from({ length: 1200 }, () => newDocument(stopped.store, { retentionEnds }));
  await stopped.store.documents.createMany(many);
  const operator = await personIn(stopped, 'operator');
  const reason = 'everything was transferred late';
  assert.equal((await operator.post(path, { override: { reason } })).status, 202);
  await until(async () => (await stopped.store.stats()).documents < many.length, 'some are gone');
  stopped = await stopped.restart();
  const [run] = await stopped.store.retention.runs(1);
  const left = (await stopped.store.stats()).documents;
  assert.ok(run?.outcome === 'stopped' || (run?.outcome === 'done' && left === 0), run?.outcome);
  assert.equal(run.destroyed['document'] ?? 0, many.length - left);
  const trail = await stopped.store.auditQuery.find({ action: 'retention.run' }, 0, 10);
  assert.deepEqual(
    trail.map(({ outcome }) => outcome),
    ['override', run.outcome],
  );
  t.diagnostic(`${run.outcome} with ${left} left`);
});

test('the service, which alone holds the keyring, copies it', async () => {
  const made = await call('POST', '/v1/operations/keyring-backups', ['operations:write'], {});
  assert.equal(made.status, 201);
  const [folder = ''] = readdirSync(copies);
  assert.deepEqual(readdirSync(join(copies, folder)).sort(), [
    'keyring.db',
    'keyring.ledger',
    'manifest.json',
  ]);
});

test('copies of the keyring asked for at once are all made, and all whole', async () => {
  const copy = () => call('POST', '/v1/operations/keyring-backups', ['operations:write'], {});
  const before = readdirSync(copies).length;
  const made = await Promise.all([copy(), copy(), copy(), copy()]);
  assert.deepEqual(
    made.map(({ status }) => status),
    [201, 201, 201, 201],
  );
  const folders = readdirSync(copies);
  assert.equal(folders.length, before + 4);
  for (const folder of folders) assert.equal(readdirSync(join(copies, folder)).length, 3, folder);
});

test('every day the service destroys what is due, once, and tries again the day after a refusal', async (t) => {
  const { store, time } = await opened(t);
  const [first] = await enrolled(store, '2006-03-15', '2006-03-16', '2010-01-01');
  const failures: unknown[] = [];
  let copied = 0;
  const retention = retentionOf(store, time, { limits: { ...strict, share: 0.4, few: 0, maxGapDays: 7 } });
  const job = dailyRetention({
    retention,
    clock: time.clock,
    also: async () => {
      copied += 1;
    },
    everyMs: 10,
  });
  const daily = startJobsInProcess([job], (_, error) => failures.push(error));
  const copiedOn = (times: number) => until(async () => copied === times, `day ${times} is over`);
  await copiedOn(1);
  assert.equal((await store.stats()).documents, 2);
  await assert.rejects(store.documents.open(first!.id));
  await sleep(50);
  assert.equal((await store.retention.runs(9)).length, 1, 'once a day');
  time.set('2026-03-16T00:00:01Z');
  await copiedOn(2);
  await until(async () => failures.length === 1, 'the refusal is told');
  await sleep(50);
  assert.equal((await store.retention.runs(9)).length, 2, 'a refusal is not repeated all day');
  await store.documents.create(newDocument(store, { numberKey: randomBytes(32) }));
  time.set('2026-03-17T00:00:01Z');
  await copiedOn(3);
  assert.equal((await store.stats()).documents, 2);
  await daily.stop();
  time.set('2026-03-18T00:00:01Z');
  await sleep(50);
  assert.equal((await store.retention.runs(9)).length, 3);
});

const load = Number(process.env['RETENTION_LOAD'] ?? 1500);

test(`the service answers comparisons while ${load} records are destroyed`, async (t) => {
  const retentionEnds = new Date().toISOString().slice(0, 10);
  for (let left = load; left > 0; left -= 500) {
    const documents = Array.from({ length: Math.min(left, 500) }, () =>
      newDocument(service.store, { retentionEnds }),
    );
    await service.store.documents.createMany(documents);
  }
  const office = officeOf(service, await service.token(['documents:write', 'comparisons:write']));
  const probe = await portraitOf('2-left');
  const holder = inventHolder(
    'Load',
    ['Anna'],
    [
      ['2012-01-01', photo(await portraitOf('1-right'))],
      ['2019-01-01', photo(await portraitOf('3-middle'))],
    ],
  );
  await office.enrol(holder);
  let applications = 0;
  const compare = async () => {
    const application = applicationOf({ as: holder }, ++applications);
    const started = performance.now();
    const { status } = await office.compare(application, probe);
    assert.equal(status, 201);
    return performance.now() - started;
  };
  const idle: number[] = [];
  for (let n = 0; n < 10; n++) idle.push(await compare());
  const running = performance.now();
  const reason = 'measuring';
  assert.equal((await call('POST', path, ['operations:write'], { override: { reason } })).status, 202);
  const meanwhile: number[] = [];
  const state = async () => (await service.store.retention.runs(1))[0];
  while ((await state())?.outcome === 'running') meanwhile.push(await compare());
  const seconds = (performance.now() - running) / 1000;
  assert.equal((await state())?.destroyed.document, load);
  assert.ok(meanwhile.length > 0);
  const at = (times: number[], share: number) =>
    (times.sort((a, b) => a - b)[Math.ceil(share * times.length) - 1] ?? 0).toFixed(0);
  t.diagnostic(
    `${(load / seconds).toFixed(0)} records a second beside ${meanwhile.length} comparisons; p50 ${at(meanwhile, 0.5)} ms, p99 ${at(meanwhile, 0.99)} ms (idle ${at(idle, 0.5)} and ${at(idle, 0.99)})`,
  );
});
