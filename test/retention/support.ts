import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createRetention, type RetentionParts } from '../../src/retention/engine.js';
import type { RetentionLimits } from '../../src/retention/limits.js';
import { syntheticDocument, syntheticHolder } from '../../src/retention/simulation/people.js';
import { openStore, type Store, type StoreOptions } from '../../src/store/store.js';
import { folder, storeOptions } from '../store/fixture.js';
import { directDatabase } from '../support/directDatabase.js';

export const by = { client: 'test', actor: 'operator-1' };
export const strict: RetentionLimits = { share: 0.1, few: 10, maxGapDays: 7 };
/** Whatever is due goes, however long nobody looked. */
export const loose: RetentionLimits = { share: 1, few: 0, maxGapDays: 40_000 };

/** A clock that a test sets, and a monotonic one that keeps pace with it. */
export class Time {
  constructor(public now = new Date('2026-03-15T10:00:00.000Z')) {}
  readonly clock = () => this.now;
  readonly monotonic = () => this.now.getTime();
  set(moment: string): void {
    this.now = new Date(moment);
  }
}

export async function opened(t: TestContext, change: Partial<StoreOptions> = {}) {
  const time = new Time();
  const path = folder(t);
  const options = storeOptions(path, { clock: time.clock, ...change });
  const store = await openStore(options);
  t.after(() => store.close());
  return { time, path, options, store };
}

export function retentionOf(store: Store, time: Time, change: Partial<RetentionParts> = {}) {
  return createRetention({ store, clock: time.clock, monotonic: time.monotonic, limits: loose, ...change });
}

/** Documents issued on these days, each of another holder. */
export async function enrolled(store: Store, ...issuedOn: string[]) {
  const documents = issuedOn.map((day, index) =>
    syntheticDocument(syntheticHolder(index), day, store.lookup),
  );
  await store.documents.createMany(documents);
  return documents;
}

export const tables = [
  'holders',
  'documents',
  'document_images',
  'document_identity_keys',
  'embeddings',
  'comparisons',
  'probes',
  'idempotency',
  'comparison_subjects',
  'comparison_reasons',
  'comparison_references',
  'reviews',
  'review_events',
  'review_words',
  'inquiries',
  'inquiry_members',
  'inquiry_records',
  'inquiry_events',
  'holds',
  'destruction_intents',
];

/** Rows of each table that holds records, from a connection of its own. */
export function rows(databasePath: string): Record<string, number> {
  const db = directDatabase(databasePath, { readonly: true });
  try {
    const counts = tables.map((table) => `(select count(*) from ${table}) as ${table}`);
    return db.prepare(`select ${counts.join(', ')}`).get() as Record<string, number>;
  } finally {
    db.close();
  }
}

export const nothing = Object.fromEntries(tables.map((table) => [table, 0]));

export const keyringFiles = (path: string) => [join(path, 'a', 'keyring.db'), join(path, 'b', 'keyring.db')];
