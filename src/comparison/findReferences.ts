import { FacematchError } from '../errors.js';
import type { FaceReader } from '../face/types.js';
import type { Application } from '../records/application.js';
import { normaliseDocumentNumber } from '../records/documentNumber.js';
import { identityForms } from '../records/names.js';
import { normaliseRegisterNumber, registerNumberValid } from '../records/registerNumber.js';
import type { StatutoryRecord } from '../records/statutoryRecord.js';
import type { DocumentRow, Store } from '../store/store.js';
import { type ReferenceEmbedding, referenceEmbedding } from './referenceEmbeddings.js';
import { findHolder, type HolderFinding, lastTwo } from './references.js';

export interface Reference {
  readonly document: DocumentRow;
  readonly number: string;
  readonly embedding: ReferenceEmbedding;
}

export interface FoundReferences {
  readonly holder: HolderFinding;
  readonly registerNumberInvalid: boolean;
  /** At most two, newest first. */
  readonly references: readonly Reference[];
}

/** Finds the holder by every identifier given, and the last two documents with their embeddings. */
export async function findReferences(
  parts: { readonly store: Store; readonly faces: FaceReader },
  application: Application,
): Promise<FoundReferences> {
  const { store, faces } = parts;
  const { registerNumber, familyName, givenNames, birthDate, claimedDocuments, receivedAt } = application;
  const found = await store.documents.findByKeys({
    register:
      registerNumber === undefined
        ? undefined
        : store.lookup.registerNumber(normaliseRegisterNumber(registerNumber)),
    identity: identityForms(familyName, givenNames, birthDate).map((form) => store.lookup.identity(form)),
    numbers: claimedDocuments.map((number) => store.lookup.documentNumber(normaliseDocumentNumber(number))),
  });
  const holder = findHolder(found, registerNumber !== undefined);
  const documents = lastTwo(await store.documents.ofHolders(holder.holders), receivedAt.slice(0, 10));
  const references = await Promise.all(
    documents.map(async (document) => ({
      document,
      number: numberOf((await store.documents.open(document.id)).record, document),
      embedding: await referenceEmbedding(store, faces, document),
    })),
  );
  return {
    holder,
    registerNumberInvalid: registerNumber !== undefined && !registerNumberValid(registerNumber),
    references,
  };
}

function numberOf(record: unknown, document: DocumentRow): string {
  const number = (record as Partial<StatutoryRecord>).document?.number;
  if (number === undefined) {
    throw new FacematchError('integrity-failure', 'A stored record lacks its document number.', {
      id: document.id,
    });
  }
  return number;
}
