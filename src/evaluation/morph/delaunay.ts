import Delaunator from 'delaunator';
import type { Point } from '../../face/types.js';

/** Indices of the three corners. */
export type Triangle = readonly [number, number, number];

/** Delaunay triangulation of points in the plane. */
export function delaunay(points: readonly Point[]): Triangle[] {
  const { triangles } = Delaunator.from(
    [...points],
    ({ x }) => x,
    ({ y }) => y,
  );
  const corners = Array.from(triangles);
  return corners.flatMap((corner, i): Triangle[] =>
    i % 3 === 0 ? [[corner, corners[i + 1] as number, corners[i + 2] as number]] : [],
  );
}
