import type { ReviewItem, ReviewStatus } from '../api/types.js';
import { useMe, useWords } from '../app/context.js';
import { Strength } from '../scores/Strength.js';
import { Tag, type Tone } from '../ui/Tag.js';

export const statusTones: Readonly<Record<ReviewStatus, Tone>> = {
  waiting: 'plain',
  claimed: 'accent',
  'second-waiting': 'look',
  'second-claimed': 'accent',
  disputed: 'bad',
  settling: 'accent',
  done: 'quiet',
};

const longSeconds = 2 * 86_400;

export function QueueTable({ items }: { readonly items: readonly ReviewItem[] }) {
  const words = useWords();
  const me = useMe();
  return (
    <table className="list">
      <thead>
        <tr>
          <th className="number">{words('queue.age')}</th>
          <th>{words('queue.why')}</th>
          <th>{words('queue.likeness')}</th>
          <th>{words('queue.office')}</th>
          <th>{words('queue.status')}</th>
          <th>{words('queue.who')}</th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => {
          const why = item.reasons.map((code) => words(`reason.${code}`)).join(' · ');
          return (
            <tr key={item.reviewId}>
              <td
                className={item.ageSeconds > longSeconds && item.status !== 'done' ? 'number old' : 'number'}
              >
                <time dateTime={item.openedAt} title={words.moment(item.openedAt)}>
                  {words.duration(item.ageSeconds)}
                </time>
              </td>
              <td>
                <a
                  className="row-link"
                  href={`#/reviews/${item.reviewId}`}
                  aria-label={words('queue.open', { why, office: item.office ?? '–' })}
                >
                  {why === '' ? words('outcome.review') : why}
                </a>
                {item.mode === 'trial' && (
                  <>
                    {' '}
                    <Tag tone="quiet">{words('outcome.trial')}</Tag>
                  </>
                )}
              </td>
              <td>
                <Strength strength={item.strength} />
              </td>
              <td>{item.office ?? '–'}</td>
              <td>
                {item.verdict === null ? (
                  <Tag tone={statusTones[item.status]}>{words(`status.${item.status}`)}</Tag>
                ) : (
                  <Tag tone={item.verdict === 'different-person' ? 'bad' : 'good'}>
                    {words(`verdict.${item.verdict}`)}
                  </Tag>
                )}
              </td>
              <td>
                {item.claimedBy === null ? (
                  <span className="quiet">–</span>
                ) : item.claimedBy === me.person ? (
                  <strong>{words('queue.you')}</strong>
                ) : (
                  item.claimedBy
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
