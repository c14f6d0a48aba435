import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startJobsInProcess } from '../../src/jobs/inProcess.js';
import type { Job } from '../../src/jobs/job.js';

const described = (change: Partial<Job>): Job => ({
  name: 'tested',
  failedEvent: 'tested-failed',
  everyMs: 600_000,
  firstAfterMs: 0,
  retries: 3,
  retryAfterMs: 5,
  run: async () => {},
  ...change,
});

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !condition(); tries++) await sleep(5);
  assert.ok(condition());
}

test('a job that fails is tried again as often as it says, and then when it is due', async () => {
  let tries = 0;
  const failures: string[] = [];
  const run = async () => {
    tries += 1;
    throw new Error('not yet');
  };
  const jobs = startJobsInProcess([described({ run, retries: 2 })], ({ failedEvent }) =>
    failures.push(failedEvent),
  );
  await until(() => tries === 3);
  await sleep(100);
  assert.equal(tries, 3);
  assert.deepEqual(failures, ['tested-failed', 'tested-failed', 'tested-failed']);
  await jobs.stop();
});

test('a job never runs twice at a time, and stopping waits for the step at hand', async () => {
  let [running, most, ended] = [0, 0, 0];
  const run = async (signal: AbortSignal) => {
    running += 1;
    most = Math.max(most, running);
    while (!signal.aborted) await sleep(2);
    await sleep(20);
    running -= 1;
    ended += 1;
  };
  const failures: unknown[] = [];
  const jobs = startJobsInProcess([described({ run, everyMs: 2 })], (_, error) => failures.push(error));
  await until(() => running === 1);
  await sleep(30);
  await jobs.stop();
  assert.deepEqual([most, running, ended, failures.length], [1, 0, 1, 0]);
  await sleep(20);
  assert.equal(ended, 1);
});

test('poked, a job runs at once, and once more after the present run', async () => {
  let runs = 0;
  let release = (): void => {};
  const run = () => {
    runs += 1;
    return new Promise<void>((resolve) => {
      release = resolve;
    });
  };
  const jobs = startJobsInProcess([described({ run, firstAfterMs: 600_000 })], () => {});
  jobs.poke('unknown');
  jobs.poke('tested');
  assert.equal(runs, 1, 'at once');
  for (let pokes = 0; pokes < 3; pokes++) jobs.poke('tested');
  assert.equal(runs, 1, 'never twice at a time');
  release();
  await until(() => runs === 2);
  release();
  await jobs.stop();
  jobs.poke('tested');
  await sleep(10);
  assert.equal(runs, 2, 'once more, and not after it was stopped');
});

test('poked while a run fails, a job runs once more', async () => {
  let runs = 0;
  let fail = (_: Error): void => {};
  const run = () => {
    runs += 1;
    return new Promise<void>((_, reject) => {
      fail = reject;
      if (runs === 2) reject(new Error('again'));
    });
  };
  const failures: unknown[] = [];
  const job = described({ run, firstAfterMs: 600_000, retries: 0 });
  const jobs = startJobsInProcess([job], (_, error) => failures.push(error));
  jobs.poke('tested');
  jobs.poke('tested');
  fail(new Error('first'));
  await until(() => failures.length === 2);
  await jobs.stop();
  assert.equal(runs, 2);
});
