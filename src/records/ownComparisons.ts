import type { Evidence } from '../comparison/answer.js';
import type { ComparisonRecord } from '../comparison/render.js';
import type { Store, StoredComparison } from '../store/store.js';
import { personKeys } from './keys.js';
import type { StatutoryRecord } from './statutoryRecord.js';

export interface Own {
  readonly holderId: string;
  readonly documents: readonly { readonly documentId: string; readonly record: StatutoryRecord }[];
}

export interface OwnComparison {
  readonly comparison: StoredComparison;
  readonly record: ComparisonRecord;
  /** Without what it says of documents of others. */
  readonly evidence: Evidence;
}

/**
 * The comparisons that are about a holder, oldest first: those with one of their documents, those under their register
 * number, and where a document has no number those under its names and birth date. Namesakes share a form of their
 * names, so a comparison found by names alone is left out when its references are others', or when it was made under
 * a register number: that is not this record's.
 *
 * @throws FacematchError `not-found`, `integrity-failure`
 */
export async function ownComparisons(store: Store, own: Own): Promise<OwnComparison[]> {
  const keys = own.documents.map(({ record }) => personKeys(record.holder, store.lookup));
  const numbers = keys.flatMap(({ registerKey }) => registerKey ?? []);
  const names = keys.flatMap(({ registerKey, identityKeys }) =>
    registerKey === undefined ? identityKeys : [],
  );
  const documentIds = own.documents.map(({ documentId }) => documentId);
  const ids = await store.outcomes.concerning(documentIds, [...numbers, ...names]);
  const underNumber = new Set(await store.outcomes.concerning([], numbers));
  const references = await store.outcomes.referencesOf(ids);
  const found = await Promise.all(
    ids.map(async (id) => {
      const owners = references.get(id) ?? new Map<number, string>();
      const comparison = await store.comparisons.get(id);
      const record = comparison.detail as ComparisonRecord;
      const byNameAlone = ![...owners.values()].includes(own.holderId) && !underNumber.has(id);
      // References that are destroyed by now were somebody's: nothing says any more that they were this holder's.
      const withReferences = owners.size > 0 || record.evidence.references.length > 0;
      if (byNameAlone && (withReferences || record.registerNumberGiven !== false)) return [];
      return [{ comparison, record, evidence: ownEvidence(record, owners, own.holderId) }];
    }),
  );
  return found.flat();
}

/** Scores that a photo of somebody else is part of go with what names that document. */
function ownEvidence(
  { reasons, evidence }: ComparisonRecord,
  owners: ReadonlyMap<number, string>,
  holderId: string,
): Evidence {
  // Without a conflict all references are of one holder, the destroyed ones too.
  const ofOne = !reasons.includes('identity-conflict') && [...owners.values()].every((id) => id === holderId);
  const references = evidence.references.filter((_, position) => {
    const owner = owners.get(position);
    return owner === undefined ? ofOne : owner === holderId;
  });
  if (references.length === evidence.references.length) return evidence;
  const { agreement: _between, fused: _together, ...rest } = evidence;
  return { ...rest, references };
}
