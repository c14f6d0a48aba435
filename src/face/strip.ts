import { stripJpeg } from './strip-jpeg.js';
import { stripPng } from './strip-png.js';
import { stripWebp } from './strip-webp.js';
import type { StripResult } from './stripped.js';
import type { ImageFormat } from './types.js';

const strippers: Readonly<Record<ImageFormat, (bytes: Uint8Array) => StripResult>> = {
  jpeg: stripJpeg,
  png: stripPng,
  webp: stripWebp,
};

/**
 * Removes metadata and trailers without decoding. Stripping what is stripped already gives the same bytes.
 * Kept: coded pixels and their tables, the colour profile (up to `maxProfileBytes`), and the orientation
 * when it is not 1, in an EXIF block of its own that holds nothing else.
 */
export function strip(bytes: Uint8Array, format: ImageFormat): StripResult {
  return strippers[format](bytes);
}
