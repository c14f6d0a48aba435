/** Where a plot lies within its picture, in units of the viewBox. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export const frame: Frame = { width: 640, height: 400, left: 70, right: 16, top: 16, bottom: 52 };

/** Values of one axis to positions on it. */
export interface Axis {
  readonly title: string;
  readonly ticks: readonly { readonly value: number; readonly label: string }[];
  /** 0 at the axis's start, 1 at its end. */
  readonly place: (value: number) => number;
}

export function linearAxis(
  title: string,
  low: number,
  high: number,
  step: number,
  label: (value: number) => string,
): Axis {
  const steps = Math.round((high - low) / step);
  return {
    title,
    ticks: Array.from({ length: steps + 1 }, (_, i) => {
      const value = Number((low + i * step).toFixed(6));
      return { value, label: label(value) };
    }),
    place: (value) => (value - low) / (high - low),
  };
}

/** Powers of ten from `low` to `high`; what lies below is drawn on the edge. */
export function logAxis(title: string, low: number, high: number, label: (value: number) => string): Axis {
  const [from, to] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  return {
    title,
    ticks: Array.from({ length: to - from + 1 }, (_, i) => {
      const value = Number(`1e${from + i}`);
      return { value, label: label(value) };
    }),
    place: (value) => Math.min(1, Math.max(0, (Math.log10(Math.max(value, 1e-12)) - from) / (to - from))),
  };
}

export function position(axisX: Axis, axisY: Axis, x: number, y: number): [number, number] {
  const { width, height, left, right, top, bottom } = frame;
  return [
    Number((left + axisX.place(x) * (width - left - right)).toFixed(1)),
    Number((height - bottom - axisY.place(y) * (height - top - bottom)).toFixed(1)),
  ];
}

/** A picture with axes, grid and what `content` draws. Colours come from the page's style, so they suit light and dark. */
export function plot(label: string, axisX: Axis, axisY: Axis, content: string): string {
  const { width, height, left, right, top, bottom } = frame;
  const [floor, end] = [height - bottom, width - right];
  const vertical = axisX.ticks.map(({ value, label: text }) => {
    const [x] = position(axisX, axisY, value, 0);
    return `<line class="grid" x1="${x}" y1="${top}" x2="${x}" y2="${floor}"/><text x="${x}" y="${floor + 17}" text-anchor="middle">${text}</text>`;
  });
  const horizontal = axisY.ticks.map(({ value, label: text }) => {
    const y = Number((floor - axisY.place(value) * (floor - top)).toFixed(1));
    return `<line class="grid" x1="${left}" y1="${y}" x2="${end}" y2="${y}"/><text x="${left - 7}" y="${y + 4}" text-anchor="end">${text}</text>`;
  });
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(label)}">`,
    ...vertical,
    ...horizontal,
    `<path class="axis" d="M${left} ${top}V${floor}H${end}"/>`,
    `<text x="${(left + end) / 2}" y="${height - 12}" text-anchor="middle">${escapeHtml(axisX.title)}</text>`,
    `<text transform="translate(16 ${(top + floor) / 2}) rotate(-90)" text-anchor="middle">${escapeHtml(axisY.title)}</text>`,
    content,
    '</svg>',
  ].join('');
}

export function polyline(points: readonly (readonly [number, number])[], series: number): string {
  return `<polyline class="line s${series}" points="${points.map(([x, y]) => `${x},${y}`).join(' ')}"/>`;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
