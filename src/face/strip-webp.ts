import { type Orientation, orientationBlock, orientationOf } from './exif.js';
import { asciiAt, startsWith } from './sniff.js';
import { animated, corrupt, maxProfileBytes, type StripResult } from './stripped.js';

// Flags of the VP8X chunk: RFC 9649 2.7.
const flag = { profile: 0x20, alpha: 0x10, exif: 0x08, animation: 0x02 } as const;

interface Size {
  readonly width: number;
  readonly height: number;
}

export function stripWebp(bytes: Uint8Array): StripResult {
  const chunks = readChunks(bytes);
  if (chunks === undefined) return corrupt;
  if (chunks.has('ANIM') || chunks.has('ANMF')) return animated;

  const lossy = chunks.get('VP8 ');
  const lossless = chunks.get('VP8L');
  const pixels = lossy ?? lossless;
  if (pixels === undefined || (lossy !== undefined && lossless !== undefined)) return corrupt;
  const size = lossy === undefined ? losslessSize(pixels) : lossySize(pixels);
  if (size === undefined) return corrupt;
  const pixelChunk = chunk(lossy === undefined ? 'VP8L' : 'VP8 ', pixels);

  const extended = chunks.get('VP8X');
  if (extended === undefined) return finish([pixelChunk], size, 1);
  if (extended.length < 10) return corrupt;
  const flags = extended[0] ?? 0;
  if ((flags & flag.animation) !== 0) return animated;
  if (1 + uint24(extended, 4) !== size.width || 1 + uint24(extended, 7) !== size.height) return corrupt;

  const exif = chunks.get('EXIF');
  const orientation = exif === undefined ? 1 : orientationOf(withoutExifPrefix(exif));
  const profile = chunks.get('ICCP');
  const keptProfile = profile !== undefined && profile.length <= maxProfileBytes ? profile : undefined;
  const alpha = lossy === undefined ? undefined : chunks.get('ALPH');
  const keptFlags =
    (flags & flag.alpha) |
    (keptProfile === undefined ? 0 : flag.profile) |
    (orientation === 1 ? 0 : flag.exif);

  const header = new Uint8Array(10);
  header[0] = keptFlags;
  header.set(extended.subarray(4, 10), 4);
  const parts = [chunk('VP8X', header)];
  if (keptProfile !== undefined) parts.push(chunk('ICCP', keptProfile));
  if (alpha !== undefined) parts.push(chunk('ALPH', alpha));
  parts.push(pixelChunk);
  if (orientation !== 1) parts.push(chunk('EXIF', orientationBlock(orientation)));
  return finish(parts, size, orientation);
}

/** The first chunk of each kind; undefined when the file is shorter than it says. */
function readChunks(bytes: Uint8Array): Map<string, Uint8Array> | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12) return undefined;
  const end = 8 + view.getUint32(4, true);
  if (end > bytes.length) return undefined;
  const chunks = new Map<string, Uint8Array>();
  for (let at = 12; at < end; ) {
    if (at + 8 > end) return undefined;
    const length = view.getUint32(at + 4, true);
    if (at + 8 + length > end) return undefined;
    const type = String.fromCharCode(...bytes.subarray(at, at + 4));
    if (!chunks.has(type)) chunks.set(type, bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length + (length & 1);
  }
  return chunks;
}

/** Key frame header: RFC 6386 9.1. */
function lossySize(data: Uint8Array): Size | undefined {
  if (data.length < 10 || !startsWith(data.subarray(3), [0x9d, 0x01, 0x2a])) return undefined;
  const view = new DataView(data.buffer, data.byteOffset);
  return { width: view.getUint16(6, true) & 0x3fff, height: view.getUint16(8, true) & 0x3fff };
}

/** RFC 9649 3.4. */
function losslessSize(data: Uint8Array): Size | undefined {
  if (data.length < 5 || data[0] !== 0x2f) return undefined;
  const bits = new DataView(data.buffer, data.byteOffset).getUint32(1, true);
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}

/** Some writers copy the prefix that only JPEG's segment needs. */
function withoutExifPrefix(data: Uint8Array): Uint8Array {
  return asciiAt(data, 0, 'Exif\0\0') ? data.subarray(6) : data;
}

function uint24(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(8 + data.length + (data.length & 1));
  bytes.write(type, 0, 'latin1');
  bytes.writeUInt32LE(data.length, 4);
  bytes.set(data, 8);
  return bytes;
}

function finish(parts: readonly Uint8Array[], size: Size, orientation: Orientation): StripResult {
  const header = Buffer.alloc(12);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(4 + parts.reduce((sum, part) => sum + part.length, 0), 4);
  header.write('WEBP', 8, 'latin1');
  return { kind: 'stripped', bytes: Buffer.concat([header, ...parts]), ...size, orientation };
}
