import type { Exclusive } from '../store/database/exclusive.js';
import { startJobsInProcess } from './inProcess.js';
import type { Job, JobFailed, Jobs } from './job.js';
import { startJobsOnPostgres } from './onPostgres.js';

/** Starts the jobs where the records are: shared on PostgreSQL, else in this process. */
export async function startJobs(
  jobs: readonly Job[],
  parts: {
    readonly databaseUrl: string | undefined;
    readonly exclusive: Exclusive;
    readonly failed: JobFailed;
  },
): Promise<Jobs> {
  const { databaseUrl: url, exclusive, failed } = parts;
  return url === undefined
    ? startJobsInProcess(jobs, failed)
    : startJobsOnPostgres(jobs, { url, exclusive, failed });
}
