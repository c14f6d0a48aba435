import type { Pair, Search } from '../api/types.js';
import { useMe, useWords } from '../app/context.js';
import { Thumbnail } from '../photos/Thumbnail.js';
import { FoundDocument } from './FoundDocument.js';
import { Likeness } from './Likeness.js';
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
  const me = useMe();
  return (
    <section className="found">
      <h2>{words('search.pairs')}</h2>
      {pairs.length === 0 && <p className="empty">{words('search.noPairs')}</p>}
      <ol className="candidates">
        {pairs.map((pair) => {
          const { rank } = pair;
          return (
            <li key={rank} className="candidate panel">
              <h3>{words('search.pair', { rank })}</h3>
              <div className="two-identities">
                {[pair.a, pair.b].map((found) => (
                  <div key={found.documentId}>
                    {me.may('documents:read') && (
                      <Thumbnail
                        path={`/v1/documents/${found.documentId}/photo`}
                        alt={words('photos.alt.candidate', { number: found.documentNumber })}
                      />
                    )}
                    <FoundDocument found={found} />
                  </div>
                ))}
              </div>
              <Likeness scored={pair} />
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
