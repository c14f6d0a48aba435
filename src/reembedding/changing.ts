import { setTimeout as sleep } from 'node:timers/promises';
import { FacematchError } from '../errors.js';
import { lockOf } from '../jobs/job.js';
import type { Exclusive, Held } from '../store/database/exclusive.js';

export const reembeddingJob = 're-embedding';
/** Held by whoever changes which model counts, or makes a set by hand. */
const changing = 'model';

/** A job looks whether it is wanted by trying, so that it may be in the way for a moment. */
const patienceMs = 5_000;
/** A job ends after the photo at hand, which has a minute at most. */
const jobPatienceMs = 75_000;
const againMs = 50;

/** Whether somebody changes the models, for whom the job makes way. @throws FacematchError `store-unavailable` */
export async function isChanging(exclusive: Exclusive): Promise<boolean> {
  const held = await exclusive.hold(changing);
  await held?.release();
  return held === undefined;
}

/**
 * Does what only one may do at a time: a service that embeds makes way after the photo at hand.
 *
 * @throws FacematchError `busy`, `store-unavailable`, and what the work throws
 */
export async function whileChanging<T>(
  exclusive: Exclusive,
  waiting: () => void,
  work: () => Promise<T>,
): Promise<T> {
  const mine = await patiently(exclusive, changing, patienceMs);
  if (mine === undefined) throw busy('Another process changes the embedder of this store.');
  try {
    let job = await exclusive.hold(lockOf(reembeddingJob));
    if (job === undefined) {
      waiting();
      job = await patiently(exclusive, lockOf(reembeddingJob), jobPatienceMs);
    }
    if (job === undefined) throw busy('A service embeds photos and does not make way: try again.');
    try {
      return await work();
    } finally {
      await job.release();
    }
  } finally {
    await mine.release();
  }
}

async function patiently(exclusive: Exclusive, name: string, ms: number): Promise<Held | undefined> {
  for (const until = performance.now() + ms; ; await sleep(againMs)) {
    const held = await exclusive.hold(name);
    if (held !== undefined || performance.now() > until) return held;
  }
}

const busy = (message: string) => new FacematchError('busy', message);
