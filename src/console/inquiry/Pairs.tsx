import type { Pair, Search } from '../api/types.js';
import { useWords } from '../app/context.js';
import { Thumbnail } from '../photos/Thumbnail.js';
import { oneIn } from '../scores/meaning.js';
import { FoundDocument } from './FoundDocument.js';
import { Verification } from './Verification.js';

/** The same face under two identities: both photos, both names. */
export function Pairs({
  search,
  pairs,
  onVerified,
}: {
  readonly search: Search;
  readonly pairs: readonly Pair[];
  readonly onVerified: () => void;
}) {
  const words = useWords();
  return (
    <section className="found">
      <h2>{words('search.pairs')}</h2>
      {pairs.length === 0 && <p className="empty">{words('search.noPairs')}</p>}
      <ol className="candidates">
        {pairs.map((pair, index) => {
          const rank = pair.rank ?? index + 1;
          return (
            <li key={rank} className="candidate panel">
              <h3>{words('search.pair', { rank })}</h3>
              <div className="two-identities">
                {[pair.a, pair.b].map((found) => (
                  <div key={found.documentId}>
                    <Thumbnail
                      path={`/v1/documents/${found.documentId}/photo`}
                      alt={words('photos.alt.candidate', { number: found.documentNumber })}
                    />
                    <FoundDocument found={found} />
                  </div>
                ))}
              </div>
              <dl className="pairs">
                <dt>{words('score.value')}</dt>
                <dd>{words.number(pair.score, 3)}</dd>
                <dt>{words('search.inStore')}</dt>
                <dd>{oneIn({ falseMatchRate: pair.falseMatchRateInStore }, words)}</dd>
              </dl>
              <Verification
                path={`/v1/searches/${search.searchId}/candidates/${rank}/verification`}
                verifications={pair.verifications}
                onVerified={onVerified}
              />
            </li>
          );
        })}
      </ol>
    </section>
  );
}
