import { createHash } from 'node:crypto';
import sharp, { type OutputInfo } from 'sharp';
import { FacematchError } from '../errors.js';
import { levelOf } from './levels.js';
import type { ImageLimits } from './limits.js';
import { pictureSize } from './pictureSize.js';
import { type DecodePlainJpeg, openPlainJpeg } from './plainJpeg.js';
import { declaredTypeAgrees, sniffFormat } from './sniff.js';
import { strip } from './strip.js';
import type { Stripped } from './stripped.js';
import type {
  AcceptedImage,
  ImageFormat,
  ImageRefusal,
  ImageRefused,
  RgbImage,
  UntrustedImage,
} from './types.js';

export interface DecodedImage {
  readonly kind: 'decoded';
  readonly image: AcceptedImage;
  /** Upright; of a large JPEG photo a smaller picture, as its decoder gives it for less work. */
  readonly pixels: RgbImage;
  /** Decodes all pixels; undefined where `pixels` has them already. */
  readonly whole?: () => Promise<RgbImage>;
}

export type Decoder = (untrusted: UntrustedImage) => Promise<DecodedImage | ImageRefused>;

/**
 * Bounded decoding of untrusted bytes: JPEG, PNG and WebP only, by content; size limits checked on the header;
 * metadata and trailers cut off first, so that the pixels come from exactly the bytes that are kept. Anything
 * unacceptable is a refusal, not an exception, and says sizes and limits only.
 *
 * Configures sharp for the whole process: every other loader is blocked, one thread, no cache. So it belongs in
 * a process of its own (`pool/`).
 */
export function createDecoder(limits: ImageLimits): Decoder {
  restrictSharp();
  const plainJpeg = openPlainJpeg();
  return async ({ bytes, declaredType }) => {
    if (bytes.length === 0) return refuse('photo-empty');
    if (bytes.length > limits.maxBytes)
      return refuse('photo-too-large', { bytes: bytes.length, maxBytes: limits.maxBytes });
    const format = sniffFormat(bytes);
    if (format === undefined) return refuse('unsupported-image');
    if (!declaredTypeAgrees(declaredType, format)) return refuse('image-type-mismatch', { content: format });
    const stripped = strip(bytes, format);
    if (stripped.kind === 'animated') return refuse('unsupported-image', { content: `animated ${format}` });
    if (stripped.kind === 'corrupt') return refuse('image-corrupt');
    return refuseBySize(stripped, limits) ?? decode(stripped, format, limits, plainJpeg);
  };
}

function refuseBySize({ width, height }: Stripped, limits: ImageLimits): ImageRefused | undefined {
  if (width * height > limits.maxPixels)
    return refuse('image-too-many-pixels', { width, height, maxPixels: limits.maxPixels });
  if (Math.min(width, height) < limits.minSide || Math.max(width, height) > limits.maxSide)
    return refuse('image-dimensions', { width, height, minSide: limits.minSide, maxSide: limits.maxSide });
  return undefined;
}

async function decode(
  stripped: Stripped,
  format: ImageFormat,
  limits: ImageLimits,
  plainJpeg: DecodePlainJpeg | undefined,
): Promise<DecodedImage | ImageRefused> {
  const turned = stripped.orientation >= 5;
  const width = turned ? stripped.height : stripped.width;
  const height = turned ? stripped.width : stripped.height;
  const size = pictureSize({ format, width, height });
  const shrunk = size.width < width || size.height < height;
  const plain = format === 'jpeg' && stripped.orientation === 1 && !shrunk && width * height <= atOncePixels;
  const data = plain ? plainJpeg?.(stripped.bytes, width, height) : undefined;
  const decoded = data ? { width, height, data } : await pixelsOf(stripped.bytes, limits, size, shrunk);
  if ('kind' in decoded) return decoded;
  const image: AcceptedImage = {
    format,
    width,
    height,
    stripped: stripped.bytes,
    pixelDigest: pixelDigest(decoded),
  };
  if (!shrunk) return { kind: 'decoded', image, pixels: decoded };
  const whole = async (): Promise<RgbImage> => {
    const all = await pixelsOf(stripped.bytes, limits, { width, height }, false);
    if ('kind' in all)
      throw new FacematchError('internal', 'A photo that decoded once did not decode again.');
    return all;
  };
  return { kind: 'decoded', image, pixels: decoded, whole };
}

/** Upright, 8-bit sRGB, transparency on white. */
async function pixelsOf(
  bytes: Uint8Array,
  limits: ImageLimits,
  { width, height }: { readonly width: number; readonly height: number },
  resize: boolean,
): Promise<RgbImage | ImageRefused> {
  let raw: { data: Buffer; info: OutputInfo };
  try {
    const source = sharp(bytes, {
      limitInputPixels: limits.maxPixels,
      failOn: 'warning',
      // Small photos decode faster at once than line by line; large ones must not be held twice.
      sequentialRead: width * height > atOncePixels,
    }).autoOrient();
    raw = await (resize ? source.resize(width, height, { fit: 'fill' }) : source)
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
  } catch (error) {
    // Not the photo's fault, and never said of it.
    if (isOutOfMemory(error)) {
      throw new FacematchError('reading-failed', 'There was no memory to read a photo with.');
    }
    // sharp's messages can quote the file, and all others mean that these bytes do not decode.
    return refuse('image-corrupt');
  }
  if (raw.info.width !== width || raw.info.height !== height) return refuse('image-corrupt');
  const data = toRgb(raw.data, width * height);
  if (data === undefined) return refuse('image-colour', { channels: raw.info.channels });
  return { width, height, data };
}

/** As libvips (vips_malloc), its decoders and the C++ library put it; codes there are none. */
const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error &&
  /out of memory|insufficient memory|bad_alloc|cannot allocate/i.test(error.message);

const atOncePixels = 2_000_000;

/** sharp gives grey images one channel whatever colour space is asked for. */
function toRgb(data: Uint8Array, pixels: number): Uint8Array | undefined {
  if (data.length === pixels * 3) return data;
  if (data.length !== pixels) return undefined;
  const rgb = new Uint8Array(pixels * 3);
  for (let i = 0, at = 0; i < pixels; i++) {
    const value = data[i] ?? 0;
    rgb[at++] = value;
    rgb[at++] = value;
    rgb[at++] = value;
  }
  return rgb;
}

/** From this many pixels on the digest is over the photo halved, which is a quarter of the work. */
const halvedPixels = 2 ** 18;

/**
 * SHA-256 over width and height (unsigned 32 bit, big endian) and the pixels; of a large photo over averages of 2 × 2
 * pixels. Equal digests mean the same picture, not a similar one: two photographs never average to the same bytes.
 */
export function pixelDigest(image: RgbImage): Uint8Array {
  const { width, height } = image;
  const { data } = levelOf(image, width * height < halvedPixels ? 0 : 1);
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  return new Uint8Array(createHash('sha256').update(size).update(data).digest());
}

function refuse(code: ImageRefusal, facts: Readonly<Record<string, string | number>> = {}): ImageRefused {
  return { kind: 'refused', code, facts };
}

/** Loaders are the attack surface of an image library: all off but the three that are needed. */
function restrictSharp(): void {
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({
    operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'],
  });
  sharp.cache(false);
  sharp.concurrency(1);
}
