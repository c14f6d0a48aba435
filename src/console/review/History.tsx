import type { Review } from '../api/types.js';
import { useWords } from '../app/context.js';
import { isMessage } from '../messages/known.js';

export function History({ history }: { readonly history: Review['history'] }) {
  const words = useWords();
  return (
    <ol className="history">
      {history.map(({ at, action, person, verdict, reason }, index) => {
        const key = `review.action.${action}`;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a history only grows.
          <li key={index}>
            <time dateTime={at}>{words.moment(at)}</time>
            <strong>{isMessage(key) ? words(key) : action}</strong>
            {verdict !== undefined && <span> {words(`verdict.${verdict}`)}</span>}
            <span className="quiet">
              {' '}
              {person ?? (action.includes('verdict') ? words('review.hidden') : '')}
            </span>
            {reason !== undefined && <q>{reason}</q>}
          </li>
        );
      })}
    </ol>
  );
}
