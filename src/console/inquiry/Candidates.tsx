import type { Candidate, Search } from '../api/types.js';
import { useMe, useWords } from '../app/context.js';
import { PhotoPair } from '../photos/PhotoPair.js';
import { FoundDocument } from './FoundDocument.js';
import { Likeness } from './Likeness.js';
import { Verification } from './Verification.js';

/** The faces of the store nearest to the one searched for, the most alike first. */
export function Candidates({
  search,
  candidates,
  onVerified,
}: {
  readonly search: Search;
  readonly candidates: readonly Candidate[];
  readonly onVerified: () => void;
}) {
  const words = useWords();
  const me = useMe();
  const probe = probePath(search);
  return (
    <section className="found">
      <h2>{words('search.candidates')}</h2>
      {candidates.length === 0 && <p className="empty">{words('search.noCandidates')}</p>}
      <ol className="candidates">
        {candidates.map((candidate) => (
          <li key={candidate.rank} className="candidate panel">
            <h3>{words('search.rank', { rank: candidate.rank })}</h3>
            {me.may('documents:read') && (
              <PhotoPair
                first={probe === undefined ? undefined : { path: probe, alt: words('photos.alt.probe') }}
                second={{
                  path: `/v1/documents/${candidate.documentId}/photo`,
                  alt: words('photos.alt.candidate', { number: candidate.documentNumber }),
                }}
              />
            )}
            <FoundDocument found={candidate} />
            <Likeness scored={candidate} />
            <Verification
              path={`/v1/searches/${search.searchId}/candidates/${candidate.rank}/verification`}
              verifications={candidate.verifications}
              onVerified={onVerified}
            />
          </li>
        ))}
      </ol>
    </section>
  );
}

function probePath({ probe, searchId }: Search): string | undefined {
  if (probe === null) return undefined;
  if ('comparisonId' in probe) return `/v1/comparisons/${probe.comparisonId}/photos/probe`;
  return 'documentId' in probe ? `/v1/documents/${probe.documentId}/photo` : `/v1/searches/${searchId}/photo`;
}
