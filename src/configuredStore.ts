import { resolve } from 'node:path';
import type { Clock } from './clock.js';
import type { Config } from './config.js';
import { developmentKeys, isDevelopmentKey } from './developmentKeys.js';
import { FacematchError } from './errors.js';
import { plus, statutoryRetention } from './records/retention.js';
import type { DatabasePlace } from './store/database/open.js';
import type { KeyPlace } from './store/openKeys.js';
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

/**
 * The same for a process that serves requests, which do not wait for ever.
 *
 * @throws FacematchError what {@link openConfiguredStore} throws
 */
export function openServedStore(
  config: Config,
  clock: Clock,
  onDamage: (code: string) => void,
): Promise<Store> {
  const answerMs = config.store.databaseAnswerMs;
  return openStore({ ...configuredStore(config, clock), answerMs, onDamage });
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
  requireApart(config);
  return {
    ...databasePlace(config),
    ...keyringPlace(config),
    ...storeKeys(config),
    clock,
    staffRetentionEnds: (day) => plus(day, statutoryRetention.staff.period),
  };
}

/** Where the settings say that the keys are, without the master key. */
export function keyringPlace({ store }: Config): KeyPlace {
  const [first, second] = store.keyring;
  return {
    keyringPaths: [resolve(first), resolve(second)],
    keyringUrl: store.keyringUrl,
    keyService: store.keyService,
  };
}

/** @throws FacematchError `config-invalid` when one database would hold the records and the keys that open them, or copies are wanted of what is elsewhere. */
function requireApart({ store: { databaseUrl, keyringUrl }, retention }: Config): void {
  if (keyringUrl !== undefined && retention.keyringBackups !== undefined) {
    throw new FacematchError(
      'config-invalid',
      'FACEMATCH_KEYRING_BACKUPS copies the files of a keyring: one that FACEMATCH_KEYRING_URL leads to is copied where it is kept.',
    );
  }
  if (databaseUrl === undefined || keyringUrl === undefined || /^https?:/.test(keyringUrl)) return;
  if (placeOf(databaseUrl) !== placeOf(keyringUrl)) return;
  throw new FacematchError(
    'config-invalid',
    'FACEMATCH_KEYRING_URL and DATABASE_URL are one database: the keyring has one of its own, with its own credentials and backups.',
  );
}

function placeOf(url: string): string {
  const { hostname, port, pathname, searchParams } = new URL(url);
  const host = searchParams.get('host') ?? hostname;
  return [host.toLowerCase(), searchParams.get('port') ?? (port || '5432'), pathname].join(' ');
}

function storeKeys(config: Config): { masterKey: Uint8Array | undefined; lookupKey: Uint8Array } {
  const { masterKey, lookupKey, database, keyringUrl } = config.store;
  const atService = keyringUrl !== undefined && /^https?:/.test(keyringUrl);
  if (atService && masterKey !== undefined) {
    throw new FacematchError(
      'config-invalid',
      'FACEMATCH_MASTER_KEY belongs to the key service alone: leave it out here.',
    );
  }
  if (lookupKey !== undefined && (masterKey !== undefined || atService)) {
    if (config.mode !== 'development' && masterKey !== undefined) {
      requireOwnKey(resolve(database), masterKey);
    }
    return { masterKey, lookupKey };
  }
  if (config.mode === 'development' && masterKey === undefined && lookupKey === undefined) {
    const keys = developmentKeys(resolve(database));
    return atService ? { ...keys, masterKey: undefined } : keys;
  }
  throw new FacematchError(
    'config-invalid',
    'FACEMATCH_MASTER_KEY and FACEMATCH_LOOKUP_KEY are required (or a file named by …_FILE): 32 random bytes each, in base64, as "facematch keys init" makes them.',
  );
}

/** @throws FacematchError `config-invalid` */
export function requireOwnKey(database: string, masterKey: Uint8Array): void {
  for (let from = 0; from < masterKey.length; from += 32) {
    if (!isDevelopmentKey(database, masterKey.subarray(from, from + 32))) continue;
    throw new FacematchError(
      'config-invalid',
      'The master key is the development key beside the database: make keys of your own with "facematch keys init".',
    );
  }
}
