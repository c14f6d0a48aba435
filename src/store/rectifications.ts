import type { Selectable, Transaction } from 'kysely';
import { FacematchError } from '../errors.js';
import type { AuditEntry, AuditTrail } from './audit.js';
import { carry } from './carriedDocument.js';
import { insertReevaluation, type NewReevaluation, othersUsing } from './comparisonOutcomes.js';
import { together } from './database/together.js';
import type { RecordDatabase } from './database.js';
import type { Destruction } from './destruction.js';
import { type HolderKeys, holderAfter, removeWithoutDocuments } from './holders.js';
import { rememberGeneration } from './identity.js';
import type { DataKey } from './keyring.js';
import { monthOf } from './month.js';
import { embeddingState, type StoredEmbedding } from './newDocument.js';
import { everythingOf, replaceIdentityKeys } from './rectifiedDocument.js';
import { hasOpenReview, openReview, prepareReview, withdrawReviewOf } from './reviewRows.js';
import type { Schema } from './schema.js';
import { type SealedRectification, sealRectification } from './sealedRectification.js';
import { jsonValue, type Vault } from './vault.js';

export interface NewRectification extends HolderKeys {
  readonly documentId: string;
  /** The revision that was corrected; another one by now is a conflict. */
  readonly revision: number;
  readonly at: string;
  readonly type: string;
  /** `YYYY-MM-DD` */
  readonly issuedOn: string;
  readonly retentionEnds: string;
  readonly numberKey: Uint8Array;
  /** The whole record as it is now; JSON-able. */
  readonly record: unknown;
  readonly photo?: { readonly content: Uint8Array; readonly pixelsKey: Uint8Array } | undefined;
  readonly signature?: Uint8Array | undefined;
  /** What the model makes of a new photo. */
  readonly embedding?: StoredEmbedding | undefined;
  /** Why, and what it was; JSON-able. */
  readonly detail: unknown;
  /**
   * Computes again the comparisons that used the document, but for those that are known; undefined where the change
   * means nothing to them.
   */
  readonly reevaluate?: ((known: ReadonlySet<string>) => Promise<readonly NewReevaluation[]>) | undefined;
  readonly audit: AuditEntry;
}

export interface StoredRectification {
  readonly revision: number;
  readonly at: string;
  readonly detail: unknown;
  /** Images that were replaced, as they were. */
  readonly images: readonly { readonly kind: 'photo' | 'signature'; readonly content: Uint8Array }[];
}

/** How often comparisons that came meanwhile are computed too before they are only marked. */
const mostRounds = 5;

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
   * Corrects a document, with its look-ups, the comparisons it was used in and the audit entry, or nothing. Comparisons
   * that are recorded while others are computed again are computed before it too: none stays as it was.
   *
   * @returns the new revision, and the comparisons that were computed again or marked.
   * @throws FacematchError `not-found`, `revision-conflict`, `transfer-conflict` when another document has the
   * number and type.
   */
  async rectify(
    change: NewRectification,
  ): Promise<{ readonly revision: number; readonly reevaluated: readonly string[] }> {
    const { documentId: id } = change;
    const before = await this.#database.read((db) => everythingOf(db, id));
    requireRevision(before.row, change);
    // The key a record is under is that of the month its retention ends in: another month needs another key.
    const moves = monthOf(change.retentionEnds) !== monthOf(before.row.retention_ends);
    const key = moves ? await this.#vault.reserve(change.retentionEnds) : undefined;
    const seal =
      key === undefined
        ? await this.#vault.sealer(before.row, id)
        : (field: string, plaintext: Uint8Array) => this.#vault.seal(key, id, field, plaintext);
    const sealed = await sealRectification(this.#vault, change, before, seal);
    const put: Put = { change, before: before.row, moves, key, sealed };
    const computed: NewReevaluation[] = [];
    const reviews: SettleReview[] = [];
    for (let round = 1; ; round++) {
      const known = new Set(computed.map(({ comparisonId }) => comparisonId));
      const more = (await change.reevaluate?.(known)) ?? [];
      computed.push(...more);
      for (const one of more) reviews.push(await this.#prepareReview(one, change.at));
      const written = await this.#write(put, computed, reviews, round === mostRounds);
      if (written === 'compared-meanwhile') continue;
      await written.destroyOldKey?.();
      return { revision: change.revision + 1, reevaluated: written.reevaluated };
    }
  }

  /** @param last Whether comparisons that are not among the computed ones are marked rather than waited for. */
  #write(
    { change, before, moves, key, sealed }: Put,
    computed: readonly NewReevaluation[],
    reviews: readonly SettleReview[],
    last: boolean,
  ) {
    const { documentId: id } = change;
    return this.#database.write(async (trx) => {
      requireRevision(await rowIn(trx, id), change);
      await requireFree(trx, change);
      const missed =
        change.reevaluate === undefined
          ? []
          : await othersUsing(
              trx,
              id,
              computed.map(({ comparisonId }) => comparisonId),
            );
      if (missed.length > 0 && !last) return 'compared-meanwhile' as const;
      // What was reported or embedded since it was first read moves with the rest.
      if (moves) await (await carry(this.#vault, await everythingOf(trx, id), sealed.put))(trx);
      const holder = await holderAfter(trx, this.#vault, before, change);
      await trx
        .updateTable('documents')
        .set({
          holder_id: holder,
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
      if (holder !== before.holder_id) await removeWithoutDocuments(trx, before.holder_id);
      await replaceIdentityKeys(trx, id, change.identityKeys);
      await sealed.write(trx);
      const marks = missed.map((comparisonId) => ({
        comparisonId,
        at: change.at,
        outcome: undefined,
        detail: { reasons: [] },
      }));
      for (const one of [...computed, ...marks]) await insertReevaluation(trx, this.#vault, one);
      for (const settle of reviews) await settle(trx);
      if (key !== undefined) await rememberGeneration(trx, key.generation);
      const reevaluated = [...computed, ...marks].map(({ comparisonId }) => comparisonId);
      const facts = change.reevaluate && { ...change.audit.facts, reevaluated: reevaluated.length };
      await this.#trail.appendIn(trx, facts === undefined ? change.audit : { ...change.audit, facts });
      const destroyOldKey = moves
        ? await this.#destruction.supersedeIn(trx, before, change.audit)
        : undefined;
      return { reevaluated, destroyOldKey };
    });
  }

  /** What a comparison computed again means for its review, to be done in the transaction. */
  async #prepareReview({ comparisonId, review }: NewReevaluation, at: string): Promise<SettleReview> {
    if (review === undefined) return async () => {};
    if (review === 'withdraw') return (trx) => withdrawReviewOf(trx, comparisonId, at);
    const opened = await prepareReview(this.#vault, review.open);
    return async (trx) => {
      if (await hasOpenReview(trx, comparisonId)) return;
      const comparison = await trx
        .selectFrom('comparisons')
        .select('mode')
        .where('id', '=', comparisonId)
        .executeTakeFirst();
      // Destroyed since it was computed again.
      if (comparison !== undefined) await together(trx, openReview(opened, comparison.mode));
    };
  }

  /** What was corrected on a document, oldest first. */
  async ofDocument(documentId: string): Promise<StoredRectification[]> {
    const { row, rectifications, rectifiedImages } = await this.#database.read((db) =>
      everythingOf(db, documentId),
    );
    if (rectifications.length === 0) return [];
    const open = await this.#vault.opener(row, documentId);
    return rectifications.map((one) => ({
      revision: one.revision,
      at: one.at,
      detail: jsonValue(open(`rectification/${one.revision}`, one.detail)),
      images: rectifiedImages
        .filter((image) => image.rectification_id === one.id)
        .map(({ kind, content }) => ({
          kind,
          content: open(`rectification/${one.revision}/${kind}`, content),
        })),
    }));
  }
}

type SettleReview = (trx: Transaction<Schema>) => Promise<void>;

/** What one correction writes. */
interface Put {
  readonly change: NewRectification;
  readonly before: DocumentRow;
  readonly moves: boolean;
  readonly key: DataKey | undefined;
  readonly sealed: SealedRectification;
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
