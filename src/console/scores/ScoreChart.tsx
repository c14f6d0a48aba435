import type { Curves, Point } from '../api/types.js';
import { useWords } from '../app/context.js';

export interface Mark {
  readonly label: string;
  readonly score: number;
  readonly main?: boolean;
}

const width = 360;
const plot = { left: 8, right: 8, top: 8, bottom: 34 } as const;

/**
 * Where scores of one person and of two people lie, and where these do. Heights are densities, each kind with the
 * same area; the figures stand in the table beside it.
 */
export function ScoreChart({
  curves,
  threshold,
  marks,
  height = 140,
}: {
  readonly curves: Curves;
  readonly threshold: number | undefined;
  readonly marks: readonly Mark[];
  readonly height?: number;
}) {
  const words = useWords();
  const all = [...curves.mated, ...curves.nonMated];
  const scores = [...all.map(([score]) => score), ...marks.map(({ score }) => score)];
  const from = Math.floor(Math.min(...scores) * 10) / 10;
  const to = Math.ceil(Math.max(...scores) * 10) / 10;
  const most = Math.max(...all.map(([, density]) => density), 1e-9);
  const labelled = [...marks].sort((one, other) => one.score - other.score);
  const top = plot.top + labelled.length * 16;
  const total = height + labelled.length * 16;
  const base = total - plot.bottom;
  const x = (score: number) => plot.left + ((score - from) / (to - from)) * (width - plot.left - plot.right);
  const y = (density: number) => base - (density / most) * (base - top);
  const area = (points: readonly Point[]) => {
    const first = points[0];
    const last = points.at(-1);
    if (first === undefined || last === undefined) return '';
    const line = points.map(([score, density]) => `${round(x(score))} ${round(y(density))}`).join('L');
    return `M${round(x(first[0]))} ${base}L${line}L${round(x(last[0]))} ${base}Z`;
  };
  const ticks = ticksBetween(from, to);
  return (
    <svg
      className="score-chart"
      viewBox={`0 0 ${width} ${total}`}
      role="img"
      aria-label={words('score.chart')}
    >
      <path className="non-mated" d={area(curves.nonMated)} />
      <path className="mated" d={area(curves.mated)} />
      <line className="axis" x1={plot.left} x2={width - plot.right} y1={base} y2={base} />
      {ticks.map((tick) => (
        <g key={tick}>
          <line className="axis" x1={x(tick)} x2={x(tick)} y1={base} y2={base + 4} />
          <text x={x(tick)} y={base + 16} textAnchor="middle">
            {words.number(tick, 1)}
          </text>
        </g>
      ))}
      <text x={width / 2} y={total - 3} textAnchor="middle" className="quiet">
        {words('score.axis')}
      </text>
      {threshold !== undefined && (
        <line className="threshold" x1={x(threshold)} x2={x(threshold)} y1={top - 4} y2={base} />
      )}
      {labelled.map(({ label, score, main }, index) => {
        const level = plot.top + 8 + index * 16;
        const beyond = x(score) > width * 0.6;
        return (
          <g key={label} className={main ? 'mark main' : 'mark'}>
            <line x1={x(score)} x2={x(score)} y1={level} y2={base} />
            <circle cx={x(score)} cy={base} r={4} />
            <text x={x(score) + (beyond ? -6 : 6)} y={level + 4} textAnchor={beyond ? 'end' : 'start'}>
              {label} {words.number(score, 2)}
            </text>
          </g>
        );
      })}
    </svg>
  );
}

function ticksBetween(from: number, to: number): number[] {
  const step = to - from > 1.2 ? 0.4 : 0.2;
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => round((first + index) * step));
}

const round = (value: number): number => Math.round(value * 100) / 100;
