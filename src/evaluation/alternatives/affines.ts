import { type Affine, centroid } from '../../face/affine.js';
import type { Point } from '../../face/types.js';

/** First `first`, then `second`. */
export function then(first: Affine, second: Affine): Affine {
  return {
    a: second.a * first.a + second.b * first.d,
    b: second.a * first.b + second.b * first.e,
    c: second.a * first.c + second.b * first.f + second.c,
    d: second.d * first.a + second.e * first.d,
    e: second.d * first.b + second.e * first.e,
    f: second.d * first.c + second.e * first.f + second.f,
  };
}

/** `map` after the plane was turned about `centre` by `angle` radians against the direction in which y follows x. */
export function turned(map: Affine, angle: number, centre: Point): Affine {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return then(
    {
      a: cos,
      b: sin,
      c: centre.x - cos * centre.x - sin * centre.y,
      d: -sin,
      e: cos,
      f: centre.y + sin * centre.x - cos * centre.y,
    },
    map,
  );
}

/** Larger by `scale` about the middle of a chip `size` pixels wide, then moved. */
export function scaledAbout(size: number, scale: number, right = 0, down = 0): Affine {
  const rest = (size * (1 - scale)) / 2;
  return { a: scale, b: 0, c: rest + right, d: 0, e: scale, f: rest + down };
}

/**
 * The affine map that brings `from` closest to `to` in the least squares sense (normal equations about the centroids).
 * Undefined when the points lie on a line.
 */
export function fitAffine(from: readonly Point[], to: readonly Point[]): Affine | undefined {
  const [p, q] = [centroid(from), centroid(to)];
  let [xx, xy, yy, xu, yu, xv, yv] = [0, 0, 0, 0, 0, 0, 0];
  from.forEach((point, i) => {
    const target = to[i] ?? q;
    const [x, y, u, v] = [point.x - p.x, point.y - p.y, target.x - q.x, target.y - q.y];
    xx += x * x;
    xy += x * y;
    yy += y * y;
    xu += x * u;
    yu += y * u;
    xv += x * v;
    yv += y * v;
  });
  const determinant = xx * yy - xy * xy;
  if (!(determinant > 1e-9 * xx * yy)) return undefined;
  const a = (xu * yy - yu * xy) / determinant;
  const b = (yu * xx - xu * xy) / determinant;
  const d = (xv * yy - yv * xy) / determinant;
  const e = (yv * xx - xv * xy) / determinant;
  return { a, b, c: q.x - a * p.x - b * p.y, d, e, f: q.y - d * p.x - e * p.y };
}
