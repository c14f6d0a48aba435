import { type ReactNode, useState } from 'react';
import type { List } from '../api/types.js';
import { useApi, useWords } from '../app/context.js';
import { Failure } from './Failure.js';
import { useSend } from './useSend.js';

/** A list with what was loaded after its first page. */
export function MorePages<T>({
  path,
  first,
  children,
}: {
  readonly path: string;
  readonly first: List<T>;
  readonly children: (items: readonly T[]) => ReactNode;
}) {
  const api = useApi();
  const words = useWords();
  const [more, setMore] = useState<readonly List<T>[]>([]);
  const { busy, error, send } = useSend();
  const next = (more.at(-1) ?? first).next;
  const load = () =>
    void send(async () => {
      const page = await api.get<List<T>>(`${path}&cursor=${encodeURIComponent(next ?? '')}`);
      setMore([...more, page]);
    });
  return (
    <>
      {children([...first.items, ...more.flatMap(({ items }) => items)])}
      {error !== undefined && <Failure error={error} />}
      {next !== null && (
        <p className="more">
          <button type="button" disabled={busy} onClick={load}>
            {words('app.more')}
          </button>
        </p>
      )}
    </>
  );
}
