import { escapeHtml } from './html.js';

const width = 900;
const plot = { left: 60, right: 20, top: 30, bottom: 50 };

export interface Stack {
  readonly label: string;
  /** Bottom first, as many as there are series. */
  readonly values: readonly number[];
}

/** Stacked columns; classes name the colours in the style sheet. */
export function stackedColumns(
  title: string,
  series: readonly { readonly name: string; readonly className: string }[],
  stacks: readonly Stack[],
): string {
  const height = 300;
  const most = niceMaximum(Math.max(1, ...stacks.map(({ values }) => sum(values))));
  const y = scale(most, height);
  const step = (width - plot.left - plot.right) / Math.max(1, stacks.length);
  const columns = stacks.map(({ label, values }, index) => {
    const x = plot.left + index * step + step * 0.15;
    let below = 0;
    const parts = values.map((value, place) => {
      const top = y(below + value);
      const part = `<rect class="${series[place]?.className ?? ''}" x="${round(x)}" y="${round(top)}" width="${round(step * 0.7)}" height="${round(y(below) - top)}"><title>${escapeHtml(`${label}: ${series[place]?.name ?? ''} ${value}`)}</title></rect>`;
      below += value;
      return part;
    });
    return `${parts.join('')}${axisLabel(x + step * 0.35, height, label, index, stacks.length)}`;
  });
  const legend = series.map(
    ({ name, className }, index) =>
      `<rect class="${className}" x="${plot.left + index * 170}" y="6" width="12" height="12"/><text x="${plot.left + 18 + index * 170}" y="16">${escapeHtml(name)}</text>`,
  );
  return svg(title, height, grid(most, height, whole) + columns.join('') + legend.join(''));
}

/** A line of shares between 0 and 1; a missing value breaks it. */
export function shareLine(
  title: string,
  points: readonly { readonly label: string; readonly share: number | null }[],
): string {
  const height = 240;
  const most = niceMaximum(Math.max(0.01, ...points.map(({ share }) => share ?? 0)));
  const y = scale(most, height);
  const step = (width - plot.left - plot.right) / Math.max(1, points.length);
  const at = (index: number) => plot.left + (index + 0.5) * step;
  let path = '';
  let drawing = false;
  for (const [index, { share }] of points.entries()) {
    if (share !== null) path += `${drawing ? 'L' : 'M'}${round(at(index))} ${round(y(share))}`;
    drawing = share !== null;
  }
  const dots = points.flatMap(({ label, share }, index) =>
    share === null
      ? []
      : [
          `<circle class="dot" cx="${round(at(index))}" cy="${round(y(share))}" r="3"><title>${escapeHtml(`${label}: ${percent(share)}`)}</title></circle>`,
        ],
  );
  const labels = points.map(({ label }, index) => axisLabel(at(index), height, label, index, points.length));
  const body = `${grid(most, height, percent)}<path class="line" d="${path}"/>${dots.join('')}${labels.join('')}`;
  return svg(title, height, body);
}

/** Bars of shares with their intervals, one under the other. */
export function shareBars(
  title: string,
  bars: readonly {
    readonly label: string;
    readonly share: number;
    readonly low: number;
    readonly high: number;
  }[],
): string {
  const row = 26;
  const left = 200;
  const height = 20 + bars.length * row;
  const most = Math.max(0.01, ...bars.map(({ high }) => high));
  const x = (share: number) => left + (share / most) * (width - left - 190);
  const lines = bars.map(({ label, share, low, high }, index) => {
    const top = 10 + index * row;
    const middle = top + 8;
    return `<text x="${left - 10}" y="${middle + 4}" text-anchor="end">${escapeHtml(label)}</text>
<rect class="bar" x="${left}" y="${top}" width="${round(x(share) - left)}" height="16"/>
<line class="whisker" x1="${round(x(low))}" y1="${middle}" x2="${round(x(high))}" y2="${middle}"/>
<text x="${round(x(high) + 8)}" y="${middle + 4}">${percent(share)} (${percent(low)} – ${percent(high)})</text>`;
  });
  return svg(title, height, lines.join('\n'));
}

export const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 2 : 1)}%`;

/** A quarter of a person is not shown. */
const whole = (value: number): string => (Number.isInteger(value) ? String(value) : '');

const svg = (title: string, height: number, body: string): string =>
  `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(title)}"><title>${escapeHtml(title)}</title>${body}</svg>`;

const scale = (most: number, height: number) => (value: number) =>
  height - plot.bottom - (value / most) * (height - plot.top - plot.bottom);

function grid(most: number, height: number, format: (value: number) => string): string {
  const y = scale(most, height);
  return [0, 0.25, 0.5, 0.75, 1]
    .map((part) => {
      const level = round(y(part * most));
      return `<line class="grid" x1="${plot.left}" x2="${width - plot.right}" y1="${level}" y2="${level}"/><text x="${plot.left - 8}" y="${level + 4}" text-anchor="end">${escapeHtml(format(part * most))}</text>`;
    })
    .join('');
}

/** As many labels as fit. */
function axisLabel(x: number, height: number, label: string, index: number, count: number): string {
  const every = Math.ceil(count / 12);
  if (index % every !== 0) return '';
  return `<text x="${round(x)}" y="${height - plot.bottom + 20}" text-anchor="middle">${escapeHtml(label)}</text>`;
}

/** The next round number above, of those whose quarters are round too. */
function niceMaximum(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10].find((candidate) => candidate * power >= value) ?? 10;
  return Math.max(step * power, 4 * 10 ** -4);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const round = (value: number): number => Math.round(value * 10) / 10;
