import type { Inquiry } from '../api/types.js';
import { useWords } from '../app/context.js';

export function InquiryHistory({ history }: { readonly history: Inquiry['history'] }) {
  const words = useWords();
  return (
    <ol className="history">
      {history.map(({ at, action, person, reason }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a history only grows.
        <li key={index}>
          <time dateTime={at}>{words.moment(at)}</time>
          <strong>{words(`inquiry.action.${action}`)}</strong> <span className="quiet">{person}</span>
          {reason !== null && <q>{reason}</q>}
        </li>
      ))}
    </ol>
  );
}
