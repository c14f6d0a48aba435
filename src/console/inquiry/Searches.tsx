import type { SearchSummary } from '../api/types.js';
import { useWords } from '../app/context.js';
import { Tag } from '../ui/Tag.js';
import { searchTones } from './tones.js';

export function Searches({ searches }: { readonly searches: readonly SearchSummary[] }) {
  const words = useWords();
  if (searches.length === 0) return <p className="empty">{words('app.none')}</p>;
  return (
    <ul className="records">
      {searches.map((search) => (
        <li key={search.searchId}>
          <div>
            <a href={`#/searches/${search.searchId}`}>{words(`search.kind.${search.kind}`)}</a>{' '}
            <Tag tone={searchTones[search.status]}>{words(`search.status.${search.status}`)}</Tag>
            <p className="hint">
              {words('search.requestedBy', {
                person: search.requestedBy,
                at: words.moment(search.requestedAt),
              })}
            </p>
            <p>{search.reason}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}
