import { Problem } from '../api/problem.js';
import { useWords } from '../app/context.js';
import { Note } from './Note.js';

/** What the service said against a request, or that it could not be reached. */
export function Failure({ error, onRetry }: { readonly error: Error; readonly onRetry?: () => void }) {
  const words = useWords();
  return (
    <Note kind="refusal">
      <strong>{error instanceof Problem ? error.title : words('app.failed')}</strong>{' '}
      {error instanceof Problem ? error.detail : words('app.offline')}
      {onRetry !== undefined && (
        <>
          {' '}
          <button type="button" className="link" onClick={onRetry}>
            {words('app.retry')}
          </button>
        </>
      )}
    </Note>
  );
}
