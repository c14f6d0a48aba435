import type Database from 'better-sqlite3';
import type { LookupKey } from './crypto/keys.js';
import { nextHash } from './lookup.js';

/** Every column of look-up hashes, but for those of the audit trail, which stays as it was written. */
export const hashedColumns: readonly (readonly [table: string, ...columns: string[]])[] = [
  ['documents', 'number_key', 'register_key', 'pixels_key', 'fingerprint'],
  ['document_identity_keys', 'identity_key'],
  ['comparisons', 'application_key'],
  ['comparison_subjects', 'subject_key'],
  ['idempotency', 'key', 'fingerprint'],
  ['mode_changes', 'requested_by'],
  ['inquiry_members', 'person_key'],
  ['reviews', 'claimed_by'],
  ['review_words', 'person_key'],
  ['searches', 'requested_by'],
  ['search_verifications', 'person_key'],
  ['store', 'lookup_check'],
];

/** Replaces every hash by the next one, all in one transaction; from then on only the longer chain of keys opens it. */
export function rehash(db: Database.Database, key: LookupKey): void {
  db.function('next_hash', { deterministic: true }, (hash: unknown) =>
    hash === null ? null : Buffer.from(nextHash(key, hash as Uint8Array)),
  );
  db.transaction(() => {
    for (const [table, ...columns] of hashedColumns) {
      const set = columns.map((column) => `${column} = next_hash(${column})`);
      db.exec(`update ${table} set ${set.join(', ')}`);
    }
  }).immediate();
}
