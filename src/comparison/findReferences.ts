import { FacematchError, isFacematchError } from '../errors.js';
import type { FaceReader } from '../face/types.js';
import type { Application } from '../records/application.js';
import { normaliseDocumentNumber } from '../records/documentNumber.js';
import { numberKeys } from '../records/keys.js';
import { identityForms } from '../records/names.js';
import { normaliseRegisterNumber, registerNumberValid } from '../records/registerNumber.js';
import { samePlace } from '../records/samePerson.js';
import type { StatutoryRecord } from '../records/statutoryRecord.js';
import type { Candidate, DocumentRow, Store } from '../store/store.js';
import { type ReferenceEmbedding, referenceEmbedding } from './referenceEmbeddings.js';
import { findHolder, type HolderFinding, holdersOf, lastTwo } from './references.js';

export interface Reference {
  readonly document: DocumentRow;
  readonly number: string;
  readonly sex: StatutoryRecord['holder']['sex'];
  readonly birthPlace: string;
  readonly embedding: ReferenceEmbedding;
}

export interface FoundReferences {
  readonly holder: HolderFinding;
  readonly registerNumberInvalid: boolean;
  /** Keyed hashes of the register number, names and birth date that the application gives. */
  readonly subjectKeys: readonly Uint8Array[];
  /** Keyed hashes of the document numbers that the application claims and of those compared with. */
  readonly numberKeys: readonly Uint8Array[];
  /** At most two, newest first. */
  readonly references: readonly Reference[];
}

/**
 * Finds the holder by every identifier given, and the last two documents with their embeddings. A document whose key is
 * destroyed on the way counts as gone: the holder is looked up again without it, unless a correction gave it another key.
 *
 * @param gone keys that are destroyed.
 */
export async function findReferences(
  parts: { readonly store: Store; readonly faces: FaceReader },
  application: Application,
  gone: ReadonlySet<string> = new Set(),
): Promise<FoundReferences> {
  const { store } = parts;
  const { registerNumber, familyName, givenNames, birthDate, birthPlace, claimedDocuments, receivedAt } =
    application;
  const register =
    registerNumber === undefined
      ? undefined
      : store.lookup.registerNumber(normaliseRegisterNumber(registerNumber));
  const identityOn = (date: string) =>
    identityForms(familyName, givenNames, date).map((form) => store.lookup.identity(form));
  const identity = identityOn(birthDate);
  const left = (rows: readonly Candidate[]) => rows.filter(({ sealed }) => !gone.has(sealed.key_id));
  const keys = {
    register,
    identity: [...identity, ...lessExactly(birthDate).flatMap(identityOn)],
    numbers: claimedDocuments.map((number) => store.lookup.documentNumber(normaliseDocumentNumber(number))),
  };
  const rows = await store.documents.candidates(keys, parts.faces.model);
  const found = {
    byRegister: left(rows.byRegister),
    byIdentity: left(rows.byIdentity),
    byNumber: rows.byNumber.map(left),
  };
  const ledTo = holdersOf([...found.byRegister, ...found.byIdentity, ...found.byNumber.flat()]);
  const held = left(rows.ofHolders).filter(({ holderId }) => ledTo.has(holderId));
  const registered = holdersOf(held.filter(({ hasRegister }) => hasRegister));
  const holder = findHolder(found, registerNumber !== undefined, registered);
  const documents = lastTwo(
    held.filter(({ holderId }) => holder.holders.includes(holderId)),
    receivedAt.slice(0, 10),
  );
  const references = await Promise.all(documents.map((document) => openReference(parts, document)));
  const destroyed = documents.filter((_, index) => references[index] === undefined);
  if (destroyed.length > 0) {
    return findReferences(
      parts,
      application,
      new Set([...gone, ...destroyed.map(({ sealed }) => sealed.key_id)]),
    );
  }
  const elsewhereBorn =
    holder.byNamesAlone &&
    references.length > 0 &&
    references.every((reference) => reference && !samePlace(reference.birthPlace, birthPlace));
  const present = references.filter((reference) => reference !== undefined);
  return {
    holder: elsewhereBorn ? { ...holder, identity: 'conflict' } : holder,
    registerNumberInvalid: registerNumber !== undefined && !registerNumberValid(registerNumber),
    subjectKeys: [...(register === undefined ? [] : [register]), ...identity],
    numberKeys: numberKeys([...claimedDocuments, ...present.map(({ number }) => number)], store.lookup),
    references: present,
  };
}

/** Undefined when the document was destroyed since it was looked up. */
async function openReference(
  { store, faces }: { readonly store: Store; readonly faces: FaceReader },
  document: Candidate,
): Promise<Reference | undefined> {
  try {
    const { record, embedding } = await store.documents.reference(document, faces.model);
    return {
      document,
      ...identityOf(record, document),
      embedding: embedding ?? (await referenceEmbedding(store, faces, document)),
    };
  } catch (error) {
    if (isFacematchError(error, 'not-found')) return undefined;
    throw error;
  }
}

function identityOf(record: unknown, row: DocumentRow): Pick<Reference, 'number' | 'sex' | 'birthPlace'> {
  const { document, holder } = record as Partial<StatutoryRecord>;
  if (document?.number === undefined || holder?.sex === undefined || holder.birthPlace === undefined) {
    throw new FacematchError('integrity-failure', 'A stored record lacks its document number or holder.', {
      id: row.id,
    });
  }
  return { number: document.number, sex: holder.sex, birthPlace: holder.birthPlace };
}

/** Records may know no more of a birth date than its year or its month: `1985-03-02` → `1985-03`, `1985`. */
function lessExactly(birthDate: string): string[] {
  const [year = '', month] = birthDate.split('-');
  return [`${year}-${month}`, year].filter((date) => date.length < birthDate.length);
}
