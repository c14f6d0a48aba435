import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import sharp from 'sharp';
import { openPlainJpeg, plainJpegPath } from '../../src/face/plainJpeg.js';
import { packageRoot } from '../../src/packageRoot.js';
import { pattern } from './images.js';

const skip =
  process.platform === 'linux' && existsSync(plainJpegPath) ? false : 'no C compiler built the decoder';
const decode = openPlainJpeg()!;
const faces = join(packageRoot, 'node_modules', '@vladmandic', 'face-api', 'demo');

const bySharp = (bytes: Buffer) =>
  sharp(bytes, { failOn: 'warning' })
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });

test('it was opened where it was built', { skip }, () => assert.equal(typeof decode, 'function'));

test('plain JPEGs decode to the very bytes that sharp gives', { skip }, async () => {
  const photos = readdirSync(faces)
    .filter((name) => name.endsWith('.jpg'))
    .map((name) => readFileSync(join(faces, name)));
  const sizes = [
    [600, 800],
    [601, 799],
    [50, 51],
    [1200, 1600],
  ] as const;
  const options = [
    { quality: 90 },
    { quality: 60, progressive: true },
    { quality: 100, chromaSubsampling: '4:4:4' },
    { quality: 20, restartInterval: 4, optimiseCoding: false },
  ] as const;
  let compared = 0;
  for (const photo of photos)
    for (const [width, height] of sizes)
      for (const option of options) {
        const bytes = await sharp(photo).resize(width, height).jpeg(option).toBuffer();
        const { data, info } = await bySharp(bytes);
        const pixels = decode(bytes, info.width, info.height)!;
        assert.ok(data.equals(pixels), `${width} × ${height} ${JSON.stringify(option)}`);
        compared++;
      }
  assert.equal(compared, photos.length * sizes.length * options.length);
});

test('what is not plain is left to sharp', { skip }, async () => {
  const grey = await pattern().toColourspace('b-w').jpeg().toBuffer();
  const cmyk = await pattern().toColourspace('cmyk').jpeg().toBuffer();
  const profiled = await pattern().withIccProfile('p3').jpeg().toBuffer();
  const png = await pattern().png().toBuffer();
  for (const [what, bytes] of Object.entries({ grey, cmyk, profiled, png }))
    assert.equal(decode(bytes, 64, 48), undefined, what);
});

test('so is what does not decode without a warning, or is of another size than it said', {
  skip,
}, async () => {
  const bytes = await pattern(640, 480).jpeg().toBuffer();
  assert.equal(decode(bytes, 480, 640), undefined);
  assert.equal(decode(bytes, 640, 479), undefined);
  const ended = (length: number) => Buffer.concat([bytes.subarray(0, length), Buffer.from([0xff, 0xd9])]);
  for (const cut of [0, 1, 2, 3, 200, bytes.length >> 1, bytes.length - 200]) {
    assert.equal(decode(bytes.subarray(0, cut), 640, 480), undefined, `${cut} bytes`);
    assert.equal(decode(ended(cut), 640, 480), undefined, `${cut} bytes and an end`);
  }
  // And it goes on working.
  const { data } = await bySharp(bytes);
  assert.ok(data.equals(decode(bytes, 640, 480)!));
});

test('whatever is damaged decodes as sharp decodes it, or is left to sharp', { skip }, async () => {
  const bytes = await pattern(160, 120).jpeg().toBuffer();
  let state = 20260101;
  const next = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state % below;
  };
  for (let round = 0; round < 300; round++) {
    const damaged = Buffer.from(bytes);
    for (let i = 0; i < 3; i++) damaged[next(damaged.length)] = next(256);
    const pixels = decode(damaged, 160, 120);
    if (pixels === undefined) continue;
    const { data } = await bySharp(damaged);
    assert.ok(data.equals(pixels), `round ${round}`);
  }
});
