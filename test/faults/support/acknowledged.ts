import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';
import { openStore, type Store } from '../../../src/store/store.js';
import { storeOptions } from '../../store/fixture.js';

/** Whole lines of a writer's output: the last one may be cut short. */
export const linesOf = (output: string): string[] => output.split('\n').slice(0, -1);

/** What a writer was told is stored. */
export const acknowledgedIn = (output: string): string[] =>
  linesOf(output).filter((line) => /^(document|comparison|claim|verdict) /.test(line));

/**
 * Opens the store as it was left, and requires that everything acknowledged opens unchanged, that records and
 * decisions are whole and counted in the trail one for one, and that trail, ledger and keyring verify.
 */
export async function requireKept(path: string, acknowledged: readonly string[]): Promise<void> {
  const store = await openStore(storeOptions(path));
  try {
    for (const line of acknowledged) await requireLine(store, line);
    assert.ok((await store.audit.verify()).intact);
    assert.equal(await store.ledger.verify(), undefined);
    assert.deepEqual((await store.keyring.verify()).damaged, []);
  } finally {
    await store.close();
  }
  requireCounts(storeOptions(path).databasePath);
}

const sameHash = (bytes: Uint8Array, hash: string | undefined) =>
  assert.equal(createHash('sha256').update(bytes).digest('hex'), hash);

async function requireLine(store: Store, line: string): Promise<void> {
  const [kind, id = '', hash] = line.split(' ');
  if (kind === 'document') return sameHash((await store.documents.open(id)).photo, hash);
  if (kind === 'comparison') {
    assert.deepEqual((await store.comparisons.get(id)).detail, { fused: 0.71 });
    return sameHash((await store.comparisons.probe(id))?.photo ?? new Uint8Array(), hash);
  }
  const { events } = await store.reviewQueue.get(id, 'analyst-1');
  const event = events.find(({ action }) => action === (kind === 'claim' ? 'claimed' : 'verdict'));
  assert.ok(event !== undefined, line);
  if (kind === 'claim') return;
  assert.deepEqual([event.verdict, event.person], ['same-person', 'analyst-1']);
  sameHash(Buffer.from(event.reason ?? ''), hash);
}

/** Every record and every step of a review has its entry in the trail, and nothing is half there. */
export function requireCounts(databasePath: string): void {
  const db = new Database(databasePath, { readonly: true });
  const count = (sql: string) => Number(db.prepare(`select count(*) from ${sql}`).pluck().get());
  const pairs = [
    ['documents', "audit where action = 'document.transfer'"],
    ['comparisons', "audit where action = 'comparison.create'"],
    ["review_events where action = 'claimed'", "audit where action = 'review.claim'"],
    ["review_events where action = 'verdict'", "audit where action = 'review.verdict'"],
    ["reviews where status = 'done'", "review_events where action = 'verdict'"],
    ['comparisons where verdict is not null', "reviews where status = 'done'"],
    ["comparisons where outcome = 'review'", 'reviews'],
    ['comparisons', 'probes'],
    ['review_words', "review_events where action = 'verdict'"],
  ] as const;
  for (const [rows, entries] of pairs) assert.equal(count(rows), count(entries), `${rows} | ${entries}`);
  const none = [
    'document_images where document_id not in (select id from documents)',
    'documents where id not in (select document_id from document_images)',
    'embeddings where document_id not in (select id from documents)',
    'holders where id not in (select holder_id from documents)',
    'destruction_intents',
  ];
  for (const rows of none) assert.equal(count(rows), 0, rows);
  assert.equal(db.pragma('integrity_check', { simple: true }), 'ok');
  db.close();
}
