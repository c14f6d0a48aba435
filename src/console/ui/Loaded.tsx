import type { ReactNode } from 'react';
import type { Got } from '../api/useGet.js';
import { useWords } from '../app/context.js';
import { Failure } from './Failure.js';

/** The content once it is there, else why not. */
export function Loaded<T>({
  got,
  children,
}: {
  readonly got: Got<T>;
  readonly children: (data: T) => ReactNode;
}) {
  const words = useWords();
  if (got.data !== undefined) return <>{children(got.data)}</>;
  if (got.error !== undefined) return <Failure error={got.error} onRetry={got.reload} />;
  return (
    <p className="loading" role="status">
      {words('app.loading')}
    </p>
  );
}
