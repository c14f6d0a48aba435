import { crc32, inflateSync } from 'node:zlib';
import { type Orientation, orientationBlock, orientationOf } from './exif.js';
import { animated, corrupt, maxProfileBytes, type StripResult } from './stripped.js';

const signatureLength = 8;

/** Ancillary chunks that colour depends on, with the most they may hold (PNG third edition, 11.3). */
const keptAncillary: ReadonlyMap<string, number> = new Map([
  ['tRNS', 256],
  ['gAMA', 4],
  ['cHRM', 32],
  ['sRGB', 1],
]);
const criticalBody: ReadonlySet<string> = new Set(['PLTE', 'IDAT', 'IEND']);

export function stripPng(bytes: Uint8Array): StripResult {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  let header: Uint8Array | undefined;
  let size: { width: number; height: number } | undefined;
  let orientation: Orientation = 1;
  let ended = false;
  for (let at = signatureLength; !ended; ) {
    if (at + 12 > bytes.length) return corrupt;
    const length = view.getUint32(at);
    const end = at + 12 + length;
    if (end > bytes.length) return corrupt;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const data = bytes.subarray(at + 8, end - 4);
    if ((type === 'IHDR') !== (header === undefined)) return corrupt;
    if (type === 'IHDR') {
      if (length !== 13) return corrupt;
      size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) };
      header = bytes.subarray(0, end);
    }
    if (type === 'acTL') return animated;
    if (type === 'eXIf') orientation = orientationOf(data);
    // A decoder must not show an image with a critical chunk it does not know (PNG 5.4).
    if (isCritical(type) && type !== 'IHDR' && !criticalBody.has(type)) return corrupt;
    if (
      criticalBody.has(type) ||
      length <= (keptAncillary.get(type) ?? -1) ||
      (type === 'iCCP' && isSmallProfile(data))
    )
      parts.push(bytes.subarray(at, end));
    ended = type === 'IEND';
    at = end;
  }
  if (header === undefined || size === undefined) return corrupt;
  // Before the pixels, wherever it came: decoders read on to a block behind them only by luck.
  const turned = orientation === 1 ? [] : [chunk('eXIf', orientationBlock(orientation))];
  return { kind: 'stripped', bytes: Buffer.concat([header, ...turned, ...parts]), ...size, orientation };
}

/** Bit 5 of the first letter: capital means critical (PNG 5.4). */
function isCritical(type: string): boolean {
  return (type.charCodeAt(0) & 0x20) === 0;
}

/** Profiles are compressed, and a few hundred bytes can unpack to hundreds of megabytes. */
function isSmallProfile(data: Uint8Array): boolean {
  const nameEnd = data.indexOf(0);
  if (nameEnd < 1 || nameEnd > 79 || data.length > maxProfileBytes) return false;
  try {
    inflateSync(data.subarray(nameEnd + 2), { maxOutputLength: maxProfileBytes });
    return true;
  } catch {
    return false;
  }
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}
