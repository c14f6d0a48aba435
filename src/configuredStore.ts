import { resolve } from 'node:path';
import type { Clock } from './clock.js';
import type { Config } from './config.js';
import { developmentKeys, isDevelopmentKey } from './developmentKeys.js';
import { FacematchError } from './errors.js';
import { plus, statutoryRetention } from './records/retention.js';
import type { DatabasePlace } from './store/database/open.js';
import { openStore, type Store, type StoreOptions } from './store/store.js';

/**
 * The store that the settings name, opened with the keys that they give.
 *
 * @throws FacematchError `config-invalid` without keys, and what {@link openStore} throws: `store-unavailable` where
 * another process holds the keyring
 */
export function openConfiguredStore(config: Config, clock: Clock): Promise<Store> {
  return openStore(configuredStore(config, clock));
}

/** Where the settings say that the records are. */
export function databasePlace({ store }: Config): DatabasePlace {
  return {
    databasePath: resolve(store.database),
    databaseUrl: store.databaseUrl,
    connections: store.databaseConnections,
  };
}

/** What {@link openStore} is told. @throws FacematchError `config-invalid` without keys, or with keys of development */
export function configuredStore(config: Config, clock: Clock): StoreOptions {
  const [first, second] = config.store.keyring;
  return {
    ...databasePlace(config),
    keyringPaths: [resolve(first), resolve(second)],
    ...storeKeys(config),
    clock,
    staffRetentionEnds: (day) => plus(day, statutoryRetention.staff.period),
  };
}

function storeKeys(config: Config): { masterKey: Uint8Array; lookupKey: Uint8Array } {
  const { masterKey, lookupKey, database } = config.store;
  if (masterKey !== undefined && lookupKey !== undefined) {
    if (config.mode !== 'development' && isDevelopmentKey(resolve(database), masterKey)) {
      throw new FacematchError(
        'config-invalid',
        'The master key is the development key beside the database: make keys of your own with "facematch keys init".',
      );
    }
    return { masterKey, lookupKey };
  }
  if (config.mode === 'development' && masterKey === undefined && lookupKey === undefined) {
    return developmentKeys(resolve(database));
  }
  throw new FacematchError(
    'config-invalid',
    'FACEMATCH_MASTER_KEY and FACEMATCH_LOOKUP_KEY are required (or a file named by …_FILE): 32 random bytes each, in base64, as "facematch keys init" makes them.',
  );
}
