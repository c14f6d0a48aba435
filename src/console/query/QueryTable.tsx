import type { QueryItem } from '../api/types.js';
import { useWords } from '../app/context.js';
import { Strength } from '../scores/Strength.js';
import { Tag, type Tone } from '../ui/Tag.js';

const tones: Readonly<Record<string, Tone>> = {
  consistent: 'good',
  review: 'look',
  'not-comparable': 'quiet',
};

export function QueryTable({ items }: { readonly items: readonly QueryItem[] }) {
  const words = useWords();
  return (
    <table className="list">
      <thead>
        <tr>
          <th>{words('query.date')}</th>
          <th>{words('query.outcome')}</th>
          <th>{words('query.reason')}</th>
          <th className="number">{words('query.score')}</th>
          <th>{words('queue.likeness')}</th>
          <th>{words('query.office')}</th>
          <th>{words('query.verdict')}</th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => {
          const outcome = item.outcome ?? 'trial';
          const at = words.moment(item.createdAt);
          const review = item.review;
          return (
            <tr key={item.comparisonId}>
              <td className="moment">
                <a
                  className="row-link"
                  href={`#/comparisons/${item.comparisonId}`}
                  aria-label={words('query.open', { at })}
                >
                  {at}
                </a>
              </td>
              <td>
                <Tag tone={tones[outcome] ?? 'plain'}>{words(`outcome.${outcome}`)}</Tag>
              </td>
              <td>{item.reasons.map((code) => words(`reason.${code}`)).join(' · ')}</td>
              <td className="number">{item.score === null ? '–' : words.number(item.score, 2)}</td>
              <td>
                <Strength strength={item.strength} />
              </td>
              <td>{item.office ?? '–'}</td>
              <td>
                {review === null
                  ? '–'
                  : words(review.verdict === null ? `status.${review.status}` : `verdict.${review.verdict}`)}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
