import { resolve } from 'node:path';
import Database from 'better-sqlite3';
import { systemClock } from '../../clock.js';
import type { Config } from '../../config.js';
import { openConfiguredStore } from '../../configuredStore.js';
import { plus } from '../../records/retention.js';
import { type Month, monthOf } from '../../store/month.js';
import { createRetention } from '../engine.js';

/** Tables that outlive every record: they name nobody. */
const lasting = new Set([
  'audit',
  'audit_heads',
  'comparison_counts',
  'embedding_models',
  'migrations',
  'modes',
  'retention_runs',
  'review_counts',
  'sqlite_sequence',
  'store',
  'trial_days',
  'trial_gone',
  'use_counts',
]);

/** What a store holds once the time of everything in it is over. */
export interface Emptied {
  /** Rows by table, of those that hold anything about anybody; empty when nothing is left. */
  readonly rows: Readonly<Record<string, number>>;
  /** Keys of records, in months that are over. */
  readonly keysOfMonthsOver: number;
  readonly keyringDamaged: number;
  readonly auditIntact: boolean;
  readonly ledgerWhole: boolean;
}

/** How many documents there are, and how many of them are due today; from a connection of its own. */
export function dueAndLeft(databasePath: string): { readonly documents: number; readonly due: number } {
  const db = new Database(databasePath, { readonly: true });
  try {
    const count = (condition: string) =>
      Number(db.prepare(`select count(*) from documents where ${condition}`).pluck().get());
    return { documents: count('1 = 1'), due: count("retention_ends <= date('now')") };
  } finally {
    db.close();
  }
}

/** Moves the clock past the end of everything, destroys it, and looks into every table. */
export async function destroyTheRest(config: Config): Promise<Emptied> {
  const now = new Date(`${plus(systemClock().toISOString().slice(0, 10), { years: 60 })}T00:00:00Z`);
  const clock = () => now;
  const store = await openConfiguredStore(config, clock);
  try {
    const limits = { share: 1, few: 0, maxGapDays: 36_600 };
    const retention = createRetention({ store, clock, monotonic: () => now.getTime(), limits });
    await retention.run({ by: { client: 'simulation', actor: 'simulation' } });
    const { damaged } = await store.keyring.verify();
    return {
      rows: rowsLeft(resolve(config.store.database), monthOf(now.toISOString())),
      keysOfMonthsOver: (await store.retention.monthsOver(monthOf(now.toISOString()))).length,
      keyringDamaged: damaged.length,
      auditIntact: (await store.audit.verify()).intact,
      ledgerWhole: (await store.ledger.verify()) === undefined,
    };
  } finally {
    await store.close();
  }
}

/** Names behind the trail that end with a month: those of the run itself are not over yet. */
const ofMonths = new Set(['audit_periods', 'audit_people']);

function rowsLeft(databasePath: string, month: Month): Record<string, number> {
  const db = new Database(databasePath, { readonly: true });
  try {
    const tables = db
      .prepare<[], string>("select name from sqlite_master where type = 'table' order by name")
      .pluck()
      .all();
    const counted = tables
      .filter((table) => !lasting.has(table))
      .map((table) => {
        const over = ofMonths.has(table) ? ` where month < '${month}'` : '';
        return [table, Number(db.prepare(`select count(*) from "${table}"${over}`).pluck().get())] as const;
      });
    return Object.fromEntries(counted.filter(([, count]) => count > 0));
  } finally {
    db.close();
  }
}
