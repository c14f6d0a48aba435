import { type FacematchError, isFacematchError } from '../errors.js';
import type { AuditEntry, Store } from '../store/store.js';
import { recordKeys } from './keys.js';
import {
  canonicalBytes,
  type StatutoryRecord,
  storedRecord,
  type TransferSource,
} from './statutoryRecord.js';

export interface Held {
  readonly documentId: string;
  readonly embeddingState: string;
  /** Whether the transfer said more than was known. */
  readonly supplemented: boolean;
}

/**
 * Three processings transfer the same document, each in its own time and saying as much as it knows. One that agrees
 * with what is held on holder and document is no conflict: what it adds on the production is added, nothing that is
 * known is replaced. The photo is the same to the pixel, however it is encoded: another one is a conflict, as only one
 * of the two can be the document's.
 *
 * @param conflict the `transfer-conflict` that the store answered.
 * @param pixelsKey asked for once all else agrees.
 * @throws FacematchError the conflict itself, when they do not agree or come from one processing; what `pixelsKey` throws
 */
export async function supplement(
  store: Store,
  conflict: unknown,
  transfer: {
    readonly source: TransferSource;
    readonly record: StatutoryRecord;
    readonly pixelsKey: () => Promise<Uint8Array>;
  },
  at: string,
  audit: (documentId: string) => AuditEntry,
): Promise<Held> {
  const documentId = documentOf(conflict);
  if (documentId === undefined) throw conflict;
  const state = await store.documents.state(documentId);
  const held = storedRecord(await store.documents.record(documentId));
  if (state.source === transfer.source || !agree(held, transfer.record)) throw conflict;
  if (Buffer.compare(state.pixelsKey, await transfer.pixelsKey()) !== 0) throw conflict;
  const production = merged(held.production, transfer.record.production);
  const record = { holder: held.holder, document: held.document, ...(production && { production }) };
  const supplemented = Buffer.compare(canonicalBytes(record), canonicalBytes(held)) !== 0;
  if (supplemented) {
    await store.rectifications.rectify({
      documentId,
      revision: state.revision,
      at,
      type: record.document.type,
      issuedOn: record.document.issuedOn,
      retentionEnds: state.retentionEnds,
      ...recordKeys(record, store.lookup),
      record,
      detail: { reason: `supplemented by the transfer from ${transfer.source}`, before: held },
      audit: audit(documentId),
    });
  }
  return { documentId, embeddingState: state.embeddingState, supplemented };
}

function documentOf(conflict: unknown): string | undefined {
  if (!isFacematchError(conflict, 'transfer-conflict')) return undefined;
  const { documentId } = (conflict as FacematchError).facts;
  return typeof documentId === 'string' ? documentId : undefined;
}

const agree = (a: StatutoryRecord, b: StatutoryRecord): boolean =>
  Buffer.compare(
    canonicalBytes({ holder: a.holder, document: a.document }),
    canonicalBytes({ holder: b.holder, document: b.document }),
  ) === 0;

type Production = StatutoryRecord['production'];

/** What was known stays as it was; the rest is added. */
function merged(held: Production, sent: Production): Production {
  if (held === undefined || sent === undefined) return held ?? sent;
  return { ...sent, ...held };
}
