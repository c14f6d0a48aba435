import assert from 'node:assert/strict';
import test from 'node:test';
import { type Affine, apply, fitSimilarity, invert, scaleOf } from '../../src/face/affine.js';
import { letterbox } from '../../src/face/detection.js';
import { halve } from '../../src/face/halve.js';
import {
  averageGroups,
  cropTo,
  interEyeDistance,
  pointsInPhoto,
  squareAround,
} from '../../src/face/landmarks.js';
import { overlap, suppressOverlaps } from '../../src/face/suppression.js';
import type { Point, RgbImage } from '../../src/face/types.js';
import { warp } from '../../src/face/warp.js';

function close(actual: object, expected: object, tolerance = 1e-9): void {
  for (const [key, value] of Object.entries(expected)) {
    const got = (actual as Record<string, number>)[key]!;
    assert.ok(Math.abs(got - value) <= tolerance, `${key}: ${got}, expected ${value}`);
  }
}

/** Grey values row by row, three equal channels. */
function photo(...rows: number[][]): RgbImage {
  const data = Uint8Array.from(rows.flat().flatMap((value) => [value, value, value]));
  return { width: rows[0]!.length, height: rows.length, data };
}

function chip(image: RgbImage, toChip: Affine, width: number, height: number, padding = 0): number[] {
  const data = new Uint8Array(width * height);
  warp(image, toChip, { data, offset: 0, width, height, channels: 1, padding });
  return [...data];
}

const identity: Affine = { a: 1, b: 0, c: 0, d: 0, e: 1, f: 0 };

test('a similarity is found exactly where there is one: a quarter turn, twice the size, moved', () => {
  const from: Point[] = [
    { x: 0, y: 0 },
    { x: 1, y: 0 },
    { x: 0, y: 1 },
  ];
  const to: Point[] = [
    { x: 10, y: 20 },
    { x: 10, y: 22 },
    { x: 8, y: 20 },
  ];
  const fit = fitSimilarity(from, to)!;
  close(fit, { a: 0, b: -2, c: 10, d: 2, e: 0, f: 20 });
  assert.equal(scaleOf(fit), 2);
});

test('least squares: a square onto a 2 × 1 rectangle grows by the mean, 1.5', () => {
  const square: Point[] = [
    { x: -1, y: -1 },
    { x: 1, y: -1 },
    { x: 1, y: 1 },
    { x: -1, y: 1 },
  ];
  const fit = fitSimilarity(
    square,
    square.map(({ x, y }) => ({ x: 2 * x, y })),
  )!;
  close(fit, { a: 1.5, b: 0, c: 0, d: 0, e: 1.5, f: 0 });
});

test('points that do not say a transform give none', () => {
  const one = [
    { x: 3, y: 3 },
    { x: 3, y: 3 },
  ];
  const two = [
    { x: 0, y: 0 },
    { x: 1, y: 1 },
  ];
  assert.equal(fitSimilarity(one, two), undefined);
  assert.equal(fitSimilarity(two, one), undefined);
  assert.equal(
    fitSimilarity(two, [
      { x: Number.NaN, y: 0 },
      { x: 1, y: 1 },
    ]),
    undefined,
  );
  assert.equal(fitSimilarity([], []), undefined);
});

test('the inverse undoes a map, and a flat map has none', () => {
  const map: Affine = { a: 2, b: 1, c: 5, d: -1, e: 3, f: -4 };
  close(apply(invert(map)!, apply(map, { x: 7, y: -2 })), { x: 7, y: -2 });
  assert.equal(invert({ a: 1, b: 2, c: 0, d: 2, e: 4, f: 0 }), undefined);
});

test('warping by nothing copies, by half a pixel averages neighbours, outside is padding', () => {
  const image = photo([10, 20, 30], [40, 50, 60]);
  assert.deepEqual(chip(image, identity, 3, 2), [10, 20, 30, 40, 50, 60]);
  assert.deepEqual(chip(image, { ...identity, c: -0.5 }, 2, 2), [15, 25, 45, 55]);
  assert.deepEqual(chip(image, { ...identity, c: 1 }, 4, 1, 7), [7, 10, 20, 30]);
  assert.deepEqual(chip(image, { ...identity, c: 0.5 }, 1, 1, 100), [55], 'half photo, half padding');
});

test('warping turns a quarter without a shift', () => {
  // (x, y) → (2 - y, x): a 3 × 2 photo fills a chip 2 wide and 3 high.
  const turned = chip(photo([1, 2, 3], [4, 5, 6]), { a: 0, b: -1, c: 2, d: 1, e: 0, f: 0 }, 2, 3);
  assert.deepEqual(turned, [4, 1, 5, 2, 6, 3]);
});

test('warping keeps colours apart, and grey is their luma', () => {
  const image: RgbImage = { width: 1, height: 1, data: Uint8Array.of(200, 100, 50) };
  const data = new Uint8Array(4);
  warp(image, identity, { data, offset: 1, width: 1, height: 1, channels: 3, padding: 0 });
  assert.deepEqual([...data], [0, 200, 100, 50]);
  assert.deepEqual(chip(image, identity, 1, 1), [124]); // 59.8 + 58.7 + 5.7 = 124.2
});

test('strong reduction averages every pixel, whatever the grid', () => {
  // A one-pixel chequerboard has no detail at a quarter of its size: all 127 or 128, no moiré.
  const rows = Array.from({ length: 40 }, (_, y) =>
    Array.from({ length: 40 }, (_, x) => ((x + y) % 2) * 255),
  );
  const quarter: Affine = { a: 0.25, b: 0, c: 0, d: 0, e: 0.25, f: 0 };
  for (const value of chip(photo(...rows), quarter, 10, 10))
    assert.ok(Math.abs(value - 128) <= 1, `${value}`);
});

test('a gradient keeps its place through reduction', () => {
  const rows = Array.from({ length: 16 }, () => Array.from({ length: 64 }, (_, x) => 2 * x));
  // Chip pixel i covers photo pixels 8i to 8i + 7: the mean of 2x is 16i + 7.
  const eighth: Affine = { a: 1 / 8, b: 0, c: 0, d: 0, e: 1 / 8, f: 0 };
  assert.deepEqual(chip(photo(...rows), eighth, 8, 2).slice(0, 8), [7, 23, 39, 55, 71, 87, 103, 119]);
  const shifted = chip(photo(...rows), { ...eighth, c: -2 }, 4, 2).slice(0, 4);
  assert.deepEqual(shifted, [39, 55, 71, 87]);
});

test('halving averages what there is of a block at the edge', () => {
  const halved = halve(photo([0, 10, 20], [20, 30, 40], [100, 200, 60]));
  assert.deepEqual([halved.width, halved.height], [2, 2]);
  assert.deepEqual(
    [0, 3, 6, 9].map((i) => halved.data[i]),
    [15, 30, 150, 60],
  );
});

/** Colours without a pattern that a mixed-up channel, row or column could hide in. */
function noise(width: number, height: number): RgbImage {
  let state = 1;
  const data = Uint8Array.from({ length: width * height * 3 }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
  return { width, height, data };
}

test('halving is the rounded mean of four, whatever the width and wherever the bytes lie', () => {
  for (const [width, height] of [
    [8, 6],
    [12, 7],
    [6, 4],
    [10, 5],
    [7, 2],
  ] as const) {
    const image = noise(width, height);
    const shifted = new Uint8Array(image.data.length + 1);
    shifted.set(image.data, 1);
    const at = (x: number, y: number, channel: number) => image.data[(y * width + x) * 3 + channel]!;
    for (const data of [image.data, shifted.subarray(1)]) {
      const halved = halve({ width, height, data });
      for (let y = 0; y < halved.height; y++)
        for (let x = 0; x < halved.width; x++)
          for (let channel = 0; channel < 3; channel++) {
            const right = Math.min(2 * x + 1, width - 1);
            const below = Math.min(2 * y + 1, height - 1);
            const sum =
              at(2 * x, 2 * y, channel) +
              at(right, 2 * y, channel) +
              at(2 * x, below, channel) +
              at(right, below, channel);
            const found = halved.data[(y * halved.width + x) * 3 + channel];
            assert.equal(found, Math.floor(sum / 4 + 0.5), `${width} × ${height} at ${x}, ${y}`);
          }
    }
  }
});

test('sampling is bilinear, to a grey level, with any map, inside, at the rim and outside', () => {
  const image = noise(31, 23);
  const at = (x: number, y: number, channel: number, padding: number) =>
    x < 0 || y < 0 || x >= image.width || y >= image.height
      ? padding
      : image.data[(y * image.width + x) * 3 + channel]!;
  const size = 40;
  const padding = 200;
  for (const [angle, scale, left, top] of [
    [0, 1, 0, 0],
    [0, 1.3, 3.7, -2.2],
    [0.3, 0.9, 8, 1],
    [2, 1.7, 30, 20],
    [-1.2, 2.5, -20, 35],
    [0, 1, 500, 0],
  ] as const) {
    const [cos, sin] = [scale * Math.cos(angle), scale * Math.sin(angle)];
    const toChip: Affine = { a: cos, b: -sin, c: left, d: sin, e: cos, f: top };
    const data = new Uint8Array(size * size * 3);
    warp(image, toChip, { data, offset: 0, width: size, height: size, channels: 3, padding });
    const back = invert(toChip)!;
    for (let row = 0; row < size; row++)
      for (let column = 0; column < size; column++) {
        const { x, y } = apply(back, { x: column + 0.5, y: row + 0.5 });
        const [x0, y0] = [Math.floor(x - 0.5), Math.floor(y - 0.5)];
        const [fx, fy] = [x - 0.5 - x0, y - 0.5 - y0];
        for (let channel = 0; channel < 3; channel++) {
          const above = (1 - fx) * at(x0, y0, channel, padding) + fx * at(x0 + 1, y0, channel, padding);
          const below =
            (1 - fx) * at(x0, y0 + 1, channel, padding) + fx * at(x0 + 1, y0 + 1, channel, padding);
          const expected = (1 - fy) * above + fy * below;
          const found = data[(row * size + column) * 3 + channel]!;
          assert.ok(Math.abs(found - expected) <= 1, `${found} for ${expected} at ${column}, ${row}`);
        }
      }
  }
});

test('overlap and suppression', () => {
  const box = (x: number, width = 10) => ({ x, y: 0, width, height: 10 });
  close({ iou: overlap(box(0), box(5)) }, { iou: 50 / 150 });
  assert.equal(overlap(box(0), box(10)), 0);
  const faces = [
    { box: box(0), confidence: 0.8 },
    { box: box(2), confidence: 0.9 },
    { box: box(6), confidence: 0.7 },
  ];
  // 2 against 0 overlaps by 80/120, 2 against 6 by 60/140.
  assert.deepEqual(
    suppressOverlaps(faces, 0.5).map(({ confidence }) => confidence),
    [0.9, 0.7],
  );
  assert.deepEqual(
    suppressOverlaps(faces, 0.4).map(({ confidence }) => confidence),
    [0.9],
  );
});

test('letterbox: centred, as large as its share', () => {
  const frame = { width: 320, height: 240 };
  close(letterbox({ width: 500, height: 500 }, frame, 1), { a: 0.48, e: 0.48, c: 40, f: 0 });
  close(letterbox({ width: 640, height: 240 }, frame, 0.5), { a: 0.25, e: 0.25, c: 80, f: 90 });
});

test('crops and landmarks', () => {
  const square = squareAround({ x: 10, y: 20, width: 60, height: 100 }, 1.2);
  close(square, { x: -20, y: 10, width: 120, height: 120 });
  close(cropTo(square, { width: 60, height: 60 }), { a: 0.5, c: 10, e: 0.5, f: -5, b: 0, d: 0 });
  const [point] = pointsInPhoto(Float32Array.of(0.25, 0.5), square);
  close(point!, { x: 10, y: 70 });
  close(
    averageGroups(
      [
        { x: 1, y: 2 },
        { x: 3, y: 6 },
        { x: 9, y: 9 },
      ],
      [[0, 1]],
    )[0]!,
    { x: 2, y: 4 },
  );
  const eyes = Array.from({ length: 68 }, (_, i) => ({ x: i < 42 ? 10 : 40, y: i < 42 ? 0 : 40 }));
  assert.equal(interEyeDistance(eyes), 50);
});
