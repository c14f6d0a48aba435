import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import sharp from 'sharp';
import { createOnnxEngine } from '../../src/face/engine/onnx.js';
import { type EmbedderCard, requireCard } from '../../src/models/card.js';
import { buildDir, builtCards, cards, root } from '../models/support.js';
import { candidates, corner } from './support.js';

type Point = readonly [x: number, y: number];

const lfw = process.env['FACEMATCH_LFW'] ?? join(root, '..', 'shared', 'data', 'lfw');
const photoCount = 120;

/** Least squares similarity transform of `from` onto `to` as complex numbers: to = a × from + b. Returns `from` moved. */
function moved(from: readonly Point[], to: readonly Point[]): Point[] {
  const mean = (points: readonly Point[]): Point => [
    points.reduce((sum, [x]) => sum + x, 0) / points.length,
    points.reduce((sum, [, y]) => sum + y, 0) / points.length,
  ];
  const [[fx, fy], [tx, ty]] = [mean(from), mean(to)];
  let [re, im, norm] = [0, 0, 0];
  from.forEach(([x, y], i) => {
    const [u, v] = to[i]!;
    re += (x - fx) * (u - tx) + (y - fy) * (v - ty);
    im += (x - fx) * (v - ty) - (y - fy) * (u - tx);
    norm += (x - fx) ** 2 + (y - fy) ** 2;
  });
  [re, im] = [re / norm, im / norm];
  return from.map(([x, y]) => [re * (x - fx) - im * (y - fy) + tx, im * (x - fx) + re * (y - fy) + ty]);
}

function photosOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jpg'))
    .sort()
    .map((name) => join(folder, name));
}

test('the average face, landmark by landmark, lies on the reference points of the alignment templates', async (t) => {
  if (!existsSync(lfw)) return t.skip(`no LFW photos at FACEMATCH_LFW or beside the repository`);
  const [detector, landmarks] = await builtCards('ssd-mobilenet-v1', 'face-landmark-68');
  const engine = await createOnnxEngine({ cards: [detector!, landmarks!], buildDir, threads: 1 });
  t.after(() => engine.close());
  const all = photosOf(lfw);
  const step = Math.floor(all.length / photoCount);
  const faces: Point[][] = [];
  for (const photo of all.filter((_, i) => i % step === 0)) {
    const [face] = candidates(
      detector!,
      await engine.detect(detector!, await corner(photo, detector!.input, 250), 1),
      0.8,
    );
    if (!face) continue;
    const [left, top, right, bottom] = face.box.map(Math.round) as [number, number, number, number];
    if (left < 0 || top < 0 || right > 250 || bottom > 250) continue;
    const [width, height] = [right - left, bottom - top];
    const crop = await sharp(photo)
      .extract({ left, top, width, height })
      .resize(112, 112, { fit: 'fill' })
      .removeAlpha()
      .raw()
      .toBuffer();
    const points = await engine.landmarks(landmarks!, crop, 1);
    faces.push(
      Array.from({ length: 68 }, (_, i) => [points[2 * i]! * width, points[2 * i + 1]! * height] as const),
    );
  }
  assert.ok(faces.length > photoCount / 2, `${faces.length} faces`);

  for (const id of ['dlib-resnet-128', 'mobilefacenet-512']) {
    const { alignment } = requireCard(cards, id) as EmbedderCard;
    const sums = alignment.template.map(() => [0, 0] as [number, number]);
    for (const face of faces) {
      const own = alignment.landmarks.map(
        (group): Point => [
          group.reduce((sum, i) => sum + face[i]![0], 0) / group.length,
          group.reduce((sum, i) => sum + face[i]![1], 0) / group.length,
        ],
      );
      moved(own, alignment.template).forEach(([x, y], i) => {
        sums[i]![0] += x / faces.length;
        sums[i]![1] += y / faces.length;
      });
    }
    const distances = alignment.template.map(([x, y], i) => Math.hypot(sums[i]![0] - x, sums[i]![1] - y));
    const worst = Math.max(...distances) / alignment.size;
    const average =
      distances.reduce((sum, distance) => sum + distance, 0) / distances.length / alignment.size;
    t.diagnostic(
      `${id}: average ${(100 * average).toFixed(2)}%, worst ${(100 * worst).toFixed(2)}% of the chip`,
    );
    assert.ok(worst < 0.04, `${id}: a reference point lies ${(100 * worst).toFixed(1)}% of the chip away`);
  }
});
