import type { Transaction } from 'kysely';
import { FacematchError } from '../errors.js';
import type { AuditEntry, AuditTrail } from './audit.js';
import type { RecordDatabase } from './database.js';
import type { Schema } from './schema.js';
import { jsonBytes, jsonValue, type KeyReference, type Vault } from './vault.js';

const field = 'document.status';

export interface NewStatus {
  readonly documentId: string;
  readonly kind: string;
  /** `YYYY-MM-DD` */
  readonly onDay: string;
  readonly recordedAt: string;
  /** Whether the document as a whole has this status from now on. */
  readonly becomes: boolean;
  /** JSON-able; encrypted. */
  readonly detail?: unknown;
  readonly audit: AuditEntry;
}

export interface StoredStatus {
  readonly kind: string;
  readonly onDay: string;
  readonly recordedAt: string;
  readonly detail: unknown;
}

export interface StatusChange {
  readonly position: number;
  readonly documentId: string;
  readonly type: string;
  readonly kind: string;
  readonly onDay: string;
  readonly recordedAt: string;
}

/** What became of documents after their transfer. */
export class DocumentStatuses {
  readonly #database: RecordDatabase;
  readonly #vault: Vault;
  readonly #trail: AuditTrail;

  constructor(parts: { database: RecordDatabase; vault: Vault; trail: AuditTrail }) {
    this.#database = parts.database;
    this.#vault = parts.vault;
    this.#trail = parts.trail;
  }

  /**
   * Stores a change with its audit entry. The same report of the same day again changes nothing.
   *
   * @returns whether it was new.
   * @throws FacematchError `not-found`
   */
  async record(status: NewStatus): Promise<boolean> {
    const { documentId } = status;
    return this.#database.write(async (trx) => {
      // Here and not before: a correction may move the document to another key meanwhile.
      const key = await trx
        .selectFrom('documents')
        .select(['key_id', 'retention_ends'])
        .where('id', '=', documentId)
        .executeTakeFirst();
      if (key === undefined) throw new FacematchError('not-found', 'The store has no such document.');
      const known = await this.#isKnown(trx, status, key);
      if (!known) {
        const detail =
          status.detail === undefined
            ? null
            : await this.#vault.sealMore(key, documentId, field, jsonBytes(status.detail));
        await trx
          .insertInto('document_statuses')
          .values({
            document_id: documentId,
            kind: status.kind,
            on_day: status.onDay,
            recorded_at: status.recordedAt,
            detail,
          })
          .execute();
        if (status.becomes) {
          await trx
            .updateTable('documents')
            .set({ status: status.kind })
            .where('id', '=', documentId)
            .execute();
        }
      }
      await this.#trail.appendIn(trx, known ? { ...status.audit, outcome: 'unchanged' } : status.audit);
      return !known;
    });
  }

  /**
   * Whether the same was reported of the same day before, also where something of another day followed. Where the
   * status changed more than once in that one day, nothing tells a repetition from a second time: it counts as new.
   */
  async #isKnown(trx: Transaction<Schema>, status: NewStatus, key: KeyReference): Promise<boolean> {
    const ofDay = await trx
      .selectFrom('document_statuses')
      .select(['kind', 'detail'])
      .where('document_id', '=', status.documentId)
      .where('on_day', '=', status.onDay)
      .orderBy('position')
      .execute();
    if (ofDay.length === 0) return false;
    const wanted = JSON.stringify(status.detail);
    const open = await this.#vault.opener(key, status.documentId);
    const last = ofDay.findLastIndex(
      ({ kind, detail }) =>
        kind === status.kind &&
        wanted === (detail === null ? undefined : JSON.stringify(jsonValue(open(field, detail)))),
    );
    if (last === -1) return false;
    const since = ofDay.slice(last + 1);
    return !status.becomes || since.every(({ kind }) => kind === 'chip');
  }

  /** Everything reported about a document, oldest first. */
  async ofDocument(documentId: string): Promise<StoredStatus[]> {
    const rows = await this.#database.read((db) =>
      db
        .selectFrom('document_statuses')
        .innerJoin('documents', 'documents.id', 'document_id')
        .select(['kind', 'on_day', 'recorded_at', 'detail', 'key_id', 'retention_ends'])
        .where('document_id', '=', documentId)
        .orderBy('position')
        .execute(),
    );
    const [first] = rows.filter(({ detail }) => detail !== null);
    const open = first && (await this.#vault.opener(first, documentId));
    return rows.map((row) => ({
      kind: row.kind,
      onDay: row.on_day,
      recordedAt: row.recorded_at,
      detail: row.detail === null ? undefined : open && jsonValue(open(field, row.detail)),
    }));
  }

  /** The documents with this number: their ids, types and status now. */
  byNumber(
    numberKey: Uint8Array,
    type?: string,
  ): Promise<{ readonly id: string; readonly type: string; readonly status: string }[]> {
    return this.#database.read((db) => {
      const query = db
        .selectFrom('documents')
        .select(['id', 'type', 'status'])
        .where('number_key', '=', numberKey);
      return (type === undefined ? query : query.where('type', '=', type))
        .orderBy('issued_on', 'desc')
        .execute();
    });
  }

  /** Changes after a position, oldest first, of these kinds. */
  async changes(after: number, kinds: readonly string[], limit: number): Promise<StatusChange[]> {
    const rows = await this.#database.read((db) =>
      db
        .selectFrom('document_statuses')
        .innerJoin('documents', 'documents.id', 'document_id')
        .select(['position', 'document_id', 'type', 'kind', 'on_day', 'recorded_at'])
        .where('position', '>', after)
        .where('kind', 'in', [...kinds])
        .orderBy('position')
        .limit(limit)
        .execute(),
    );
    return rows.map((row) => ({
      position: row.position,
      documentId: row.document_id,
      type: row.type,
      kind: row.kind,
      onDay: row.on_day,
      recordedAt: row.recorded_at,
    }));
  }
}
