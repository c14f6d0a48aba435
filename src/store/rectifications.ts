import { randomUUID } from 'node:crypto';
import type { Selectable, Transaction } from 'kysely';
import { FacematchError } from '../errors.js';
import type { AuditEntry, AuditTrail } from './audit.js';
import { carry } from './carriedDocument.js';
import {
  insertReevaluation,
  type NewReevaluation,
  othersUsing,
  sealReevaluation,
} from './comparisonOutcomes.js';
import type { RecordDatabase } from './database.js';
import type { Destruction } from './destruction.js';
import { rememberGeneration } from './identity.js';
import { monthOf } from './month.js';
import { embeddingField, embeddingState, type StoredEmbedding } from './newDocument.js';
import { type Everything, everythingOf, holderAfter, replaceIdentityKeys } from './rectifiedDocument.js';
import { hasOpenReview, prepareReview, withdrawReviewOf } from './reviewRows.js';
import type { Schema } from './schema.js';
import { jsonBytes, jsonValue, type Vault, vectorBytes } from './vault.js';

export interface NewRectification {
  readonly documentId: string;
  /** The revision that was corrected; another one by now is a conflict. */
  readonly revision: number;
  readonly at: string;
  readonly type: string;
  /** `YYYY-MM-DD` */
  readonly issuedOn: string;
  readonly retentionEnds: string;
  readonly numberKey: Uint8Array;
  readonly registerKey: Uint8Array | undefined;
  readonly identityKeys: readonly Uint8Array[];
  /** The whole record as it is now; JSON-able. */
  readonly record: unknown;
  readonly photo?: { readonly content: Uint8Array; readonly pixelsKey: Uint8Array } | undefined;
  readonly signature?: Uint8Array | undefined;
  /** What the model makes of a new photo. */
  readonly embedding?: StoredEmbedding | undefined;
  /** Why, and what it was; JSON-able. */
  readonly detail: unknown;
  /** Of the comparisons that used the document; undefined where the change means nothing to them. */
  readonly reevaluations?: readonly NewReevaluation[] | undefined;
  readonly audit: AuditEntry;
}

export interface StoredRectification {
  readonly revision: number;
  readonly at: string;
  readonly detail: unknown;
  /** Images that were replaced, as they were. */
  readonly images: readonly { readonly kind: 'photo' | 'signature'; readonly content: Uint8Array }[];
}

type DocumentRow = Selectable<Schema['documents']>;

/** Corrections of documents: what a record was stays beside what it is, with the reason, as long as the record. */
export class Rectifications {
  readonly #database: RecordDatabase;
  readonly #vault: Vault;
  readonly #trail: AuditTrail;
  readonly #destruction: Destruction;

  constructor(parts: {
    database: RecordDatabase;
    vault: Vault;
    trail: AuditTrail;
    destruction: Destruction;
  }) {
    this.#destruction = parts.destruction;
    this.#database = parts.database;
    this.#vault = parts.vault;
    this.#trail = parts.trail;
  }

  /**
   * Corrects a document, with its look-ups, the comparisons it was used in and the audit entry, or nothing.
   *
   * @returns the new revision, and the comparisons that were made while others were computed again: only marked.
   * @throws FacematchError `not-found`, `revision-conflict`, `transfer-conflict` when another document has the
   * number and type.
   */
  async rectify(
    change: NewRectification,
  ): Promise<{ readonly revision: number; readonly marked: readonly string[] }> {
    const { documentId: id } = change;
    const before = await this.#database.read((db) => everythingOf(db, id));
    requireRevision(before.row, change);
    // The key a record is under is that of the month its retention ends in: another month needs another key.
    const moves = monthOf(change.retentionEnds) !== monthOf(before.row.retention_ends);
    const key = moves ? await this.#vault.reserve(change.retentionEnds) : undefined;
    const sealed = this.#seal(change, before, (field, plaintext) =>
      key === undefined
        ? this.#vault.sealMore(before.row, id, field, plaintext)
        : this.#vault.seal(key, id, field, plaintext),
    );
    const reviews = await this.#prepareReviews(change);
    const { marked, destroyOldKey } = await this.#database.write(async (trx) => {
      requireRevision(await rowIn(trx, id), change);
      await requireFree(trx, change);
      // What was reported or embedded since it was first read moves with the rest.
      if (moves) await carry(this.#vault, await everythingOf(trx, id), sealed.put)(trx);
      await trx
        .updateTable('documents')
        .set({
          holder_id: await holderAfter(trx, before.row, change),
          type: change.type,
          issued_on: change.issuedOn,
          retention_ends: change.retentionEnds,
          number_key: change.numberKey,
          register_key: change.registerKey ?? null,
          record: sealed.record,
          revision: change.revision + 1,
          ...(change.photo === undefined ? {} : { pixels_key: change.photo.pixelsKey }),
          ...(change.embedding === undefined
            ? {}
            : {
                embedding_model: change.embedding.model,
                embedding_state: embeddingState(change.embedding),
              }),
          ...(key === undefined ? {} : { key_id: key.id }),
        })
        .where('id', '=', id)
        .execute();
      await replaceIdentityKeys(trx, id, change.identityKeys);
      await sealed.write(trx);
      const marked = await this.#reevaluated(trx, change);
      for (const settle of reviews) await settle(trx);
      if (key !== undefined) await rememberGeneration(trx, key.generation);
      await this.#trail.appendIn(trx, change.audit);
      const destroyOldKey = moves
        ? await this.#destruction.supersedeIn(trx, before.row, change.audit)
        : undefined;
      return { marked, destroyOldKey };
    });
    await destroyOldKey?.();
    return { revision: change.revision + 1, marked };
  }

  /** What the comparisons computed again mean for their reviews, to be done in the transaction. */
  #prepareReviews({ reevaluations = [], at }: NewRectification) {
    return Promise.all(
      reevaluations.map(async ({ comparisonId, review }) => {
        if (review === undefined) return async () => {};
        if (review === 'withdraw') {
          return (trx: Transaction<Schema>) => withdrawReviewOf(trx, comparisonId, at);
        }
        const open = await prepareReview(this.#vault, review.open);
        return async (trx: Transaction<Schema>) => {
          if (await hasOpenReview(trx, comparisonId)) return;
          const { mode } = await trx
            .selectFrom('comparisons')
            .select('mode')
            .where('id', '=', comparisonId)
            .executeTakeFirstOrThrow();
          await open(trx, mode);
        };
      }),
    );
  }

  /** Keeps what was computed again, and marks what was compared while it was: ids of the comparisons marked. */
  async #reevaluated(
    trx: Transaction<Schema>,
    { documentId, reevaluations, at }: NewRectification,
  ): Promise<string[]> {
    if (reevaluations === undefined) return [];
    const computed = reevaluations.map(({ comparisonId }) => comparisonId);
    const since = await othersUsing(trx, documentId, computed);
    const marks = since.map((comparisonId) => ({
      comparisonId,
      at,
      outcome: undefined,
      detail: { reasons: [] },
    }));
    for (const one of [...reevaluations, ...marks]) {
      await insertReevaluation(trx, await sealReevaluation(trx, this.#vault, one));
    }
    return since;
  }

  /** What was corrected on a document, oldest first. */
  async ofDocument(documentId: string): Promise<StoredRectification[]> {
    const { row, rectifications, rectifiedImages } = await this.#database.read((db) =>
      everythingOf(db, documentId),
    );
    return rectifications.map((one) => ({
      revision: one.revision,
      at: one.at,
      detail: jsonValue(this.#vault.open(row, documentId, `rectification/${one.revision}`, one.detail)),
      images: rectifiedImages
        .filter((image) => image.rectification_id === one.id)
        .map(({ kind, content }) => ({
          kind,
          content: this.#vault.open(row, documentId, `rectification/${one.revision}/${kind}`, content),
        })),
    }));
  }

  #seal(change: NewRectification, before: Everything, put: (field: string, bytes: Uint8Array) => Uint8Array) {
    const { documentId: id, embedding } = change;
    const rectificationId = randomUUID();
    const open = (kind: 'photo' | 'signature') => {
      const image = before.images.find((candidate) => candidate.kind === kind);
      return image && this.#vault.open(before.row, id, `document.${kind}`, image.content);
    };
    const replaced = (kind: 'photo' | 'signature', content: Uint8Array | undefined) => {
      if (content === undefined) return [];
      const old = open(kind);
      return [
        {
          kind,
          content: put(`document.${kind}`, content),
          old: old && put(`rectification/${change.revision}/${kind}`, old),
        },
      ];
    };
    const images = [...replaced('photo', change.photo?.content), ...replaced('signature', change.signature)];
    const detail = put(`rectification/${change.revision}`, jsonBytes(change.detail));
    const vector =
      embedding !== undefined && 'vector' in embedding
        ? put(embeddingField(embedding.model), vectorBytes(embedding.vector))
        : undefined;
    const write = async (trx: Transaction<Schema>) => {
      await trx
        .insertInto('rectifications')
        .values({ id: rectificationId, document_id: id, revision: change.revision, at: change.at, detail })
        .execute();
      for (const { kind, content, old } of images) {
        await trx
          .deleteFrom('document_images')
          .where('document_id', '=', id)
          .where('kind', '=', kind)
          .execute();
        await trx.insertInto('document_images').values({ document_id: id, kind, content }).execute();
        if (old === undefined) continue;
        await trx
          .insertInto('rectification_images')
          .values({ rectification_id: rectificationId, kind, content: old })
          .execute();
      }
      if (embedding === undefined) return;
      await trx.deleteFrom('embeddings').where('document_id', '=', id).execute();
      await trx.deleteFrom('embedding_failures').where('document_id', '=', id).execute();
      if (vector === undefined) return;
      await trx
        .insertInto('embeddings')
        .values({ document_id: id, model: embedding.model, vector })
        .execute();
    };
    return { record: put('document.record', jsonBytes(change.record)), write, put };
  }
}

function requireRevision(
  row: Pick<DocumentRow, 'revision'>,
  { revision, documentId }: NewRectification,
): void {
  if (row.revision === revision) return;
  throw new FacematchError('revision-conflict', 'The record was corrected meanwhile.', { id: documentId });
}

async function rowIn(trx: Transaction<Schema>, id: string): Promise<Pick<DocumentRow, 'revision'>> {
  const row = await trx.selectFrom('documents').select('revision').where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new FacematchError('not-found', 'The store has no such document.', { id });
  return row;
}

async function requireFree(trx: Transaction<Schema>, change: NewRectification): Promise<void> {
  const other = await trx
    .selectFrom('documents')
    .select('id')
    .where('number_key', '=', change.numberKey)
    .where('type', '=', change.type)
    .where('id', '!=', change.documentId)
    .executeTakeFirst();
  if (other === undefined) return;
  throw new FacematchError('transfer-conflict', 'Another document has this number and type.', {
    documentId: other.id,
  });
}
