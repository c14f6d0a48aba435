/**
 * Work that nobody waits for: the same description whether it runs in the one process of a file or is shared by the
 * processes of a PostgreSQL database. It is told nothing but when to stop: what is to be done stands in the store, so
 * that no personal data is in any queue, and whoever takes it goes on where another one was cut off.
 */
export interface Job {
  /** Small letters and hyphens; the name of its queue, and of its lock. */
  readonly name: string;
  /** What the log calls a try that failed. */
  readonly failedEvent: string;
  /** How often it is looked whether there is anything to do; a minute or more where processes share it. */
  readonly everyMs: number;
  /** From the start of a process until it looks first. */
  readonly firstAfterMs: number;
  /** How often it is tried again, each time after a longer wait, until the next time comes anyhow. */
  readonly retries: number;
  readonly retryAfterMs: number;
  /** At most one at a time, in any process. Ends after the step at hand when the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** Held by whoever is at the job, where processes share it. */
export const lockOf = (name: string): string => `job:${name}`;

export interface Jobs {
  /**
   * There is something to do: the job is run at once, or once more after the present run. Where that fails its regular
   * look finds what is to be done.
   *
   * @param name of a job
   */
  poke(name: string): void;
  /** Waits for the steps at hand; what is left is for the next start or for another process. */
  stop(): Promise<void>;
}

/** One of them. */
export interface StartedJob {
  poke(): void;
  stop(): Promise<void>;
}

/** Told of every try that failed, unless it was stopped. */
export type JobFailed = (job: Pick<Job, 'name' | 'failedEvent'>, error: unknown) => void;
