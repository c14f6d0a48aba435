import type { ReactNode } from 'react';

export const plot = { width: 560, height: 220, left: 46, right: 10, top: 12, bottom: 26 } as const;

export const yScale = (most: number) => (value: number) =>
  plot.height - plot.bottom - (value / most) * (plot.height - plot.top - plot.bottom);

/** Middle of one of `count` equal steps along the axis. */
export const xOf = (index: number, count: number): number =>
  plot.left + ((index + 0.5) * (plot.width - plot.left - plot.right)) / Math.max(1, count);

/** The next round number above, of those whose quarters are round too. */
export function niceMaximum(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10].find((candidate) => candidate * power >= value) ?? 10;
  return step * power;
}

/** Frame of a chart: grid, labels of both axes; the figures stand in a table below all of them. */
export function Plot({
  label,
  most,
  format,
  ticks,
  children,
}: {
  readonly label: string;
  readonly most: number;
  readonly format: (value: number) => string;
  readonly ticks: readonly string[];
  readonly children: ReactNode;
}) {
  const y = yScale(most);
  const every = Math.max(1, Math.ceil(ticks.length / 8));
  return (
    <svg className="plot" viewBox={`0 0 ${plot.width} ${plot.height}`} role="img" aria-label={label}>
      {[0, 0.25, 0.5, 0.75, 1].map((part) => (
        <g key={part}>
          <line
            className="grid"
            x1={plot.left}
            x2={plot.width - plot.right}
            y1={y(part * most)}
            y2={y(part * most)}
          />
          <text x={plot.left - 6} y={y(part * most) + 4} textAnchor="end">
            {format(part * most)}
          </text>
        </g>
      ))}
      {ticks.map(
        (tick, index) =>
          index % every === 0 && (
            <text key={tick} x={xOf(index, ticks.length)} y={plot.height - 8} textAnchor="middle">
              {tick}
            </text>
          ),
      )}
      {children}
    </svg>
  );
}
