import pg from 'pg';
import PgBoss from 'pg-boss';
import { isFacematchError } from '../errors.js';
import type { Exclusive } from '../store/database/exclusive.js';
import { postgresFailure } from '../store/database/postgresFailures.js';
import { type Job, type JobFailed, type Jobs, lockOf, type StartedJob } from './job.js';

/** Beside the records' tables, in a schema of its own that pg-boss keeps up to date. */
const schema = 'facematch_jobs';
/** A process that died is known by its lock at once; the queue gives its job out again after this. */
const expireInSeconds = 300;
const maintenanceIntervalSeconds = 60;
const usualQueryMs = 60_000;

export interface PostgresJobsParts {
  /** `postgres://…` of the records. */
  readonly url: string;
  readonly exclusive: Exclusive;
  readonly failed: JobFailed;
  /** How often this process asks for work. */
  readonly pollMs?: number | undefined;
  /** How long it waits for an answer of the queue; a minute unless given. */
  readonly queryMs?: number | undefined;
}

/**
 * Jobs shared by every process on the database, through pg-boss: each time that a job is due it is taken by one of
 * them, tried again where it failed or its process ended, and never runs twice at a time, which its lock sees to.
 *
 * @throws FacematchError `store-unavailable`, `storage-full`
 */
export async function startJobsOnPostgres(jobs: readonly Job[], parts: PostgresJobsParts): Promise<Jobs> {
  const { url, failed, pollMs = 2_000, queryMs = usualQueryMs } = parts;
  const pool = new pg.Pool({
    connectionString: url,
    max: 2,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // What the queue asks is short: one that has no answer is asked again on another connection.
    query_timeout: queryMs,
    application_name: 'facematch-jobs',
  });
  pool.on('error', () => undefined);
  const boss = new PgBoss({
    db: { executeSql: (text, values) => pool.query(text, values) },
    schema,
    // The moments follow from the descriptions: no table of schedules that an older version could leave behind.
    schedule: false,
    maintenanceIntervalSeconds,
  });
  boss.on('error', (error) => failed({ name: 'jobs', failedEvent: 'job-queue-failed' }, error));
  try {
    await boss.start();
    for (const { name, retries, retryAfterMs } of jobs) {
      const retry = { retryLimit: retries, retryDelay: Math.ceil(retryAfterMs / 1000), retryBackoff: true };
      const queue = { name, policy: 'short', ...retry, expireInSeconds } as const;
      await boss.createQueue(name, queue);
      await boss.updateQueue(name, queue);
    }
  } catch (error) {
    await boss.stop({ graceful: false }).catch(() => undefined);
    await pool.end();
    throw postgresFailure(error);
  }
  const stopping = new AbortController();
  const loops = new Map(jobs.map((job) => [job.name, startLoop(boss, job, parts, stopping.signal, pollMs)]));
  const stop = async (): Promise<void> => {
    stopping.abort();
    await Promise.all([...loops.values()].map((loop) => loop.stop()));
    await boss.stop({ graceful: false });
    await pool.end();
  };
  let stopped: Promise<void> | undefined;
  return {
    poke: (name) => loops.get(name)?.poke(),
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

function startLoop(
  boss: PgBoss,
  job: Job,
  { exclusive, failed }: PostgresJobsParts,
  stopping: AbortSignal,
  pollMs: number,
): StartedJob {
  const told = (error: unknown) => {
    if (!stopping.aborted) failed(job, error);
  };
  const alone = async () => {
    const held = await exclusive.hold(lockOf(job.name));
    // Somebody is at it: there is nothing left to do.
    if (held === undefined) return;
    try {
      await job.run(AbortSignal.any([stopping, held.lost]));
    } finally {
      await held.release();
    }
    // Cut off between two steps: for whoever takes it next.
    if (stopping.aborted || held.lost.aborted) throw new Error('stopped');
  };
  const take = async () => {
    const [taken] = await boss.fetch(job.name);
    if (taken === undefined) return;
    try {
      await alone();
      await boss.complete(job.name, taken.id);
    } catch (error) {
      told(error);
      // What an error says could quote what it met: its code is enough.
      const code = stopping.aborted ? 'stopped' : isFacematchError(error) ? error.code : 'internal';
      await boss.fail(job.name, taken.id, { code });
    }
  };
  let atWork: Promise<void> | undefined;
  let again = false;
  const look = () => {
    if (atWork !== undefined || stopping.aborted) return;
    // What it was poked for during its own run another process may have taken, and found this one at it.
    const run = again ? alone : take;
    again = false;
    atWork = run()
      .catch(told)
      .finally(() => {
        atWork = undefined;
        if (again) look();
      });
  };
  const poll = setInterval(look, pollMs);
  // One in each stretch of time, whoever asks for it first.
  const singletonSeconds = Math.ceil(job.everyMs / 1000);
  const regular = setInterval(() => {
    boss.send(job.name, {}, { singletonSeconds }).catch(told);
  }, job.everyMs);
  const first = setTimeout(() => boss.send(job.name, {}).catch(told), job.firstAfterMs);
  for (const timer of [poll, regular, first]) timer.unref();
  return {
    poke() {
      // The queue knows first, so that what this process cannot take now another one does.
      boss.send(job.name, {}).then(() => {
        again = atWork !== undefined;
        look();
      }, told);
    },
    async stop() {
      clearInterval(poll);
      clearInterval(regular);
      clearTimeout(first);
      await atWork;
    },
  };
}
