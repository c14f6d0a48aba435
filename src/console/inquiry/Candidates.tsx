import type { Candidate, Search } from '../api/types.js';
import { useWords } from '../app/context.js';
import { Thumbnail } from '../photos/Thumbnail.js';
import { oneIn } from '../scores/meaning.js';
import { FoundDocument } from './FoundDocument.js';
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
  const { probe } = search;
  const probePath =
    probe === undefined || probe === null
      ? null
      : 'comparisonId' in probe
        ? `/v1/comparisons/${probe.comparisonId}/photos/probe`
        : 'documentId' in probe
          ? `/v1/documents/${probe.documentId}/photo`
          : null;
  return (
    <section className="found">
      <h2>{words('search.candidates')}</h2>
      {candidates.length === 0 && <p className="empty">{words('search.noCandidates')}</p>}
      <ol className="candidates">
        {candidates.map((candidate) => (
          <li key={candidate.rank} className="candidate panel">
            <h3>{words('search.rank', { rank: candidate.rank })}</h3>
            <div className="two-photos">
              {probePath !== null && <Thumbnail path={probePath} alt={words('photos.alt.probe')} />}
              <Thumbnail
                path={`/v1/documents/${candidate.documentId}/photo`}
                alt={words('photos.alt.candidate', { number: candidate.documentNumber })}
              />
            </div>
            <FoundDocument found={candidate} />
            <dl className="pairs">
              <dt>{words('score.value')}</dt>
              <dd>{words.number(candidate.score, 3)}</dd>
              <dt>{words('search.between')}</dt>
              <dd>{oneIn(candidate, words)}</dd>
              <dt>{words('search.inStore')}</dt>
              <dd>
                {words('search.inStoreRate', {
                  rate: oneIn({ falseMatchRate: candidate.falseMatchRateInStore }, words),
                })}
              </dd>
            </dl>
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
