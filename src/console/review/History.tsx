import type { Review } from '../api/types.js';
import { useWords } from '../app/context.js';

export function History({ history }: { readonly history: Review['history'] }) {
  const words = useWords();
  return (
    <ol className="history">
      {history.map(({ at, action, step, person, verdict, reason }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a history only grows.
        <li key={index}>
          <time dateTime={at}>{words.moment(at)}</time>
          <strong>{words(action === 'verdict' ? `review.step.${step}` : `review.action.${action}`)}</strong>
          {verdict !== undefined && <span>: {words(`verdict.${verdict}`)}</span>}
          <span className="quiet">
            {' '}
            {person ?? (action === 'verdict' && verdict === undefined ? words('review.hidden') : '')}
          </span>
          {reason !== undefined && <q>{reason}</q>}
        </li>
      ))}
    </ol>
  );
}
