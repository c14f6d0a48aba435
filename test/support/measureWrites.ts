import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresDatabase } from '../../src/store/database/postgres.js';
import { assembleStore, openStore, type Store } from '../../src/store/store.js';
import { newComparison, now, storeOptions } from '../store/fixture.js';
import { PrivatePostgres } from './postgres.js';

/**
 * Prints how many comparisons and audit entries a second the store takes on SQLite and on PostgreSQL, for one and two
 * replicas with one, eight and sixteen writers: what one chain of entries costs where several write. Works of one kind
 * run for so many seconds each.
 */
const seconds = Number(process.argv[2] ?? 3);
const entry = { client: 'office', actor: 'clerk', action: 'comparison.read', outcome: 'done' };
type Replica = Omit<Store, 'resumed'>;
const works: Record<string, (store: Replica) => Promise<unknown>> = {
  comparisons: (store) => store.comparisons.create(newComparison(store, { outcome: 'consistent' })),
  entries: (store) => store.audit.append(entry),
};

const folder = mkdtempSync(join(tmpdir(), 'facematch-writes-'));
const postgres = await PrivatePostgres.start();
try {
  const sqlite = await openStore(storeOptions(join(folder, 'sqlite'), { databaseUrl: undefined }));
  await table('SQLite', [sqlite]);
  await sqlite.close();
  const url = postgres.createDatabase('writes');
  const first = await openStore(storeOptions(join(folder, 'postgres'), { databaseUrl: url }));
  const database = await PostgresDatabase.open({ url }, () => now);
  const { keyring, ledger, lookup } = first;
  const second = assembleStore({ database, keyring, ledger, lookup }, { clock: () => now });
  await table('PostgreSQL, one replica', [first]);
  await table('PostgreSQL, two replicas', [first, second]);
  const check = await first.audit.verify();
  console.log(check.intact ? `one chain of ${check.entries} entries, intact` : `broken at ${check.seq}`);
  await database.close();
  await first.close();
} finally {
  await postgres.dispose();
  rmSync(folder, { recursive: true, force: true });
}

async function table(name: string, replicas: readonly Replica[]): Promise<void> {
  for (const [kind, work] of Object.entries(works)) {
    for (const writers of [1, 8, 16]) {
      const took: number[] = [];
      const until = performance.now() + seconds * 1000;
      const each = async (store: Replica) => {
        while (performance.now() < until) {
          const begun = performance.now();
          await work(store);
          took.push(performance.now() - begun);
        }
      };
      await Promise.all(
        Array.from({ length: writers }, (_, n) => each(replicas[n % replicas.length] as Replica)),
      );
      took.sort((a, b) => a - b);
      const at = (share: number) => (took[Math.floor(share * took.length)] ?? 0).toFixed(1);
      console.log(
        `${name}: ${kind}, ${writers} writers: ${Math.round(took.length / seconds)}/s, p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`,
      );
    }
  }
}
