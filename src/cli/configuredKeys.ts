import { resolve } from 'node:path';
import type { Clock } from '../clock.js';
import type { Config } from '../config.js';
import { keyringPlace, requireOwnKey } from '../configuredStore.js';
import { FacematchError } from '../errors.js';
import { type Keys, openKeys } from '../store/openKeys.js';

/**
 * The keyring and the ledger that the settings name, without the records: for a service of keys, and for whoever looks
 * after them where it runs.
 *
 * @param answerMs what a query on PostgreSQL has, where others wait for it.
 * @throws FacematchError `config-invalid`, and what opening throws
 */
export async function openConfiguredKeys(config: Config, clock: Clock, answerMs?: number): Promise<Keys> {
  const place = keyringPlace(config);
  const { masterKey, database } = config.store;
  if (place.keyringUrl !== undefined && /^https?:/.test(place.keyringUrl)) {
    throw new FacematchError('config-invalid', 'FACEMATCH_KEYRING_URL leads to another key service.');
  }
  if (masterKey === undefined)
    throw new FacematchError('config-invalid', 'FACEMATCH_MASTER_KEY is required.');
  if (config.mode !== 'development') requireOwnKey(resolve(database), masterKey);
  return openKeys({ ...place, masterKey, answerMs }, 'any', clock);
}
