import type { TestContext } from 'node:test';
import { PostgresDatabase } from '../../src/store/database/postgres.js';
import { assembleStore, openStore, type Store } from '../../src/store/store.js';
import { folder, now, storeOptions } from '../store/fixture.js';
import type { PrivatePostgres } from './postgres.js';

export type Replica = Omit<Store, 'resumed'>;

let databases = 0;

/** Stores on one database, each with connections of its own; they share the keyring, which one process holds. */
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
  const first = await openStore(storeOptions(folder(t), { databaseUrl: url }));
  const { keyring, ledger, lookup } = first;
  const replicas: Replica[] = [first];
  while (replicas.length < count) {
    const database = await PostgresDatabase.open({ url }, () => now);
    t.after(() => database.close());
    replicas.push(assembleStore({ database, keyring, ledger, lookup }, { clock: () => now }));
  }
  t.after(() => first.close());
  return { replicas: replicas as [Replica, Replica], name, url };
}
