import type { Job, JobFailed, Jobs, StartedJob } from './job.js';

/** Each job by a timer of its own, never twice at a time: for the one process that a file's store has. */
export function startJobsInProcess(jobs: readonly Job[], failed: JobFailed): Jobs {
  const started = new Map(jobs.map((job) => [job.name, startJob(job, failed)]));
  return {
    poke: (name) => started.get(name)?.poke(),
    stop: async () => {
      await Promise.all([...started.values()].map(({ stop }) => stop()));
    },
  };
}

function startJob(job: Job, failed: JobFailed): StartedJob {
  const stopping = new AbortController();
  const timers = new Set<NodeJS.Timeout>();
  let atWork: Promise<void> | undefined;
  let again = false;
  const after = (ms: number, retriesLeft: number) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      look(retriesLeft);
    }, ms);
    timer.unref();
    timers.add(timer);
  };
  const look = (retriesLeft: number) => {
    if (atWork !== undefined || stopping.signal.aborted) return;
    again = false;
    atWork = job
      .run(stopping.signal)
      .catch((error: unknown) => {
        if (stopping.signal.aborted) return;
        failed(job, error);
        if (retriesLeft > 0) after(job.retryAfterMs * 2 ** (job.retries - retriesLeft), retriesLeft - 1);
      })
      .finally(() => {
        atWork = undefined;
        if (again) look(job.retries);
      });
  };
  const regular = setInterval(() => look(job.retries), job.everyMs);
  regular.unref();
  after(job.firstAfterMs, job.retries);
  return {
    poke() {
      again = atWork !== undefined;
      look(job.retries);
    },
    async stop() {
      stopping.abort();
      clearInterval(regular);
      for (const timer of timers) clearTimeout(timer);
      await atWork;
    },
  };
}
