import type { UseReport } from '../api/types.js';
import { useWords } from '../app/context.js';
import { niceMaximum, Plot, plot, xOf, yScale } from './plot.js';

const series = [
  ['consistent', 'consistent', 'outcome.consistent'],
  ['review', 'review', 'outcome.review'],
  ['notComparable', 'not-comparable', 'outcome.not-comparable'],
] as const;

const widest = 44;

export function OutcomeColumns({ report }: { readonly report: UseReport }) {
  const words = useWords();
  const { periods } = report;
  const most = niceMaximum(Math.max(4, ...periods.map(({ comparisons }) => comparisons)));
  const y = yScale(most);
  const step = (plot.width - plot.left - plot.right) / Math.max(1, periods.length);
  const wide = Math.min(widest, step * 0.72);
  return (
    <>
      <Plot
        label={words('oversight.outcomes')}
        most={most}
        format={(value) => (Number.isInteger(value) ? words.number(value) : '')}
        ticks={periods.map(({ period }) => short(period))}
      >
        {periods.map((measures, index) => {
          let below = 0;
          return series.map(([key, className, label]) => {
            const value = measures[key];
            const top = y(below + value);
            const height = y(below) - top;
            below += value;
            return (
              <rect
                key={`${measures.period} ${key}`}
                className={className}
                x={xOf(index, periods.length) - wide / 2}
                width={wide}
                y={top}
                height={height}
              >
                <title>{`${measures.period}: ${words(label)} ${words.number(value)}`}</title>
              </rect>
            );
          });
        })}
      </Plot>
      <p className="legend">
        {series.map(([key, className, label]) => (
          <span key={key}>
            <span className={`key ${className}`} /> {words(label)}
          </span>
        ))}
      </p>
    </>
  );
}

/** Without the year where a day is meant: the form above names it. */
export const short = (period: string): string => (period.length === 10 ? period.slice(5) : period);
