import type { Clock } from '../clock.js';
import type { AuditTrail } from './audit.js';
import type { RecordDatabase } from './database.js';
import { rememberGeneration } from './identity.js';
import type { DataKey } from './keyring.js';
import { type Month, monthOf } from './month.js';
import { insertDocument, type NewDocument, type SealedDocument, sealDocument } from './newDocument.js';
import type { Vault } from './vault.js';

export interface BulkParts {
  readonly database: RecordDatabase;
  readonly vault: Vault;
  readonly trail: AuditTrail;
  readonly clock: Clock;
}

/**
 * Stores many new documents in one transaction, all or none, sealed and found as single ones are. For filling a store
 * with documents known to be new: a number and type that exist make it fail, and no idempotency key is kept.
 *
 * @throws FacematchError `store-unavailable`, `storage-full`
 */
export async function insertDocuments(parts: BulkParts, documents: readonly NewDocument[]): Promise<void> {
  const { database, vault, trail, clock } = parts;
  const perMonth = new Map<Month, number>();
  for (const { retentionEnds } of documents) {
    const month = monthOf(retentionEnds);
    perMonth.set(month, (perMonth.get(month) ?? 0) + 1);
  }
  for (const [month, count] of perMonth) await vault.keyring.prepare(month, count);
  const sealed: { document: NewDocument; key: DataKey; content: SealedDocument }[] = [];
  for (const document of documents) {
    const key = await vault.reserve(document.retentionEnds);
    sealed.push({ document, key, content: sealDocument(vault, key, document) });
  }
  const receivedAt = clock().toISOString();
  const [first] = documents;
  if (first === undefined) return;
  await database.write(async (trx) => {
    for (const { document, key, content } of sealed) {
      await insertDocument(trx, vault, document, key, content, receivedAt);
    }
    await rememberGeneration(trx, Math.max(...sealed.map(({ key }) => key.generation)));
    await trail.appendIn(trx, { ...first.audit, facts: { ...first.audit.facts, count: documents.length } });
  });
}
