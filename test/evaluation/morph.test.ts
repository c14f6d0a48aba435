import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { comparisonScore } from '../../src/comparison/scores.js';
import { loadConfig } from '../../src/config.js';
import { delaunay } from '../../src/evaluation/morph/delaunay.js';
import { convexHull, depthInside } from '../../src/evaluation/morph/hull.js';
import { morph, type Portrait } from '../../src/evaluation/morph/morph.js';
import { warpMesh } from '../../src/evaluation/morph/warpMesh.js';
import { seededRandom } from '../../src/evaluation/statistics/random.js';
import { createFacePool } from '../../src/face/pool/face-pool.js';
import type { FaceOutcome, FaceReader, Point, RgbImage } from '../../src/face/types.js';
import { poolOptionsOf, prepareNetworks } from '../../src/networks.js';
import { portraitOf } from '../support/samples.js';

test('a triangulation covers the square once, and no circle of three holds a fourth', () => {
  const random = seededRandom(11);
  const corners = [0, 100].flatMap((x) => [0, 100].map((y) => ({ x, y })));
  const points = [
    ...corners,
    ...Array.from({ length: 60 }, () => ({ x: 100 * random(), y: 100 * random() })),
  ];
  const triangles = delaunay(points);
  const area = triangles.reduce((sum, corner) => {
    const [a, b, c] = corner.map((i) => points[i]!) as [Point, Point, Point];
    return sum + Math.abs((b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)) / 2;
  }, 0);
  assert.ok(Math.abs(area - 10_000) < 1e-6, `${area}`);
  // Euler: 2n - 2 - (points on the hull) triangles.
  assert.equal(triangles.length, 2 * points.length - 2 - 4);
  for (const corner of triangles) {
    const [a, b, c] = corner.map((i) => points[i]!) as [Point, Point, Point];
    for (const [i, d] of points.entries()) {
      if (corner.includes(i)) continue;
      const row = (p: Point): [number, number, number] => [
        p.x - d.x,
        p.y - d.y,
        (p.x - d.x) ** 2 + (p.y - d.y) ** 2,
      ];
      const [p, q, r] = [row(a), row(b), row(c)];
      const determinant =
        p[0] * (q[1] * r[2] - r[1] * q[2]) -
        p[1] * (q[0] * r[2] - r[0] * q[2]) +
        p[2] * (q[0] * r[1] - r[0] * q[1]);
      const orientation = Math.sign((b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y));
      assert.ok(determinant * orientation < 1e-3, 'a point lies inside a circle');
    }
  }
});

test('grids, where points lie on lines and circles, are covered too', () => {
  const grid = [0, 1, 2, 3].flatMap((x) => [0, 1, 2, 3].map((y) => ({ x, y })));
  const area = delaunay(grid).reduce((sum, corner) => {
    const [a, b, c] = corner.map((i) => grid[i]!) as [Point, Point, Point];
    return sum + Math.abs((b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)) / 2;
  }, 0);
  assert.ok(Math.abs(area - 9) < 1e-9, `${area}`);
});

test('depth in a hull: distance to the nearest side, negative outside', () => {
  const hull = convexHull([
    { x: 0, y: 0 },
    { x: 10, y: 0 },
    { x: 10, y: 10 },
    { x: 0, y: 10 },
    { x: 4, y: 5 },
  ]);
  assert.equal(hull.length, 4);
  assert.equal(depthInside(hull, 5, 3), 3);
  assert.equal(depthInside(hull, -2, 5), -2);
});

const gradient = (width: number, height: number): RgbImage => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return [4 * (pixel % width), 4 * Math.floor(pixel / width), 50][i % 3]!;
  }),
});
const square = (size: number): Point[] => [0, size].flatMap((x) => [0, size].map((y) => ({ x, y })));

test('a mesh that moves nothing changes nothing; one that mirrors, mirrors', () => {
  const photo = gradient(40, 40);
  const shape = [...square(40), { x: 13, y: 22 }];
  const mesh = { shape, triangles: delaunay(shape), width: 40, height: 40 };
  assert.deepEqual(Array.from(warpMesh(photo, shape, mesh), Math.round), Array.from(photo.data));
  const mirrored = warpMesh(
    photo,
    shape.map(({ x, y }) => ({ x: 40 - x, y })),
    mesh,
  );
  for (const x of [0, 7, 39]) assert.ok(Math.abs(mirrored[(5 * 40 + x) * 3]! - 4 * (39 - x)) < 1e-3);
});

let faces: FaceReader;
before(async () => {
  const config = loadConfig({ FACEMATCH_MODE: 'development', FACEMATCH_WORKERS: '1' });
  faces = await createFacePool(poolOptionsOf(config, await prepareNetworks(config, () => {})));
});
after(() => faces.close());

type Embedded = Extract<FaceOutcome, { kind: 'embedded' }>;
async function read(bytes: Uint8Array): Promise<Embedded> {
  const outcome = await faces.read({ bytes });
  assert.equal(outcome.kind, 'embedded');
  return outcome as Embedded;
}

async function portrait(bytes: Buffer): Promise<Portrait & { embedding: Float32Array }> {
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const { measures, embedding } = await read(bytes);
  return {
    image: { width: info.width, height: info.height, data },
    landmarks: measures.landmarks,
    embedding,
  };
}

test('a morph of two real faces resembles both, more the one it has more of, whatever its background', async () => {
  const [a, b] = [await portrait(await portraitOf('3-middle')), await portrait(await portraitOf('6-right'))];
  const scores = async (factor: number, background: 'accomplice' | 'both'): Promise<[number, number]> => {
    const { width, height, data } = morph(a, b, { factor, background, quality: 90 });
    assert.deepEqual([width, height], [a.image.width, a.image.height]);
    const jpeg = await sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 90 })
      .toBuffer();
    const { embedding } = await read(jpeg);
    return [comparisonScore(embedding, a.embedding), comparisonScore(embedding, b.embedding)];
  };
  const strangers = comparisonScore(a.embedding, b.embedding);
  for (const background of ['accomplice', 'both'] as const) {
    const [own, other] = await scores(0.5, background);
    assert.ok(
      Math.min(own, other) > strangers + 0.1,
      `${background}: ${own}, ${other}; strangers ${strangers}`,
    );
    const [less, more] = await scores(0.7, background);
    assert.ok(more > other && less < own, `${background}: ${less}, ${more}`);
  }
  const [itself] = await scores(0, 'both');
  assert.ok(itself > 0.97, `nothing of the other: ${itself}`);
});
