import { percent } from './format.js';
import type { TrialReport } from './report.js';
import { type Axis, escapeHtml, linearAxis, logAxis, plot, polyline, position } from './svg.js';

interface Named {
  readonly name: string;
  readonly trials: TrialReport;
}

/** Detection error trade-off, both rates on logarithmic axes: the nearer to the lower left corner the better. */
export function detPlot(series: readonly Named[]): string {
  const points = series.flatMap(({ trials }) => trials.det);
  const lowest = (values: readonly number[], least: number): number =>
    Math.min(0.1, Math.max(least, Math.min(...values.filter((value) => value > 0), 1)));
  const axisX = logAxis(
    'False match rate',
    lowest(
      points.map(([fmr]) => fmr),
      1e-7,
    ),
    1,
    percentTick,
  );
  const axisY = logAxis(
    'False non-match rate',
    lowest(
      points.map(([, fnmr]) => fnmr),
      1e-4,
    ),
    1,
    percentTick,
  );
  const lines = series.map(({ trials }, i) =>
    polyline(
      trials.det.filter(([, fnmr]) => fnmr > 0).map(([fmr, fnmr]) => position(axisX, axisY, fmr, fnmr)),
      i,
    ),
  );
  const bars = series.length > 1 ? [] : series.flatMap(({ trials }, i) => intervals(trials, axisX, axisY, i));
  return figure(
    plot('Detection error trade-off', axisX, axisY, [...lines, ...bars].join('')),
    series.length > 1 ? series.map(({ name }) => name) : [],
    `Detection error trade-off. Lower left is better.${series.length > 1 ? '' : ' Bars: 95% intervals.'}`,
  );
}

function intervals({ atRates }: TrialReport, axisX: Axis, axisY: Axis, series: number): string[] {
  return atRates
    .filter(({ falseNonMatch: { interval } }) => interval[1] > 0 && !Number.isNaN(interval[0]))
    .map(({ falseMatchRate, falseNonMatch: { interval } }) => {
      const [x, low] = position(axisX, axisY, falseMatchRate, interval[0]);
      const [, high] = position(axisX, axisY, falseMatchRate, interval[1]);
      return `<path class="line s${series}" d="M${x} ${low}V${high}M${x - 4} ${low}h8M${x - 4} ${high}h8"/>`;
    });
}

/** Scores of mated and non-mated comparisons, each as a share of its own kind. */
export function histogramPlot({ name, trials }: Named): string {
  const { low, high, mated, nonMated } = trials.histogram;
  const shares = [nonMated, mated].map((counts) => {
    const total = counts.reduce((sum, value) => sum + value, 0);
    return counts.map((value) => (total === 0 ? 0 : value / total));
  });
  const top = Math.max(...shares.flat());
  const step = top > 0.2 ? 0.1 : top > 0.08 ? 0.04 : 0.02;
  const axisX = linearAxis(
    'Score (cosine; higher is more alike)',
    low,
    high,
    high - low > 1 ? 0.2 : 0.1,
    (value) => value.toFixed(1),
  );
  const axisY = linearAxis('Share of the comparisons', 0, Math.ceil(top / step) * step, step, percentTick);
  const areas = shares.map((own, series) => {
    const steps = own.flatMap((share, i) => {
      const [x, y] = position(axisX, axisY, low + (i * (high - low)) / own.length, share);
      const [end] = position(axisX, axisY, low + ((i + 1) * (high - low)) / own.length, share);
      return [`L${x} ${y}H${end}`];
    });
    const [start, floor] = position(axisX, axisY, low, 0);
    return `<path class="area s${series}" d="M${start} ${floor}${steps.join('')}V${floor}Z"/>`;
  });
  const threshold = trials.atRates.find(({ falseMatchRate }) => falseMatchRate === 1e-3);
  const mark =
    threshold === undefined
      ? ''
      : (() => {
          const [x] = position(axisX, axisY, threshold.threshold, 0);
          return `<line class="mark" x1="${x}" y1="16" x2="${x}" y2="348"/><text x="${x + 5}" y="30">FMR 1 in 1,000</text>`;
        })();
  return figure(
    plot('Score histogram', axisX, axisY, areas.join('') + mark),
    ['non-mated (different people)', 'mated (one person)'],
    `Scores, ${name}.`,
  );
}

function figure(picture: string, names: readonly string[], caption: string): string {
  const legend = names
    .map((name, i) => `<span class="key"><i class="s${i}"></i>${escapeHtml(name)}</span>`)
    .join('');
  return `<figure>${picture}<figcaption>${legend}${escapeHtml(caption)}</figcaption></figure>`;
}

const percentTick = (value: number): string => percent(value).replace(/\.?0+%$/, '%');
