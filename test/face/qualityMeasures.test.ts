import assert from 'node:assert/strict';
import test from 'node:test';
import { backgroundGradient } from '../../src/face/quality/background.js';
import { cheeks, labOf } from '../../src/face/quality/cheeks.js';
import { components } from '../../src/face/quality/components.js';
import { blockiness } from '../../src/face/quality/compression.js';
import { exposure } from '../../src/face/quality/exposure.js';
import { facePoints } from '../../src/face/quality/facePoints.js';
import { openings, placement, rivalSize } from '../../src/face/quality/geometry.js';
import { headModel } from '../../src/face/quality/headModel.js';
import { headPose } from '../../src/face/quality/pose.js';
import { sharpness } from '../../src/face/quality/sharpness.js';
import type { Point, RgbImage } from '../../src/face/types.js';

function near(actual: number, expected: number, tolerance: number, what = ''): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what} ${actual}, expected ${expected}`);
}

/** Landmarks of the average head, turned (degrees; chin raised, to the right of the photo, clockwise) and projected. */
function turned(yaw: number, pitch: number, roll: number): Point[] {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const [b, a, c] = [radians(yaw), radians(-pitch), radians(-roll)];
  const points: Point[] = Array.from({ length: 68 }, () => ({ x: 0, y: 0 }));
  for (const { landmark, x, y, z } of headModel) {
    const x1 = Math.cos(b) * x + Math.sin(b) * z;
    const z1 = -Math.sin(b) * x + Math.cos(b) * z;
    const y2 = Math.cos(a) * y - Math.sin(a) * z1;
    const x3 = Math.cos(c) * x1 - Math.sin(c) * y2;
    const y3 = Math.sin(c) * x1 + Math.cos(c) * y2;
    points[landmark] = { x: 200 + 9 * x3, y: 240 - 9 * y3 };
  }
  return points;
}

test('the pose of the average head is what it was turned by', () => {
  const rest = headPose(turned(0, 0, 0)).pitch;
  for (const [yaw, pitch, roll] of [
    [0, 0, 0],
    [25, 0, 0],
    [-40, 0, 0],
    [0, 18, 0],
    [0, -18, 0],
    [0, 0, 30],
    [20, 10, -15],
  ] as const) {
    const pose = headPose(turned(yaw, pitch, roll));
    near(pose.yaw, yaw, 1e-6, 'yaw');
    near(pose.pitch - rest, pitch, 1e-6, 'pitch');
    near(pose.roll, roll, 1e-6, 'roll');
  }
});

/** A frontal face: eyes at (80 ± 20, 100), mouth at y 140, chin at y 170; its jaw and brows a box around them. */
function face(): Point[] {
  const points: Point[] = Array.from({ length: 68 }, () => ({ x: 80, y: 120 }));
  for (let i = 0; i <= 16; i++) points[i] = { x: 40 + 5 * i, y: i === 0 || i === 16 ? 90 : 170 };
  for (let i = 17; i <= 26; i++) points[i] = { x: 40 + (80 / 9) * (i - 17), y: 85 };
  const eye = (first: number, x: number) => {
    [
      [x - 8, 100],
      [x - 3, 98],
      [x + 3, 97],
      [x + 8, 100],
      [x + 3, 102],
      [x - 3, 102],
    ].forEach(([px, py], i) => {
      points[first + i] = { x: px!, y: py! };
    });
  };
  eye(36, 60);
  eye(42, 100);
  for (const [i, x] of [60, 70, 75, 80, 85, 90].entries()) points[48 + i] = { x, y: 140 };
  for (const [above, below, x] of [
    [61, 67, 75],
    [62, 66, 80],
    [63, 65, 85],
  ] as const) {
    points[above] = { x, y: 138 };
    points[below] = { x, y: 142 };
  }
  return points;
}
const points = facePoints(face());

test('places, sizes and openings', () => {
  assert.equal(points.interEyeDistance, 40);
  assert.equal(points.eyesToChin, 70);
  assert.equal(points.eyesToMouth, 40);
  const placed = placement(points, { width: 160, height: 200 }, 60);
  near(placed.InterEyeDistance, 80, 1e-9);
  near(placed.HeadSize, 0.35, 1e-9);
  near(placed.LeftwardCropOfTheFaceImage, 1.5, 1e-9);
  near(placed.RightwardCropOfTheFaceImage, 1.5, 1e-9);
  near(placed.MarginAboveOfTheFaceImage, 100 / 70, 1e-9);
  near(placed.MarginBelowOfTheFaceImage, 100 / 70, 1e-9);
  const { EyesOpen, MouthClosed } = openings(face(), points);
  near(EyesOpen, 5 / 70, 1e-9);
  near(MouthClosed, 4 / 70, 1e-9);
  const box = { x: 0, y: 0, width: 40, height: 90 };
  assert.equal(rivalSize(box, []), 0);
  near(
    rivalSize(box, [
      { ...box, width: 10 },
      { ...box, width: 4, height: 9 },
    ]),
    0.5,
    1e-9,
  );
});

function picture(colour: (x: number, y: number) => readonly [number, number, number]): RgbImage {
  const [width, height] = [160, 200];
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data.set(colour(x, y), (y * width + x) * 3);
  return { width, height, data };
}

test('exposure counts the face and nothing else', () => {
  const inFace = (x: number, y: number) => x >= 40 && x < 120 && y >= 85 && y < 170;
  // Linear luminance 21 of 255 is under-exposed, 255 burnt out.
  const dark = exposure(
    picture((x, y) => (inFace(x, y) ? [82, 82, 82] : [255, 255, 255])),
    face(),
    points,
  );
  near(dark.UnderExposurePrevention, 1, 0.02);
  near(dark.DynamicRange, 0, 0.15);
  const half = exposure(
    picture((x) => (x < 80 ? [255, 255, 255] : [120, 120, 120])),
    face(),
    points,
  );
  near(half.OverExposurePrevention, 0.5, 0.05);
  near(half.DynamicRange, 1, 0.01);
});

test('light that differs between the cheeks, and colour that is not of skin', () => {
  const even = cheeks(
    picture(() => [200, 150, 130]),
    points,
  );
  near(even.IlluminationUniformity, 1, 1e-9);
  assert.equal(even.NaturalColour, 0);
  const halved = cheeks(
    picture((x) => (x < 80 ? [200, 150, 130] : [100, 75, 65])),
    points,
  );
  assert.equal(halved.IlluminationUniformity, 0);
  assert.equal(
    cheeks(
      picture(() => [90, 160, 90]),
      points,
    ).NaturalColour,
    100,
  );
  // sRGB red in CIELAB with white D50, as CSS Color 4 has it: lab(54.29% 80.8 69.9).
  const [a, b] = labOf([255, 0, 0]);
  near(a, 80.8, 0.3);
  near(b, 69.9, 0.3);
});

test('sharpness tells blur and not contrast', () => {
  const waves = (period: number, depth: number): RgbImage => {
    const wave = (at: number) => (depth / 2) * Math.sin((2 * Math.PI * at) / period);
    return picture((x, y) => Array(3).fill(Math.round(128 + wave(x) + wave(y))) as [number, number, number]);
  };
  // A mean of nine leaves sin(9π/p) / (9 sin(π/p)) of the steps of a wave with the period p.
  const left = (period: number) => Math.sin((9 * Math.PI) / period) / (9 * Math.sin(Math.PI / period));
  near(sharpness(waves(5, 110), points), 1 - Math.abs(left(5)), 0.03, 'fine');
  near(sharpness(waves(5, 40), points), 1 - Math.abs(left(5)), 0.05, 'fine and faint');
  near(sharpness(waves(40, 110), points), 1 - left(40), 0.06, 'coarse');
  assert.equal(
    sharpness(
      picture(() => [90, 90, 90]),
      points,
    ),
    0,
  );
});

test('blocks are found wherever their grid begins, and edges are no blocks', () => {
  const level = (x: number, y: number, shift: number) =>
    60 + 25 * ((((x + shift) >> 3) * 5 + ((y + shift) >> 3) * 3) % 7) + ((x * 13 + y * 7) % 5);
  for (const shift of [0, 3]) {
    const blocks = blockiness(
      picture((x, y) => Array(3).fill(level(x, y, shift)) as [number, number, number]),
      points,
    );
    assert.ok(blocks > 3, `${blocks}`);
  }
  const grain = blockiness(
    picture((x, y) => Array(3).fill(100 + ((x * 31 + y * 17 + x * y) % 23)) as [number, number, number]),
    points,
  );
  assert.ok(grain < 0.3, `${grain}`);
});

test('a plain background is even, a pattern is not, and without one nothing is said', () => {
  const plain = backgroundGradient(
    picture(() => [180, 180, 180]),
    points,
  );
  assert.equal(plain, 0);
  const stripes = backgroundGradient(
    picture((x) => (x % 8 < 4 ? [220, 220, 220] : [120, 120, 120])),
    points,
  );
  assert.ok(stripes! > 40, `${stripes}`);
  const tight = { ...picture(() => [0, 0, 0]), width: 100, height: 100, data: new Uint8Array(30_000) };
  assert.equal(
    backgroundGradient(tight, { ...points, eyes: { x: 50, y: 45 }, interEyeDistance: 40 }),
    undefined,
  );
});

test('scores are those of OFIQ at values worked out by hand', () => {
  near(components.InterEyeDistance.score(70), 50, 1e-9);
  near(components.InterEyeDistance.score(90), 100 / (1 + Math.exp(-1)), 1e-9);
  near(components.HeadSize.score(0.45), 100, 1e-9);
  near(components.HeadSize.score(0.5), 200 / (1 + Math.E), 1e-9);
  near(components.HeadPoseYaw.score(-60), 25, 1e-9);
  near(components.EyesOpen.score(0.02), 50, 1e-9);
  near(components.MouthClosed.score(0.2), 50, 1e-9);
  near(components.UnderExposurePrevention.score(0), 99.84, 0.01);
  near(components.OverExposurePrevention.score(0.01), 50, 1e-9);
  near(components.DynamicRange.score(7), 87.5, 1e-9);
  near(components.IlluminationUniformity.score(0.5), 81.23, 0.01);
  near(components.SingleFacePresent.score(0.25), 75, 1e-9);
});
