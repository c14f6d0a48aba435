import type { Clock } from '../clock.js';
import { FacematchError } from '../errors.js';
import type { AuditEntry, AuditTrail } from './audit.js';
import { insertDocuments } from './bulk.js';
import type { RecordDatabase } from './database.js';
import { type Candidate, DocumentLookup } from './documentLookup.js';
import { type DocumentState, documentState } from './documentStates.js';
import type { IdempotencyClaim, IdempotencyKeys } from './idempotency.js';
import { rememberGeneration } from './identity.js';
import {
  embeddingField,
  embeddingState,
  findTransferIn,
  insertDocument,
  type KnownTransfer,
  type NewDocument,
  sealDocument,
} from './newDocument.js';
import { jsonValue, type Vault, vectorOf } from './vault.js';

export interface OpenedDocument {
  readonly record: unknown;
  readonly photo: Uint8Array;
  readonly signature?: Uint8Array | undefined;
}

export interface DocumentParts {
  readonly database: RecordDatabase;
  readonly vault: Vault;
  readonly trail: AuditTrail;
  readonly idempotency: IdempotencyKeys;
  readonly clock: Clock;
}

/** Whatever finds the same document, the same holder or the same request. */
const subjectsOf = (document: NewDocument): Uint8Array[] => [
  document.numberKey,
  ...(document.registerKey === undefined ? [] : [document.registerKey]),
  ...document.identityKeys,
  ...(document.idempotency === undefined ? [] : [document.idempotency.key]),
];

/** Documents with their photos and embeddings, all encrypted with one data key per document. */
export class Documents extends DocumentLookup {
  readonly #parts: DocumentParts;

  constructor(parts: DocumentParts) {
    super(parts.database);
    this.#parts = parts;
  }

  /**
   * The document this very transfer created before, if it did.
   *
   * @throws FacematchError `transfer-conflict` when the number and type came with another content.
   */
  findTransfer(
    transfer: Pick<NewDocument, 'type' | 'numberKey' | 'fingerprint'>,
  ): Promise<KnownTransfer | undefined> {
    return this.#parts.database.read((db) => findTransferIn(db, transfer));
  }

  /**
   * Stores a document with its audit entry, or nothing; the same transfer again changes nothing.
   *
   * @throws FacematchError `transfer-conflict`, `idempotency-mismatch`, `storage-full`, `store-unavailable`.
   */
  async create(document: NewDocument): Promise<KnownTransfer & { readonly created: boolean }> {
    const { vault, database, trail, idempotency, clock } = this.#parts;
    const key = await vault.reserve(document.retentionEnds);
    const sealed = sealDocument(vault, key, document);
    return database.write(async (trx) => {
      const claim = document.idempotency;
      const claimed = claim && (await idempotency.findIn(trx, 'document', claim));
      const known = await findTransferIn(trx, document);
      const transfer = known ?? {
        documentId: document.id,
        embeddingState: embeddingState(document.embedding),
      };
      if (known === undefined) {
        await insertDocument(trx, vault, document, key, sealed, clock().toISOString());
        await rememberGeneration(trx, key.generation);
        await trail.appendIn(trx, document.audit);
      }
      if (claim !== undefined && claimed === undefined) {
        await idempotency.recordIn(trx, 'document', claim, transfer.documentId);
      }
      return { ...transfer, created: known === undefined };
    }, subjectsOf(document));
  }

  /** Stores many new documents at once: see {@link insertDocuments}. */
  createMany(documents: readonly NewDocument[]): Promise<void> {
    return insertDocuments(this.#parts, documents);
  }

  /** Notes that a known transfer came again, and the idempotency key it came with. */
  async noteRepeat(
    documentId: string,
    repeat: { readonly idempotency?: IdempotencyClaim | undefined; readonly audit?: AuditEntry | undefined },
  ): Promise<void> {
    const { database, trail, idempotency } = this.#parts;
    if (repeat.idempotency === undefined && repeat.audit === undefined) return;
    await database.write(
      async (trx) => {
        const claim = repeat.idempotency;
        if (claim !== undefined && (await idempotency.findIn(trx, 'document', claim)) === undefined) {
          await idempotency.recordIn(trx, 'document', claim, documentId);
        }
        if (repeat.audit !== undefined) await trail.appendIn(trx, repeat.audit);
      },
      repeat.idempotency === undefined ? [] : [repeat.idempotency.key],
    );
  }

  /**
   * The record alone, without its images.
   *
   * @throws FacematchError `not-found`, `integrity-failure`
   */
  async record(id: string): Promise<unknown> {
    const { database, vault } = this.#parts;
    const row = await database.read((db) =>
      db
        .selectFrom('documents')
        .select(['key_id', 'retention_ends', 'record'])
        .where('id', '=', id)
        .executeTakeFirst(),
    );
    if (row === undefined) throw new FacematchError('not-found', 'The store has no such document.', { id });
    return jsonValue(await vault.open(row, id, 'document.record', row.record));
  }

  /**
   * What a comparison needs of one document, found with {@link candidates}: its record, and its embedding by the model
   * asked for where there is one.
   *
   * @throws FacematchError `not-found` when it was destroyed since, `integrity-failure`
   */
  async reference(
    { id, sealed }: Candidate,
    model: string,
  ): Promise<{ readonly record: unknown; readonly embedding: Float32Array | undefined }> {
    const open = await this.#parts.vault.opener(sealed, id);
    return {
      record: jsonValue(open('document.record', sealed.record)),
      embedding: sealed.vector === null ? undefined : vectorOf(open(embeddingField(model), sealed.vector)),
    };
  }

  /** @throws FacematchError `not-found`, `integrity-failure` */
  async open(id: string): Promise<OpenedDocument> {
    const { database, vault } = this.#parts;
    const { row, images } = await database.read(async (db) => ({
      row: await db
        .selectFrom('documents')
        .select(['key_id', 'retention_ends', 'record'])
        .where('id', '=', id)
        .executeTakeFirst(),
      images: await db
        .selectFrom('document_images')
        .select(['kind', 'content'])
        .where('document_id', '=', id)
        .execute(),
    }));
    if (row === undefined) throw new FacematchError('not-found', 'The store has no such document.', { id });
    const open = await vault.opener(row, id);
    const image = (kind: 'photo' | 'signature') => {
      const content = images.find((candidate) => candidate.kind === kind)?.content;
      return content && open(`document.${kind}`, content);
    };
    const photo = image('photo');
    if (photo === undefined) {
      throw new FacematchError('integrity-failure', 'A stored document lacks its photo.', { record: id });
    }
    const record = jsonValue(open('document.record', row.record));
    return { record, photo, signature: image('signature') };
  }

  /** What is noted about a document beside its record. Throws `not-found`. */
  state(id: string): Promise<DocumentState> {
    return documentState(this.#parts.database, id);
  }

  /** The document's embedding by this model, if there is one; Euclidean length as it was put. */
  async embedding(id: string, model: string): Promise<Float32Array | undefined> {
    const row = await this.#parts.database.read((db) =>
      db
        .selectFrom('embeddings')
        .innerJoin('documents', 'documents.id', 'embeddings.document_id')
        .select(['key_id', 'retention_ends', 'vector'])
        .where('document_id', '=', id)
        .where('model', '=', model)
        .executeTakeFirst(),
    );
    return row && vectorOf(await this.#parts.vault.open(row, id, embeddingField(model), row.vector));
  }
}
