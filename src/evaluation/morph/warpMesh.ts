import type { Point, RgbImage } from '../../face/types.js';
import type { Triangle } from './delaunay.js';

/** Where the points of a face go: an image of `width` × `height` pixels covered by triangles. */
export interface Mesh {
  readonly shape: readonly Point[];
  readonly triangles: readonly Triangle[];
  readonly width: number;
  readonly height: number;
}

/**
 * Draws a photo so that `from[i]` comes to lie on `mesh.shape[i]`, each triangle by its own affine map, bilinear.
 * What lies outside the photo repeats its edge.
 *
 * @returns RGB values, three a pixel
 */
export function warpMesh(
  photo: RgbImage,
  from: readonly Point[],
  { shape, triangles, width, height }: Mesh,
): Float32Array {
  const out = new Float32Array(width * height * 3);
  for (const corners of triangles) {
    const [a, b, c] = corners.map((i) => shape[i]) as [Point, Point, Point];
    const [p, q, r] = corners.map((i) => from[i]) as [Point, Point, Point];
    const area = (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y);
    if (Math.abs(area) < 1e-9) continue;
    const bottom = Math.min(height - 1, Math.ceil(Math.max(a.y, b.y, c.y)));
    const right = Math.min(width - 1, Math.ceil(Math.max(a.x, b.x, c.x)));
    for (let y = Math.max(0, Math.floor(Math.min(a.y, b.y, c.y))); y <= bottom; y++) {
      for (let x = Math.max(0, Math.floor(Math.min(a.x, b.x, c.x))); x <= right; x++) {
        const dx = x + 0.5 - a.x;
        const dy = y + 0.5 - a.y;
        const v = (dx * (c.y - a.y) - (c.x - a.x) * dy) / area;
        const w = ((b.x - a.x) * dy - dx * (b.y - a.y)) / area;
        // Neighbours share their rim, so no pixel is left out.
        if (v < -1e-6 || w < -1e-6 || v + w > 1 + 1e-6) continue;
        const sx = p.x + v * (q.x - p.x) + w * (r.x - p.x);
        const sy = p.y + v * (q.y - p.y) + w * (r.y - p.y);
        sample(photo, sx - 0.5, sy - 0.5, out, (y * width + x) * 3);
      }
    }
  }
  return out;
}

function sample(
  { width, height, data }: RgbImage,
  x: number,
  y: number,
  out: Float32Array,
  at: number,
): void {
  const cx = Math.min(width - 1, Math.max(0, x));
  const cy = Math.min(height - 1, Math.max(0, y));
  const left = Math.min(width - 2, Math.floor(cx));
  const top = Math.min(height - 2, Math.floor(cy));
  const fx = cx - left;
  const fy = cy - top;
  const p = (top * width + left) * 3;
  const q = p + width * 3;
  for (let channel = 0; channel < 3; channel++) {
    const above = (1 - fx) * (data[p + channel] as number) + fx * (data[p + 3 + channel] as number);
    const below = (1 - fx) * (data[q + channel] as number) + fx * (data[q + 3 + channel] as number);
    out[at + channel] = (1 - fy) * above + fy * below;
  }
}
