import type { UseReport } from '../api/types.js';
import { useWords } from '../app/context.js';

/** Rates with their intervals: a difference between groups counts only where intervals part. */
export function GroupBars({ report }: { readonly report: UseReport }) {
  const words = useWords();
  const { groups } = report;
  if (groups.length === 0) return <p className="empty">{words('oversight.groupsNone')}</p>;
  const most = Math.max(...groups.map(({ high }) => high));
  return (
    <table className="plain groups">
      <tbody>
        {groups.map(({ attribute, value, comparisons, reviewRate, low, high }) => (
          <tr key={`${attribute} ${value}`}>
            <th scope="row">
              {words(`oversight.${attribute}`)} {value}{' '}
              <span className="quiet">n = {words.number(comparisons)}</span>
            </th>
            <td className="bars">
              <svg viewBox="0 0 400 16" preserveAspectRatio="none" aria-hidden="true">
                <rect className="bar" x="0" y="3" height="10" width={(400 * reviewRate) / most} />
                <line className="whisker" x1={(400 * low) / most} x2={(400 * high) / most} y1="8" y2="8" />
              </svg>
            </td>
            <td className="number">
              {words.percent(reviewRate)}{' '}
              <span className="quiet">
                {words.percent(low)} – {words.percent(high)}
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
