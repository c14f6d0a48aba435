import { type FormEvent, useState } from 'react';
import type { ComparisonPage, QueryItem } from '../api/types.js';
import { useApi, useWords } from '../app/context.js';
import { type Asked, QueryForm } from '../query/QueryForm.js';
import { QueryTable } from '../query/QueryTable.js';
import { Failure } from '../ui/Failure.js';
import { Page } from '../ui/Page.js';
import { useSend } from '../ui/useSend.js';

interface Result {
  readonly asked: Asked;
  readonly items: readonly QueryItem[];
  readonly next: string | null;
  readonly total: number | undefined;
}

/** Comparisons by what is known of them. A POST: what is asked for may name a person, and stays out of addresses. */
export function QueryPage() {
  const api = useApi();
  const words = useWords();
  const [result, setResult] = useState<Result>();
  const { busy, error, send } = useSend();
  const ask = (asked: Asked) => (event: FormEvent) => {
    event.preventDefault();
    void send(async () => {
      const { items, next, total } = await api.post<ComparisonPage>('/v1/comparisons/query', {
        ...asked,
        limit: 50,
        count: true,
      });
      setResult({ asked, items, next, total });
    });
  };
  const more = ({ asked, items, next, total }: Result) =>
    void send(async () => {
      const page = await api.post<ComparisonPage>('/v1/comparisons/query', {
        ...asked,
        limit: 50,
        cursor: next,
      });
      setResult({ asked, items: [...items, ...page.items], next: page.next, total });
    });
  return (
    <Page title={words('query.title')}>
      <QueryForm busy={busy} onAsk={ask} />
      {error !== undefined && <Failure error={error} />}
      {result === undefined ? (
        <p className="empty">{words('query.start')}</p>
      ) : (
        <section aria-live="polite">
          {result.total !== undefined && (
            <p className="total">{words('query.total', { count: words.number(result.total) })}</p>
          )}
          {result.items.length === 0 ? (
            <p className="empty">{words('query.empty')}</p>
          ) : (
            <QueryTable items={result.items} />
          )}
          {result.next !== null && (
            <p className="more">
              <button type="button" disabled={busy} onClick={() => more(result)}>
                {words('app.more')}
              </button>
            </p>
          )}
        </section>
      )}
    </Page>
  );
}
