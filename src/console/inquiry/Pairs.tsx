import type { Found, Pair, Search } from '../api/types.js';
import { useMe, useWords } from '../app/context.js';
import type { Words } from '../messages/language.js';
import { PhotoPair } from '../photos/PhotoPair.js';
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
              {me.may('documents:read') && (
                <PhotoPair first={photoOf(pair.a, words)} second={photoOf(pair.b, words)} />
              )}
              <div className="two-identities">
                <FoundDocument found={pair.a} />
                <FoundDocument found={pair.b} />
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

const photoOf = ({ documentId, documentNumber }: Found, words: Words) => ({
  path: `/v1/documents/${documentId}/photo`,
  alt: words('photos.alt.candidate', { number: documentNumber }),
});
