import { useEffect, useState } from 'react';
import type { ReviewItem, ReviewList } from '../api/types.js';
import { useGet } from '../api/useGet.js';
import { useApi, useMe, useWords } from '../app/context.js';
import { go, goQuietly, usePlace } from '../app/route.js';
import type { MessageKey } from '../messages/messages.js';
import { QueueTable } from '../review/QueueTable.js';
import { Failure } from '../ui/Failure.js';
import { Loaded } from '../ui/Loaded.js';
import { MorePages } from '../ui/MorePages.js';
import { Page } from '../ui/Page.js';
import { useSend } from '../ui/useSend.js';

type Count = keyof ReviewList['counts'];
interface Tab {
  readonly name: string;
  readonly label: MessageKey;
  readonly query: string;
  readonly count?: Count;
}

const tabs: readonly Tab[] = [
  { name: 'open', label: 'queue.tab.open', query: '' },
  { name: 'waiting', label: 'queue.tab.waiting', query: 'status=waiting', count: 'waiting' },
  { name: 'second', label: 'queue.tab.second', query: 'status=second-waiting', count: 'second' },
  { name: 'disputed', label: 'queue.tab.disputed', query: 'status=disputed', count: 'disputed' },
  { name: 'mine', label: 'queue.tab.mine', query: 'mine=true' },
  { name: 'done', label: 'queue.tab.done', query: 'status=done', count: 'done' },
];
const refreshEveryMs = 30_000;

/** What waits for a person, oldest first. */
export function QueuePage() {
  const api = useApi();
  const words = useWords();
  const me = useMe();
  const { query } = usePlace();
  const tab = tabs.find(({ name }) => name === (query.get('show') ?? 'open')) ?? tabs[0];
  const office = query.get('office') ?? '';
  const [typed, setTyped] = useState(office);
  const asked = [tab?.query, office === '' ? '' : `office=${encodeURIComponent(office)}`, 'limit=50'];
  const path = `/v1/reviews?${asked.filter((part) => part !== '').join('&')}`;
  const reviews = useGet<ReviewList>(path);
  const { busy, error, send } = useSend();
  const { reload } = reviews;
  useEffect(() => {
    const timer = window.setInterval(() => {
      // Every look at the queue is in the trail: none that nobody takes.
      if (!document.hidden) reload();
    }, refreshEveryMs);
    return () => window.clearInterval(timer);
  }, [reload]);
  const show = (name: string, of: string) =>
    goQuietly(`/queue?show=${name}${of === '' ? '' : `&office=${encodeURIComponent(of)}`}`);
  const first = reviews.data?.items.find(({ claimable }) => claimable);
  const take = (review: ReviewItem) =>
    void send(() => api.post(`/v1/reviews/${review.reviewId}/claim`, {})).then((done) => {
      if (done) go(`/reviews/${review.reviewId}`);
      else reload();
    });
  return (
    <Page
      title={words('queue.title')}
      beside={
        (me.may('reviews:work') || me.may('reviews:settle')) && (
          <button
            type="button"
            className="primary"
            disabled={first === undefined || busy}
            onClick={() => first !== undefined && take(first)}
          >
            {words('queue.next')}
          </button>
        )
      }
    >
      <div className="filters">
        <div className="segments">
          {tabs.map(({ name, label, count }) => (
            <button
              key={name}
              type="button"
              aria-pressed={name === tab?.name}
              onClick={() => show(name, office)}
            >
              {words(label)}
              {count !== undefined && reviews.data !== undefined && (
                <span className="count">{words.number(reviews.data.counts[count])}</span>
              )}
            </button>
          ))}
        </div>
        <form
          className="inline"
          onSubmit={(event) => {
            event.preventDefault();
            show(tab?.name ?? 'open', typed.trim());
          }}
        >
          <label>
            <span className="visually-hidden">{words('queue.office')}</span>
            <input
              type="search"
              value={typed}
              maxLength={100}
              placeholder={words('queue.office')}
              onChange={({ target }) => setTyped(target.value)}
            />
          </label>
          <button type="submit">{words('queue.filter')}</button>
        </form>
      </div>
      {error !== undefined && <Failure error={error} />}
      <Loaded got={reviews}>
        {(list) => (
          <MorePages key={path} path={path} first={list}>
            {(items) =>
              items.length === 0 ? (
                <p className="empty">{words('queue.empty')}</p>
              ) : (
                <QueueTable items={items} />
              )
            }
          </MorePages>
        )}
      </Loaded>
    </Page>
  );
}
