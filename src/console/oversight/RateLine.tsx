import type { UseReport } from '../api/types.js';
import { useWords } from '../app/context.js';
import { short } from './OutcomeColumns.js';
import { niceMaximum, Plot, xOf, yScale } from './plot.js';

export function RateLine({ report }: { readonly report: UseReport }) {
  const words = useWords();
  const { periods } = report;
  const most = Math.min(1, niceMaximum(Math.max(0.04, ...periods.map(({ reviewRate }) => reviewRate ?? 0))));
  const y = yScale(most);
  let path = '';
  let drawing = false;
  for (const [index, { reviewRate }] of periods.entries()) {
    if (reviewRate !== null) {
      path += `${drawing ? 'L' : 'M'}${xOf(index, periods.length)} ${y(reviewRate)}`;
    }
    drawing = reviewRate !== null;
  }
  return (
    <Plot
      label={words('oversight.reviewRate')}
      most={most}
      format={words.percent}
      ticks={periods.map(({ period }) => short(period))}
    >
      <path className="line" d={path} />
      {periods.map(
        ({ period, reviewRate }, index) =>
          reviewRate !== null && (
            <circle key={period} className="dot" cx={xOf(index, periods.length)} cy={y(reviewRate)} r={3.5}>
              <title>{`${period}: ${words.percent(reviewRate)}`}</title>
            </circle>
          ),
      )}
    </Plot>
  );
}
