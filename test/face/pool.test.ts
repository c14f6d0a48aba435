import assert from 'node:assert/strict';
import { getPriority } from 'node:os';
import test, { type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createFacePool, type FacePool } from '../../src/face/pool/face-pool.js';
import type { FacePoolOptions, TaskReport } from '../../src/face/pool/options.js';
import { greyPng } from './images.js';
import { describe, embeddingOf, portrait, settings } from './support.js';

const photo = { bytes: await portrait };

async function pool(t: TestContext, options: Partial<FacePoolOptions> = {}): Promise<FacePool> {
  const created = await createFacePool({ settings: settings(), children: 1, ...options });
  t.after(() => created.close());
  return created;
}

/** Resolves when it holds; fails after ten seconds. */
async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 1_000 && !holds(); i++) await delay(10);
  assert.ok(holds());
}

function onlyPid(faces: FacePool): number {
  const [pid, ...others] = faces.pids();
  assert.equal(others.length, 0);
  return pid!;
}

test('reads and accepts, reports each photo, counts them', async (t) => {
  const reports: TaskReport[] = [];
  const faces = await pool(t, { onTask: (report) => reports.push(report) });
  assert.equal(faces.model, 'mobilefacenet-512@1.0.0');
  assert.ok(faces.ready());
  const outcome = await faces.read(photo);
  assert.equal(embeddingOf(outcome).length, 512);
  const signature = await faces.accept({ bytes: greyPng(200, 80), declaredType: 'image/png' });
  assert.equal(signature.kind === 'accepted' && signature.image.width, 200);
  assert.equal(describe(await faces.read({ bytes: new Uint8Array() })), 'photo-empty');
  assert.deepEqual(
    reports.map((report) => [report.outcome, report.batch]),
    [
      ['embedded', 1],
      ['accepted', 1],
      ['photo-empty', 1],
    ],
  );
  for (const { waitMs, runMs } of reports) assert.ok(waitMs >= 0 && runMs > 0);
  const { answered, failed, ready, running, waiting } = faces.stats();
  assert.deepEqual(
    { answered, failed, ready, running, waiting },
    { answered: 3, failed: 0, ready: 1, running: 0, waiting: 0 },
  );
});

test('what waits while a child works becomes one batch, and gives what it gives alone', async (t) => {
  const reports: TaskReport[] = [];
  const faces = await pool(t, { maxBatch: 4, onTask: (report) => reports.push(report) });
  const outcomes = await Promise.all(Array.from({ length: 6 }, () => faces.read(photo)));
  assert.deepEqual(
    reports.map(({ batch }) => batch),
    [1, 4, 4, 4, 4, 1],
  );
  const [alone, ...rest] = outcomes.map(embeddingOf);
  for (const shared of rest)
    for (const [i, value] of alone!.entries()) assert.ok(Math.abs(value - shared[i]!) <= 1e-5);
});

test('what comes back shares no memory with other photos', async (t) => {
  const faces = await pool(t);
  for (const outcome of await Promise.all([faces.read(photo), faces.read(photo), faces.read(photo)])) {
    if (outcome.kind !== 'embedded') throw new Error(describe(outcome));
    for (const values of [outcome.embedding, outcome.image.stripped, outcome.image.pixelDigest])
      assert.equal(values.buffer.byteLength, values.byteLength);
  }
});

test('children stand back behind the service where cores are short', async (t) => {
  const faces = await pool(t);
  assert.equal(getPriority(onlyPid(faces)), Math.min(19, getPriority() + 5));
});

test('a full queue says busy at once', async (t) => {
  const faces = await pool(t, { maxQueue: 2 });
  const taken = [faces.read(photo), faces.read(photo), faces.read(photo)];
  await assert.rejects(faces.read(photo), { code: 'busy' });
  assert.equal(faces.stats().turnedAway, 1);
  for (const outcome of await Promise.all(taken)) assert.equal(outcome.kind, 'embedded');
});

test('more than can be read in time says busy at once, but for a few that may always wait', async (t) => {
  const faces = await pool(t, { maxBatch: 1, maxWaitMs: 1, maxQueue: 100 });
  await faces.read(photo);
  const read = (party: string) => faces.read(photo, { party });
  const taken = [read('a'), read('a'), read('a')];
  assert.ok(faces.stats().expectedMs > 1);
  assert.throws(() => faces.promiseRoom('a'), { code: 'busy' });
  await assert.rejects(read('a'), { code: 'busy' });
  taken.push(read('b'));
  assert.throws(() => faces.promiseRoom('b'), { code: 'busy' });
  const patient = faces.read(photo, { party: 'a', priority: 'low' });
  for (const outcome of await Promise.all([...taken, patient])) assert.equal(outcome.kind, 'embedded');
  assert.equal(faces.stats().turnedAway, 3);
  faces.promiseRoom('a')();
});

test('a party that floods the pool is turned away; another one is not, and waits for one photo a turn', async (t) => {
  const faces = await pool(t, { maxBatch: 1, maxQueue: 6 });
  const pid = onlyPid(faces);
  process.kill(pid, 'SIGSTOP'); // so that all of them surely come while it is busy
  const order: string[] = [];
  const read = (party: string) => faces.read(photo, { party }).then(() => order.push(party));
  const flood = Array.from({ length: 20 }, () => read('flood'));
  const away = flood.map((one) => one.then(() => false).catch(({ code }) => code === 'busy'));
  assert.deepEqual([faces.stats().running, faces.stats().waiting], [1, 6]);
  assert.throws(() => faces.promiseRoom('flood'), { code: 'busy' });
  faces.promiseRoom('quiet')();
  const quiet = [read('quiet'), read('quiet')];
  process.kill(pid, 'SIGCONT');
  await Promise.all(quiet);
  assert.deepEqual(order, ['flood', 'flood', 'quiet', 'flood', 'quiet']);
  assert.equal((await Promise.all(away)).filter(Boolean).length, 13);
});

test('normal photos go before low ones', async (t) => {
  const faces = await pool(t, { maxBatch: 1 });
  const order: string[] = [];
  const note = (name: string) => () => order.push(name);
  await Promise.all([
    faces.read(photo).then(note('running')),
    faces.read(photo, { priority: 'low' }).then(note('low')),
    faces.read(photo).then(note('normal')),
  ]);
  assert.deepEqual(order, ['running', 'normal', 'low']);
});

for (const signal of ['SIGKILL', 'SIGSEGV'] as const)
  test(`a child that dies of ${signal} costs its photo only and is replaced`, async (t) => {
    const faces = await pool(t, { maxBatch: 1 });
    const pid = onlyPid(faces);
    process.kill(pid, 'SIGSTOP'); // so that it is surely in the middle of its work
    const lost = faces.read(photo);
    const next = faces.read(photo);
    process.kill(pid, signal);
    if (signal === 'SIGSEGV') process.kill(pid, 'SIGCONT');
    await assert.rejects(lost, { code: 'reading-failed', facts: { signal } });
    assert.equal((await next).kind, 'embedded');
    assert.notEqual(onlyPid(faces), pid);
    assert.equal(faces.stats().replaced, 1);
  });

test('an idle child that dies is replaced', async (t) => {
  const faces = await pool(t);
  const pid = onlyPid(faces);
  process.kill(pid, 'SIGKILL');
  await until(() => faces.pids()[0] !== pid && faces.ready());
  assert.equal((await faces.read(photo)).kind, 'embedded');
});

test('a child that hangs is killed at the deadline and replaced', async (t) => {
  const faces = await pool(t, { deadlineMs: 2_000, maxBatch: 1 });
  const pid = onlyPid(faces);
  process.kill(pid, 'SIGSTOP');
  await assert.rejects(faces.read(photo), { code: 'deadline-exceeded' });
  assert.equal((await faces.read(photo)).kind, 'embedded');
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});

test('the deadline is for each photo: a batch may take several of them', async (t) => {
  const slow = { bytes: greyPng(5_000, 4_900) };
  const unhurried = await pool(t);
  const started = performance.now();
  await Promise.all([unhurried.accept(photo), unhurried.read(slow)]);
  const one = performance.now() - started;
  const reports: TaskReport[] = [];
  const faces = await pool(t, {
    deadlineMs: Math.max(700, 5 * one),
    maxBatch: 16,
    onTask: (report) => reports.push(report),
  });
  const outcomes = await Promise.all([
    faces.accept(photo),
    ...Array.from({ length: 16 }, () => faces.read(slow)),
  ]);
  assert.ok(outcomes.every(({ kind }) => kind !== 'refused'));
  assert.equal(faces.stats().replaced, 0);
  const longest = Math.max(...reports.map(({ runMs }) => runMs));
  assert.ok(longest > Math.max(700, 5 * one), `the batch took ${longest} ms, one photo ${one} ms`);
});

test('an abort answers the caller first; a photo that waits is never read', async (t) => {
  const faces = await pool(t, { maxBatch: 1 });
  const pid = onlyPid(faces);
  process.kill(pid, 'SIGSTOP');
  const running = new AbortController();
  const waiting = new AbortController();
  const results = [
    faces.read(photo, { signal: running.signal }),
    faces.read(photo, { signal: waiting.signal }),
  ];
  assert.deepEqual([faces.stats().running, faces.stats().waiting], [1, 1]);
  running.abort();
  waiting.abort();
  for (const result of results) await assert.rejects(result, { name: 'AbortError' });
  assert.equal(faces.stats().waiting, 0);
  await assert.rejects(faces.read(photo, { signal: AbortSignal.abort() }), { name: 'AbortError' });
  process.kill(pid, 'SIGCONT');
  await until(() => faces.stats().running === 0);
  assert.equal(faces.stats().answered, 1);
});

test('a child whose memory passes the limit answers, then makes room for a fresh one', async (t) => {
  const faces = await pool(t, { maxRssBytes: 1 });
  const pid = onlyPid(faces);
  assert.equal((await faces.read(photo)).kind, 'embedded');
  await until(() => faces.ready() && onlyPid(faces) !== pid);
  assert.equal(faces.stats().failed, 0);
});

test('a start that fails twice is given up, with the reason', async () => {
  const broken = settings({ buildDir: '/nowhere/at/all' });
  await assert.rejects(createFacePool({ settings: broken, children: 1 }), { code: 'model-missing' });
  await assert.rejects(createFacePool({ settings: settings(), children: 1, startDeadlineMs: 1 }), {
    code: 'deadline-exceeded',
  });
});

test('closing finishes what is under way, takes no more, and leaves no process', async () => {
  const faces = await createFacePool({ settings: settings(), children: 2 });
  await until(() => faces.stats().ready === 2);
  const pids = faces.pids();
  const last = [faces.read(photo), faces.read(photo), faces.read(photo)];
  const closed = faces.close();
  await assert.rejects(faces.read(photo), { code: 'busy' });
  assert.equal(faces.ready(), false);
  for (const outcome of await Promise.all(last)) assert.equal(outcome.kind, 'embedded');
  await closed;
  for (const pid of pids) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});

test('closing kills what does not finish by its deadline', async () => {
  const faces = await createFacePool({
    settings: settings(),
    children: 1,
    maxBatch: 1,
    closeDeadlineMs: 200,
  });
  process.kill(onlyPid(faces), 'SIGSTOP');
  const running = assert.rejects(faces.read(photo), { code: 'deadline-exceeded' });
  const waiting = assert.rejects(faces.read(photo), { code: 'busy' });
  await faces.close();
  await Promise.all([running, waiting]);
});
