import type { TestContext } from 'node:test';
import { openStore, type Store } from '../../src/store/store.js';
import { folder, storeOptions } from '../store/fixture.js';
import type { PrivatePostgres } from './postgres.js';

export type Replica = Store;

let databases = 0;

/** Stores on one database and one keyring beside it, each opened as by a machine of its own. */
export async function replicasOf(
  t: TestContext,
  postgres: PrivatePostgres,
  count = 2,
): Promise<{
  readonly replicas: readonly [Replica, Replica, ...Replica[]];
  readonly name: string;
  readonly url: string;
}> {
  const name = `replicas_${++databases}`;
  const url = postgres.createDatabase(name);
  const keyringUrl = postgres.createDatabase(`${name}_keys`);
  const open = async () => {
    const store = await openStore(storeOptions(folder(t), { databaseUrl: url, keyringUrl }));
    t.after(() => store.close());
    return store;
  };
  const replicas = await Promise.all(Array.from({ length: count }, open));
  return { replicas: replicas as [Replica, Replica], name, url };
}
