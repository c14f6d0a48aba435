import assert from 'node:assert/strict';
import test from 'node:test';
import sharp from 'sharp';
import { orientationOf } from '../../src/face/exif.js';
import { sniffFormat } from '../../src/face/sniff.js';
import { strip } from '../../src/face/strip.js';
import type { Stripped } from '../../src/face/stripped.js';
import { greyPng, pattern, withJpegSegment, withPngChunk, zipWith } from './images.js';

const marker = 'MARKER-91f3';
const text = Buffer.from(marker);

function stripped(bytes: Uint8Array): Stripped {
  const format = sniffFormat(bytes);
  assert.ok(format);
  const result = strip(bytes, format);
  if (result.kind !== 'stripped') throw new Error(`not strippable: ${result.kind}`);
  return result;
}

const raw = (bytes: Uint8Array) => sharp(bytes).autoOrient().raw().toBuffer();

const colour = await pattern().jpeg().toBuffer();
const tagged = pattern()
  .withExif({ IFD0: { Artist: marker, Copyright: marker } })
  .withXmp(`<x>${marker}</x>`);
const images: [what: string, bytes: Buffer][] = [
  ['plain JPEG', colour],
  ['progressive JPEG', await pattern().jpeg({ progressive: true }).toBuffer()],
  ['JPEG without chroma subsampling', await pattern().jpeg({ chromaSubsampling: '4:4:4' }).toBuffer()],
  ['grey JPEG', await pattern().greyscale().jpeg().toBuffer()],
  ['CMYK JPEG', await pattern().toColourspace('cmyk').jpeg().toBuffer()],
  ['JPEG with EXIF and XMP', await tagged.clone().jpeg().toBuffer()],
  ['JPEG with a colour profile', await pattern().withIccProfile('p3').jpeg().toBuffer()],
  ['JPEG with a comment', withJpegSegment(colour, 0xfe, text)],
  ['JPEG with a JFIF extension', withJpegSegment(colour, 0xe0, Buffer.concat([Buffer.from('JFXX\0'), text]))],
  ['JPEG with a maker segment', withJpegSegment(colour, 0xed, text)],
  ['JPEG with a ZIP behind it', Buffer.concat([colour, zipWith(marker)])],
  ['JPEG turned by EXIF', await pattern().withMetadata({ orientation: 6 }).jpeg().toBuffer()],
  ['PNG', await pattern().png().toBuffer()],
  ['PNG with a palette', await pattern().png({ palette: true, colours: 16 }).toBuffer()],
  ['PNG with alpha', await pattern(64, 48, 4).png().toBuffer()],
  ['interlaced PNG', await pattern().png({ progressive: true }).toBuffer()],
  ['PNG with EXIF and XMP', await tagged.clone().png().toBuffer()],
  [
    'PNG with a text and a tail',
    Buffer.concat([withPngChunk(greyPng(40, 40), 'tEXt', Buffer.concat([Buffer.from('k\0'), text])), text]),
  ],
  ['PNG turned by EXIF', await pattern().withMetadata({ orientation: 8 }).png().toBuffer()],
  ['WebP', await pattern().webp().toBuffer()],
  ['lossless WebP', await pattern().webp({ lossless: true }).toBuffer()],
  ['WebP with alpha', await pattern(64, 48, 4).webp().toBuffer()],
  ['WebP with EXIF and XMP', await tagged.clone().webp().toBuffer()],
  ['WebP with a tail', Buffer.concat([await pattern().webp().toBuffer(), text])],
  ['WebP turned by EXIF', await pattern().withMetadata({ orientation: 3 }).webp().toBuffer()],
];

for (const [what, bytes] of images)
  test(`${what}: same pixels, nothing else`, async () => {
    const result = stripped(bytes);
    assert.ok((await raw(result.bytes)).equals(await raw(bytes)), 'pixels are identical');
    assert.equal(Buffer.from(result.bytes).includes(marker), false, 'the marker is gone');
    assert.ok(
      Buffer.from(stripped(result.bytes).bytes).equals(Buffer.from(result.bytes)),
      'stripping again changes nothing',
    );
    const { width, height, exif, xmp, comments } = await sharp(result.bytes).metadata();
    assert.deepEqual([result.width, result.height], [width, height]);
    assert.equal(xmp, undefined);
    assert.equal(comments, undefined);
    assert.equal(exif === undefined, result.orientation === 1, 'EXIF only to say the orientation');
    assert.ok((exif?.length ?? 0) <= 32);
  });

test('the planted marker was there to remove', () => {
  const planted = images.filter(([, bytes]) => bytes.includes(marker));
  assert.ok(planted.length >= 9, `${planted.length}`);
});

test('a colour profile stays up to 64 KiB and goes beyond', () => {
  const segment = (size: number) =>
    Buffer.concat([Buffer.from('ICC_PROFILE\0\x01\x01'), Buffer.alloc(size, 7)]);
  const small = withJpegSegment(colour, 0xe2, segment(3_000));
  assert.ok(Buffer.from(stripped(small).bytes).includes('ICC_PROFILE'));
  const large = withJpegSegment(withJpegSegment(colour, 0xe2, segment(40_000)), 0xe2, segment(40_000));
  assert.equal(Buffer.from(stripped(large).bytes).includes('ICC_PROFILE'), false);
});

test('more scans than any encoder writes are refused', async () => {
  const scanAt = colour.indexOf(Buffer.from([0xff, 0xda]));
  const scan = colour.subarray(scanAt, colour.length - 2);
  const many = Buffer.concat([
    colour.subarray(0, scanAt),
    ...Array<Buffer>(33).fill(scan),
    Buffer.from([0xff, 0xd9]),
  ]);
  assert.equal(strip(many, 'jpeg').kind, 'corrupt');
});

test('orientation is read from either byte order and never out of bounds', () => {
  const little = Buffer.from('49492a000800000001001201030001000000060000000000', 'hex');
  const big = Buffer.from('4d4d002a0000000800010112000300000001000800000000', 'hex');
  assert.equal(orientationOf(little), 6);
  assert.equal(orientationOf(big), 8);
  for (let length = 0; length < little.length; length++)
    assert.ok([1, 6].includes(orientationOf(little.subarray(0, length))));
  assert.equal(orientationOf(Buffer.from('49492a00ffffffff01001201030001000000060000000000', 'hex')), 1);
  assert.equal(orientationOf(Buffer.from('49492a000800000001001201030001000000090000000000', 'hex')), 1);
});

test('no truncation or flipped byte makes stripping throw', async () => {
  for (const [, bytes] of images) {
    const format = sniffFormat(bytes)!;
    for (let cut = 12; cut < bytes.length; cut += 37) strip(bytes.subarray(0, cut), format);
    for (let at = 12; at < Math.min(bytes.length, 2_000); at += 3) {
      const broken = Buffer.from(bytes);
      broken[at] = broken[at]! ^ 0xff;
      strip(broken, format);
    }
  }
});
