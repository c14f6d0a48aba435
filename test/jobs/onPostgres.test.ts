import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { FacematchError, isFacematchError } from '../../src/errors.js';
import type { Job } from '../../src/jobs/job.js';
import { startJobsOnPostgres } from '../../src/jobs/onPostgres.js';
import type { Held } from '../../src/store/database/exclusive.js';
import { PostgresExclusive } from '../../src/store/database/postgresExclusive.js';
import { enrolled, opened, retentionOf } from '../retention/support.js';
import { PrivatePostgres, withoutPostgres } from '../support/postgres.js';

const skip = withoutPostgres;
let postgres: PrivatePostgres;
before(async () => {
  if (skip === false) postgres = await PrivatePostgres.start();
});
after(() => postgres?.dispose());

async function until(condition: () => Promise<boolean> | boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 1200; tries++) {
    if (await condition()) return;
    await sleep(25);
  }
  assert.fail(`never: ${what}`);
}

async function worker(
  t: TestContext,
  url: string,
  steps: number,
): Promise<{ process: ChildProcess; said(): string }> {
  const program = fileURLToPath(new URL('./worker.js', import.meta.url));
  const child = spawn(process.execPath, [program, url, String(steps)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout?.on('data', (text: Buffer) => {
    said += text.toString();
  });
  t.after(() => child.kill('SIGKILL'));
  await until(() => said.includes('started') || child.exitCode !== null, 'a worker starts');
  return { process: child, said: () => said };
}

const described = (change: Partial<Job>): Job => ({
  name: 'tested',
  failedEvent: 'tested-failed',
  everyMs: 60_000,
  firstAfterMs: 0,
  retries: 3,
  retryAfterMs: 1000,
  run: async () => {},
  ...change,
});

test('two processes share a job, one at a time; what a killed one left the other finishes', {
  skip,
}, async (t) => {
  const database = 'shared';
  const url = postgres.createDatabase(database);
  await postgres.query(
    `create table taken (n bigint primary key, pid bigint not null);
     create table said (seq bigint generated always as identity, pid bigint not null, what text not null)`,
    database,
  );
  const steps = 150;
  const workers = [await worker(t, url, steps), await worker(t, url, steps)];
  const taken = async () =>
    postgres.query<{ n: string; pid: string }>('select n, pid from taken order by n', database);
  await until(async () => (await taken()).length >= 20, 'twenty steps');
  const [first] = await taken();
  const atWork = workers.find(({ process: { pid } }) => String(pid) === first?.pid);
  const other = workers.find((one) => one !== atWork);
  assert.ok(atWork && other);
  assert.deepEqual([...new Set((await taken()).map(({ pid }) => pid))], [String(atWork.process.pid)]);
  atWork.process.kill('SIGKILL');
  await once(atWork.process, 'exit');
  await until(async () => (await taken()).length === steps, 'every step');
  const numbers = await taken();
  assert.deepEqual(
    numbers.map(({ n }) => Number(n)),
    Array.from({ length: steps }, (_, n) => n),
  );
  assert.equal(numbers.at(-1)?.pid, String(other.process.pid));
  const said = await postgres.query<{ pid: string; what: string }>(
    'select pid, what from said order by seq',
    database,
  );
  const begun = said.findIndex(({ pid }) => pid === String(other.process.pid));
  assert.deepEqual(
    said.slice(0, begun),
    [{ pid: String(atWork.process.pid), what: 'begin' }],
    'never two at a time',
  );
  other.process.kill('SIGTERM');
  const [code] = (await once(other.process, 'exit')) as [number];
  assert.equal(code, 0);
  const [kept] = await postgres.query<{ data: number; outputs: string }>(
    `select count(*) filter (where data <> '{}') as data, count(*) filter (where output ? 'message') as outputs
     from facematch_jobs.job`,
    database,
  );
  assert.deepEqual(kept, { data: '0', outputs: '0' }, 'a queue says that there is work, and nothing else');
});

test('what failed is tried again, and the queue keeps its code and none of its words', { skip }, async () => {
  const url = postgres.createDatabase('retried');
  const exclusive = new PostgresExclusive(url);
  let tries = 0;
  const codes: unknown[] = [];
  const job = described({
    run: async () => {
      tries += 1;
      if (tries < 3) throw new FacematchError('storage-full', 'Peeters Anna');
    },
  });
  const jobs = await startJobsOnPostgres([job], {
    url,
    exclusive,
    pollMs: 50,
    failed: (_, error) => codes.push(isFacematchError(error) ? error.code : error),
  });
  await until(() => tries === 3, 'a third try');
  await jobs.stop();
  await exclusive.close();
  assert.deepEqual(codes, ['storage-full', 'storage-full']);
  const rows = await postgres.query<{ text: string }>(
    "select coalesce(output::text, '') || data::text as text from facematch_jobs.job union all select coalesce(output::text, '') from facematch_jobs.archive",
    'retried',
  );
  assert.ok(rows.length > 0);
  assert.equal(
    rows.some(({ text }) => text.includes('Peeters')),
    false,
  );
});

test('in each stretch of time a job is due once, however many processes there are', { skip }, async () => {
  const url = postgres.createDatabase('slots');
  const runs: number[] = [];
  const job = (of: number) =>
    described({
      name: 'slot',
      everyMs: 1000,
      firstAfterMs: 600_000,
      run: async () => {
        runs.push(of);
      },
    });
  const locks = [1, 2, 3].map(() => new PostgresExclusive(url));
  const started = [];
  for (const [of, exclusive] of locks.entries())
    started.push(await startJobsOnPostgres([job(of)], { url, exclusive, pollMs: 50, failed: () => {} }));
  await until(() => runs.length >= 4, 'four runs');
  for (const jobs of started) await jobs.stop();
  for (const lock of locks) await lock.close();
  const [row] = await postgres.query<{ jobs: string; moments: string }>(
    'select count(*) as jobs, count(distinct singleton_on) as moments from facematch_jobs.job',
    'slots',
  );
  assert.equal(row?.jobs, row?.moments);
  assert.ok(Number(row?.jobs) >= runs.length);
});

test('poked, a job runs in this process at once, or in another that is free, and never twice at a time', {
  skip,
}, async () => {
  const url = postgres.createDatabase('poked');
  const runs: string[] = [];
  let most = 0;
  let atWork = 0;
  const releases: (() => void)[] = [];
  const job = (of: string) =>
    described({
      firstAfterMs: 600_000,
      everyMs: 600_000,
      run: async () => {
        runs.push(of);
        most = Math.max(most, ++atWork);
        await new Promise<void>((resolve) => releases.push(resolve));
        atWork -= 1;
      },
    });
  const locks = [new PostgresExclusive(url), new PostgresExclusive(url)];
  const parts = { url, failed: (_: unknown, error: unknown) => assert.fail(String(error)) };
  // Neither polls within the test: what is not looked for at once is not found.
  const [here, there] = [
    await startJobsOnPostgres([job('here')], { ...parts, exclusive: locks[0]!, pollMs: 600_000 }),
    await startJobsOnPostgres([job('there')], { ...parts, exclusive: locks[1]!, pollMs: 600_000 }),
  ];
  here.poke('unknown');
  here.poke('tested');
  await until(() => runs.length === 1, 'a run here');
  there.poke('tested');
  await until(async () => {
    const done = "select count(*) as done from facematch_jobs.job where state = 'completed'";
    const [row] = await postgres.query<{ done: string }>(done, 'poked');
    return Number(row?.done) === 1;
  }, 'the other process takes what it was poked for, and finds that somebody is at it');
  here.poke('tested');
  releases.shift()?.();
  await until(() => runs.length === 2, 'once more after the present run');
  assert.deepEqual([runs, most], [['here', 'here'], 1]);
  releases.shift()?.();
  await here.stop();
  there.poke('tested');
  await until(() => runs.length === 3, 'a run there');
  releases.shift()?.();
  await there.stop();
  assert.deepEqual([runs[2], most], ['there', 1]);
  for (const lock of locks) await lock.close();
});

test('a lock that is lost with its connection says so, and can be had again', { skip }, async () => {
  const url = postgres.createDatabase('locks');
  const [mine, yours] = [new PostgresExclusive(url), new PostgresExclusive(url)];
  const held = await mine.hold('work');
  assert.ok(held);
  assert.equal(await mine.hold('work'), undefined, 'nor twice in one process');
  assert.equal(await yours.hold('work'), undefined);
  const other = await yours.hold('other work');
  assert.ok(other);
  await postgres.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'facematch-locks'",
  );
  await until(() => held.lost.aborted && other.lost.aborted, 'the loss is noticed');
  await held.release();
  // The server lets go of a lock a moment after it cut the connection.
  let next: Held | undefined;
  await until(async () => {
    next = await yours.hold('work');
    return next !== undefined;
  }, 'the lock is free');
  assert.ok(next && !next.lost.aborted);
  assert.equal(await mine.hold('work'), undefined);
  await next.release();
  assert.ok(await mine.hold('work'));
  await mine.close();
  await yours.close();
  await assert.rejects(mine.hold('work'), (error) => isFacematchError(error, 'store-unavailable'));
});

test('jobs go on by themselves after PostgreSQL was restarted in the middle of one', { skip }, async () => {
  const url = postgres.createDatabase('restarted');
  const exclusive = new PostgresExclusive(url);
  let begun = 0;
  let done = 0;
  const job = described({
    everyMs: 1000,
    run: async (signal) => {
      begun += 1;
      if (begun > 1) {
        done += 1;
        return;
      }
      while (!signal.aborted) await sleep(10);
      signal.throwIfAborted();
    },
  });
  const failures: string[] = [];
  const jobs = await startJobsOnPostgres([job], {
    url,
    exclusive,
    pollMs: 50,
    failed: ({ failedEvent }) => failures.push(failedEvent),
  });
  await until(() => begun === 1, 'the job begins');
  postgres.stop();
  await until(() => failures.length > 0, 'the failure is told');
  postgres.run();
  await until(() => done > 0, 'the job is taken up again');
  await jobs.stop();
  await exclusive.close();
});

test('retention runs are one at a time among processes, an operator’s and the daily one alike', {
  skip,
}, async (t) => {
  const url = postgres.createDatabase('retention');
  const { store, time } = await opened(t);
  await enrolled(store, '2006-03-15', '2010-01-01', '2010-01-02');
  const [mine, yours] = [new PostgresExclusive(url), new PostgresExclusive(url)];
  const [here, there] = [mine, yours].map((exclusive) => retentionOf(store, time, { exclusive }));
  const by = { client: 'test', actor: 'test' };
  const run = await here!.start({ by });
  await assert.rejects(there!.start({ by }), (error) => isFacematchError(error, 'busy'));
  assert.deepEqual((await run.finished).destroyed, { document: 1 });
  assert.deepEqual((await there!.run({ by })).destroyed, {});
  await mine.close();
  await yours.close();
});
