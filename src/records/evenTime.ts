import { setTimeout as sleep } from 'node:timers/promises';

/** Does the work and waits for the rest of the time: how long it took, and whether it failed early, is not told. */
export async function inEvenTime<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
  const rest = sleep(milliseconds);
  try {
    return await work();
  } finally {
    await rest;
  }
}
