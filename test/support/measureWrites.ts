import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/store/database/open.js';
import type { RecordDatabase } from '../../src/store/database.js';
import { assembleStore, openStore, type Store, type StoreOptions } from '../../src/store/store.js';
import { newComparison, now, storeOptions } from '../store/fixture.js';
import { PrivatePostgres } from './postgres.js';

/**
 * Prints how many comparisons, audit entries and rows without one a second the store takes on SQLite and on PostgreSQL,
 * for one and two replicas with one, eight and sixteen writers: what one chain of entries costs where several write. All
 * of them in turn, so many rounds of so many seconds, and each beside one writer of rows on the same database in the same
 * round, since a shared machine is never twice as fast.
 *
 *     npm run measure:writes -- 1 9
 */
const [seconds = 1, rounds = 9] = process.argv.slice(2).map(Number);
const writerCounts = [1, 8, 16];
const entry = { client: 'office', actor: 'clerk', action: 'comparison.read', outcome: 'done' };

type Replica = Omit<Store, 'resumed'> & { readonly database: RecordDatabase };
type Kind = 'rows' | 'entries' | 'comparisons';
const works: Record<Kind, (store: Replica) => Promise<unknown>> = {
  // Durable like the others, and no part of the chain.
  rows: ({ database }) => {
    const id = randomUUID();
    const row = { id, created_at: now.toISOString() };
    return database.write((trx) => trx.insertInto('holders').values(row).execute(), [Buffer.from(id)]);
  },
  entries: (store) => store.audit.append(entry),
  comparisons: (store) => store.comparisons.create(newComparison(store, { outcome: 'consistent' })),
};

interface Series {
  readonly name: string;
  readonly replicas: readonly Replica[];
}

const folder = mkdtempSync(join(tmpdir(), 'facematch-writes-'));
const postgres = await PrivatePostgres.start();
try {
  const file = join(folder, 'sqlite');
  const own = storeOptions(file, { databaseUrl: undefined });
  await (await openStore(own)).close();
  const url = postgres.createDatabase('writes');
  const shared = storeOptions(join(folder, 'postgres'), { databaseUrl: url });
  await (await openStore(shared)).close();
  const [sqlite] = await opened(own, 1);
  const [one, two] = await opened(shared, 2);
  if (sqlite === undefined || one === undefined || two === undefined) throw new Error('not opened');
  const series: Series[] = [
    { name: 'SQLite', replicas: [sqlite] },
    { name: 'PostgreSQL, one replica', replicas: [one] },
    { name: 'PostgreSQL, two replicas', replicas: [one, two] },
  ];
  await measured(series);
  const check = await one.audit.verify();
  console.log(check.intact ? `one chain of ${check.entries} entries, intact` : `broken at ${check.seq}`);
  for (const { database } of [sqlite, one, two]) await database.close();
} finally {
  await postgres.dispose();
  rmSync(folder, { recursive: true, force: true });
}

/** Stores on one database and one keyring. */
async function opened(options: StoreOptions, count: number): Promise<Replica[]> {
  const { keyring, ledger, lookup } = await openStore(options);
  const replicas: Replica[] = [];
  for (let n = 0; n < count; n++) {
    const database = await openDatabase(options, options.clock);
    const store = assembleStore({ database, keyring, ledger, lookup }, options);
    replicas.push({ ...store, database });
  }
  return replicas;
}

async function measured(series: readonly Series[]): Promise<void> {
  const perSecond = new Map<string, number[]>();
  const ofOneRow = new Map<string, number[]>();
  const add = (to: Map<string, number[]>, name: string, value: number) =>
    to.set(name, [...(to.get(name) ?? []), value]);
  for (let round = 0; round < rounds; round++) {
    for (const { name, replicas } of series) {
      let oneRow = 0;
      for (const kind of Object.keys(works) as Kind[]) {
        for (const writers of writerCounts) {
          const rate = await rateOf(works[kind], replicas, writers);
          if (kind === 'rows' && writers === 1) oneRow = rate;
          const what = `${name}: ${kind}, ${writers} writers`;
          add(perSecond, what, rate);
          add(ofOneRow, what, rate / oneRow);
        }
      }
    }
  }
  for (const [what, rates] of perSecond) {
    const ratios = ofOneRow.get(what) ?? [];
    console.log(
      `${what}: ${Math.round(median(rates))}/s, ${median(ratios).toFixed(2)} of one writer of rows`,
    );
  }
}

async function rateOf(
  work: (store: Replica) => Promise<unknown>,
  replicas: readonly Replica[],
  writers: number,
): Promise<number> {
  let done = 0;
  const begun = performance.now();
  const each = async (n: number) => {
    const store = replicas[n % replicas.length];
    while (store !== undefined && performance.now() - begun < seconds * 1000) {
      await work(store);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, n) => each(n)));
  return (done * 1000) / (performance.now() - begun);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
