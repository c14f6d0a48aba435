import { userInfo } from 'node:os';
import { systemClock } from '../clock.js';
import type { Config } from '../config.js';
import { databasePlace, openConfiguredStore } from '../configuredStore.js';
import { FacematchError, isFacematchError } from '../errors.js';
import type { Exclusive } from '../store/database/exclusive.js';
import { openExclusive } from '../store/database/open.js';
import type { AuditEntry, Store } from '../store/store.js';

/** Whoever works on the machine, as the audit trail notes them. */
export function operator(): Pick<AuditEntry, 'client' | 'actor'> {
  return { client: 'facematch-cli', actor: userInfo().username };
}

/**
 * Opens the store for one command, and closes it whatever happens.
 *
 * @param whileRunning what to do instead while the service holds the keyring.
 * @throws FacematchError what opening throws, and what the work does
 */
export async function withStore<T>(
  config: Config,
  whileRunning: string,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const store = await unlessRunning(whileRunning, () => openConfiguredStore(config, systemClock));
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** With what keeps other processes on the same records from doing the same thing at a time. */
export async function withExclusive<T>(
  config: Config,
  work: (exclusive: Exclusive) => Promise<T>,
): Promise<T> {
  const exclusive = openExclusive(databasePlace(config));
  try {
    return await work(exclusive);
  } finally {
    await exclusive.close();
  }
}

/** Says what to do where the service runs: whoever works with the keyring waits for nobody. */
export async function unlessRunning<T>(whileRunning: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (isFacematchError(error, 'store-unavailable') && /Another process/.test(error.message)) {
      throw new FacematchError(error.code, `The service is running and holds the keyring: ${whileRunning}.`);
    }
    throw error;
  }
}
