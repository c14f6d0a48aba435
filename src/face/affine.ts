import type { Point } from './types.js';

/**
 * A plane affine map: `x' = a·x + b·y + c`, `y' = d·x + e·y + f`. Coordinates are continuous: the origin is the
 * image's top left corner, and the centre of pixel (i, j) is (i + 0.5, j + 0.5).
 */
export interface Affine {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

export function apply({ a, b, c, d, e, f }: Affine, { x, y }: Point): Point {
  return { x: a * x + b * y + c, y: d * x + e * y + f };
}

/** Undefined when the map folds the plane onto a line or a point. */
export function invert({ a, b, c, d, e, f }: Affine): Affine | undefined {
  const determinant = a * e - b * d;
  if (!(Math.abs(determinant) > 1e-12)) return undefined;
  const ia = e / determinant;
  const ib = -b / determinant;
  const id = -d / determinant;
  const ie = a / determinant;
  return { a: ia, b: ib, c: -(ia * c + ib * f), d: id, e: ie, f: -(id * c + ie * f) };
}

/** How many times shorter lengths become: the square root of the change in area. */
export function scaleOf({ a, b, d, e }: Affine): number {
  return Math.sqrt(Math.abs(a * e - b * d));
}

/**
 * The rotation, uniform scale and translation (no mirroring) that brings `from` closest to `to` in the least
 * squares sense: Umeyama, IEEE TPAMI 13(4), 1991, in the closed form it has in two dimensions. Undefined when
 * the points do not determine it (all in one place, not finite).
 */
export function fitSimilarity(from: readonly Point[], to: readonly Point[]): Affine | undefined {
  if (from.length !== to.length || from.length < 2) return undefined;
  const p = centroid(from);
  const q = centroid(to);
  let spread = 0;
  let dot = 0;
  let cross = 0;
  from.forEach((point, i) => {
    const target = to[i] ?? q;
    const dx = point.x - p.x;
    const dy = point.y - p.y;
    const du = target.x - q.x;
    const dv = target.y - q.y;
    spread += dx * dx + dy * dy;
    dot += dx * du + dy * dv;
    cross += dx * dv - dy * du;
  });
  const cos = dot / spread;
  const sin = cross / spread;
  if (!Number.isFinite(cos) || !Number.isFinite(sin) || (cos === 0 && sin === 0)) return undefined;
  return {
    a: cos,
    b: -sin,
    c: q.x - (cos * p.x - sin * p.y),
    d: sin,
    e: cos,
    f: q.y - (sin * p.x + cos * p.y),
  };
}

export function centroid(points: readonly Point[]): Point {
  let x = 0;
  let y = 0;
  for (const point of points) {
    x += point.x;
    y += point.y;
  }
  return { x: x / points.length, y: y / points.length };
}
