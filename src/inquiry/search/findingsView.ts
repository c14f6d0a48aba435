import { isFacematchError } from '../../errors.js';
import { storedRecord } from '../../records/statutoryRecord.js';
import { verificationsOfOne } from '../../store/searchFindings.js';
import type { OpenedSearch, SearchFinding, Store } from '../../store/store.js';
import { strength } from './policy.js';
import type { FoundView, ScoredView, SearchView } from './searchView.js';

/** What a search found, for one person. A document destroyed since takes its finding with it. */
export async function findingsView(
  store: Store,
  search: Pick<OpenedSearch, 'id' | 'kind'>,
  person: string,
): Promise<Pick<SearchView, 'candidates' | 'pairs'>> {
  const findings = await store.searches.findings(search.id);
  const shown = await Promise.all(
    findings.map(async (finding) => ({
      scored: scoredView(finding, person),
      documents: await Promise.all(
        [finding.documentId, finding.otherId ?? []].flat().map((id) => foundView(store, id)),
      ),
    })),
  );
  if (search.kind === 'search') {
    return { candidates: shown.flatMap(({ scored, documents: [a] }) => (a ? [{ ...a, ...scored }] : [])) };
  }
  return { pairs: shown.flatMap(({ scored, documents: [a, b] }) => (a && b ? [{ a, b, ...scored }] : [])) };
}

async function foundView(store: Store, documentId: string): Promise<FoundView | undefined> {
  try {
    const { document, holder } = storedRecord(await store.documents.record(documentId));
    const holderName = [...holder.givenNames, holder.familyName].join(' ');
    return { documentId, documentNumber: document.number, issuedOn: document.issuedOn, holderName };
  } catch (error) {
    if (isFacematchError(error, 'not-found')) return undefined;
    throw error;
  }
}

/** Nobody sees another's verdict before they gave their own; once there are as many as are asked for, everybody does. */
function scoredView(finding: SearchFinding, person: string): ScoredView {
  const { rank, score, falseMatchRate, falseMatchRateInStore, extrapolated, verifications } = finding;
  const open =
    verifications.length >= verificationsOfOne || verifications.some((one) => one.person === person);
  return {
    ...{ rank, score, falseMatchRate, falseMatchRateInStore, extrapolated },
    strength: strength(falseMatchRate),
    verifications: (open ? verifications : []).map(({ person: who, verdict, at }) => ({
      person: who,
      verdict: verdict as ScoredView['verifications'][number]['verdict'],
      at,
    })),
  };
}
