import assert from 'node:assert/strict';
import test from 'node:test';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { createDecoder } from '../../src/face/decode.js';
import { defaultImageLimits } from '../../src/face/limits.js';
import { greyPng, pattern, withPngChunk, zipWith } from './images.js';

const jpeg = await pattern().jpeg().toBuffer();
const png = await pattern().png().toBuffer();
const webp = await pattern().webp().toBuffer();
const svg = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64"/></svg>',
);
const [gif, tiff, avif] = await Promise.all([
  pattern().gif().toBuffer(),
  pattern().tiff().toBuffer(),
  pattern().avif({ effort: 0 }).toBuffer(),
]);
const animation = await sharp([png, await pattern(64, 48).negate().png().toBuffer()], {
  join: { animated: true },
})
  .webp()
  .toBuffer();
const lyingPng = greyPng(60_000, 60_000, 0);
const decode = createDecoder({ ...defaultImageLimits, maxBytes: 400_000 });

const refusals: [what: string, bytes: Buffer, code: string, declaredType?: string][] = [
  ['nothing', Buffer.alloc(0), 'photo-empty'],
  ['more bytes than allowed', Buffer.concat([jpeg, Buffer.alloc(400_000)]), 'photo-too-large'],
  ['text', Buffer.from('this is no photo'), 'unsupported-image', 'image/jpeg'],
  ['SVG', svg, 'unsupported-image'],
  ['GIF', gif, 'unsupported-image'],
  ['TIFF', tiff, 'unsupported-image'],
  ['AVIF', avif, 'unsupported-image'],
  ['PDF', Buffer.from('%PDF-1.7\n'), 'unsupported-image'],
  ['PNG declared as JPEG', png, 'image-type-mismatch', 'image/jpeg'],
  ['WebP declared as an unknown type', webp, 'image-type-mismatch', 'constructor'],
  ['12,000 × 12,000 flat PNG', greyPng(12_000, 12_000), 'image-too-many-pixels'],
  ['short PNG that claims 60,000 × 60,000', lyingPng, 'image-too-many-pixels'],
  ['1 × 1', await pattern(1, 1).png().toBuffer(), 'image-dimensions'],
  ['20,000 × 1', greyPng(20_000, 1), 'image-dimensions'],
  ['20,000 × 40', greyPng(20_000, 40), 'image-dimensions'],
  ['half a JPEG', jpeg.subarray(0, jpeg.length / 2), 'image-corrupt'],
  [
    'half a JPEG with an end',
    Buffer.concat([jpeg.subarray(0, jpeg.length / 2), Buffer.from([0xff, 0xd9])]),
    'image-corrupt',
  ],
  ['half a PNG', png.subarray(0, png.length / 2), 'image-corrupt'],
  ['PNG with too few rows', greyPng(64, 64, 20), 'image-corrupt'],
  ['half a WebP', webp.subarray(0, webp.length / 2), 'image-corrupt'],
  ['JPEG magic and nothing more', Buffer.from([0xff, 0xd8, 0xff]), 'image-corrupt'],
  ['PNG with an unknown critical chunk', withPngChunk(png, 'QUUX', Buffer.alloc(4)), 'image-corrupt'],
  ['animated WebP', animation, 'unsupported-image'],
  ['animated PNG', withPngChunk(png, 'acTL', Buffer.alloc(8)), 'unsupported-image'],
];

for (const [what, bytes, code, declaredType] of refusals)
  test(`${what}: ${code}`, async () => {
    const outcome = await decode({ bytes, declaredType });
    assert.equal(outcome.kind === 'refused' ? outcome.code : outcome.kind, code);
  });

test('a refusal says sizes and limits', async () => {
  assert.deepEqual(await decode({ bytes: lyingPng }), {
    kind: 'refused',
    code: 'image-too-many-pixels',
    facts: { width: 60_000, height: 60_000, maxPixels: 25_000_000 },
  });
});

async function pixelsOf(bytes: Uint8Array, declaredType?: string) {
  const outcome = await decode({ bytes, declaredType });
  if (outcome.kind === 'refused') throw new Error(`refused: ${outcome.code}`);
  assert.equal(outcome.pixels.data.length, outcome.pixels.width * outcome.pixels.height * 3);
  return { ...outcome.image, data: Buffer.from(outcome.pixels.data) };
}

test('declared types agree however they are written', async () => {
  for (const type of ['image/jpeg', 'IMAGE/JPEG; q=1', 'image/jpg', 'application/octet-stream'])
    assert.equal((await pixelsOf(jpeg, type)).format, 'jpeg');
  assert.equal((await pixelsOf(png, 'image/png')).format, 'png');
  assert.equal((await pixelsOf(webp, 'image/webp')).format, 'webp');
});

test('pixels come out as they went in, eight bits of red, green and blue', async () => {
  const original = await pattern().raw().toBuffer();
  assert.deepEqual((await pixelsOf(png)).data, original);
  const grey = await pixelsOf(greyPng(40, 32));
  assert.deepEqual([...new Set(grey.data)], [128]);
});

test('what is transparent becomes white, sixteen bits become eight', async () => {
  const clear = await sharp({
    create: { width: 40, height: 40, channels: 4, background: { r: 9, g: 9, b: 9, alpha: 0 } },
  })
    .png()
    .toBuffer();
  assert.deepEqual([...new Set((await pixelsOf(clear)).data)], [255]);
  const deep = await sharp({
    create: { width: 40, height: 40, channels: 4, background: { r: 200, g: 100, b: 50, alpha: 0.5 } },
  })
    .toColourspace('rgb16')
    .png()
    .toBuffer();
  assert.equal(deep[24], 16, 'the PNG header says sixteen bits');
  const [r = 0, g = 0, b = 0] = (await pixelsOf(deep)).data;
  for (const [value, expected] of [
    [r, 227.5],
    [g, 177.5],
    [b, 152.5],
  ] as const)
    assert.ok(Math.abs(value - expected) <= 2, `${value} for ${expected}`);
});

test('CMYK becomes RGB of about the same colours', async () => {
  const flat = {
    create: { width: 48, height: 48, channels: 3 as const, background: { r: 160, g: 120, b: 100 } },
  };
  const cmyk = await sharp(flat).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer();
  const [r = 0, g = 0, b = 0] = (await pixelsOf(cmyk)).data;
  for (const [value, expected] of [
    [r, 160],
    [g, 120],
    [b, 100],
  ] as const)
    assert.ok(Math.abs(value - expected) <= 12, `${value} for ${expected}`);
});

test('every orientation is applied, in every format', async () => {
  const original = await pattern().png().toBuffer();
  for (let orientation = 1; orientation <= 8; orientation++)
    for (const format of ['png', 'webp'] as const) {
      const turned = sharp(original).withMetadata({ orientation });
      const bytes = await (format === 'png' ? turned.png() : turned.webp({ lossless: true })).toBuffer();
      const upright = await sharp(bytes).autoOrient().raw().toBuffer({ resolveWithObject: true });
      const got = await pixelsOf(bytes);
      assert.deepEqual([got.width, got.height], [upright.info.width, upright.info.height]);
      assert.ok(got.data.equals(upright.data), `${format} with orientation ${orientation}`);
    }
});

test('the same pixels have the same digest in any wrapping, and other pixels another', async () => {
  const digest = async (bytes: Uint8Array) =>
    Buffer.from((await pixelsOf(bytes)).pixelDigest).toString('hex');
  const same = await digest(Buffer.concat([jpeg, zipWith('hidden')]));
  assert.equal(same, await digest(jpeg));
  assert.equal(await digest(webp), await digest(Buffer.concat([webp, Buffer.from('tail')])));
  assert.notEqual(await digest(jpeg), await digest(await pattern().negate().jpeg().toBuffer()));
  assert.notEqual(await digest(greyPng(40, 64)), await digest(greyPng(64, 40)), 'same bytes, other shape');
});

test('a large JPEG is decoded smaller, and whole when asked; what is told is its own size', async () => {
  const large = await pattern(64, 48).resize(2501, 1801).jpeg().toBuffer();
  const roomy = createDecoder(defaultImageLimits);
  const outcome = await roomy({ bytes: large });
  if (outcome.kind === 'refused') throw new Error(outcome.code);
  assert.deepEqual([outcome.image.width, outcome.image.height], [2501, 1801]);
  assert.deepEqual([outcome.pixels.width, outcome.pixels.height], [1250, 900]);
  const whole = await outcome.whole!();
  assert.deepEqual([whole.width, whole.height, whole.data.length], [2501, 1801, 2501 * 1801 * 3]);
  const again = await roomy({ bytes: Buffer.concat([large, zipWith('hidden')]) });
  assert.deepEqual(again.kind === 'decoded' && again.image, outcome.image);
  const turned = await roomy({
    bytes: await sharp(large).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
  });
  if (turned.kind === 'refused') throw new Error(turned.code);
  assert.deepEqual([turned.image.width, turned.image.height], [1801, 2501]);
  assert.deepEqual([turned.pixels.width, turned.pixels.height], [900, 1250]);
  const mean = ({ data }: { data: Uint8Array }) => data.reduce((sum, value) => sum + value, 0) / data.length;
  assert.ok(Math.abs(mean(whole) - mean(outcome.pixels)) < 1);
  const cut = await roomy({ bytes: large.subarray(0, large.length - 2_000) });
  assert.equal(cut.kind === 'refused' && cut.code, 'image-corrupt');
  const webp = await roomy({ bytes: await sharp(large).webp().toBuffer() });
  assert.equal(webp.kind === 'decoded' && webp.pixels.width, 2501);
});

test('a profile or a text that unpacks to 150 MB costs nothing', async () => {
  const bomb = deflateSync(Buffer.alloc(150_000_000));
  const named = Buffer.concat([Buffer.from('x\0\0'), bomb]);
  const without = Buffer.from((await pixelsOf(png)).stripped);
  const before = process.memoryUsage().rss;
  for (const type of ['zTXt', 'iCCP']) {
    const { stripped } = await pixelsOf(withPngChunk(png, type, named));
    assert.ok(Buffer.from(stripped).equals(without), `${type} is gone`);
  }
  assert.ok(process.memoryUsage().rss - before < 64 * 1024 * 1024);
});
