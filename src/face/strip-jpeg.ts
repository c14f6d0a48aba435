import { type Orientation, orientationBlock, orientationOf } from './exif.js';
import { asciiAt } from './sniff.js';
import { corrupt, maxProfileBytes, type StripResult } from './stripped.js';

// Marker codes: ITU-T T.81 table B.1.
const marker = {
  SOF0: 0xc0,
  DHT: 0xc4,
  JPG: 0xc8,
  DAC: 0xcc,
  SOF15: 0xcf,
  RST0: 0xd0,
  RST7: 0xd7,
  SOI: 0xd8,
  EOI: 0xd9,
  SOS: 0xda,
  DQT: 0xdb,
  DNL: 0xdc,
  DRI: 0xdd,
  APP0: 0xe0,
  APP1: 0xe1,
  APP2: 0xe2,
  APP14: 0xee,
  COM: 0xfe,
} as const;

/** A scan passes over the whole image, so hundreds of tiny ones are a way to burn minutes. Encoders write 10 or so. */
const maxScans = 32;

/** JFIF 1.01, no density, no thumbnail. Kept because its presence decides the colour model over the Adobe marker. */
const plainJfif = segment(marker.APP0, [...ascii('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0]);

interface Kept {
  jfif: boolean;
  adobe: Uint8Array | undefined;
  exif: Uint8Array | undefined;
  profile: Uint8Array[];
  profileBytes: number;
  frame: { width: number; height: number } | undefined;
  scans: number;
  /** Tables, frame, scans, in the order they came. */
  body: Uint8Array[];
}

export function stripJpeg(bytes: Uint8Array): StripResult {
  const kept: Kept = {
    jfif: false,
    adobe: undefined,
    exif: undefined,
    profile: [],
    profileBytes: 0,
    frame: undefined,
    scans: 0,
    body: [],
  };
  let at = 2;
  for (;;) {
    if (bytes[at] !== 0xff) return corrupt;
    while (bytes[at] === 0xff) at++; // any number of fill bytes may precede a marker (T.81 B.1.1.2)
    const code = bytes[at++];
    if (code === undefined) return corrupt;
    if (code === marker.EOI) break;
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    let end = at + length;
    if (length < 2 || end > bytes.length) return corrupt;
    if (code === marker.SOS) {
      if (kept.frame === undefined || ++kept.scans > maxScans) return corrupt;
      end = endOfScan(bytes, end);
    }
    if (!keep(kept, code, bytes.subarray(at - 2, end))) return corrupt;
    at = end;
  }
  if (kept.frame === undefined || kept.scans === 0) return corrupt;
  return assemble(kept, kept.frame);
}

/** @param whole the segment with its marker, length and, for a scan, the coded data. False: not a JPEG we know. */
function keep(kept: Kept, code: number, whole: Uint8Array): boolean {
  const payload = whole.subarray(4);
  const isFrame =
    code >= marker.SOF0 &&
    code <= marker.SOF15 &&
    code !== marker.DHT &&
    code !== marker.JPG &&
    code !== marker.DAC;
  if (isFrame) {
    if (kept.frame !== undefined || payload.length < 6) return false;
    const view = new DataView(payload.buffer, payload.byteOffset);
    kept.frame = { height: view.getUint16(1), width: view.getUint16(3) };
    kept.body.push(whole);
    return true;
  }
  switch (code) {
    case marker.DHT:
    case marker.DAC:
    case marker.DQT:
    case marker.DNL:
    case marker.DRI:
    case marker.SOS:
      kept.body.push(whole);
      return true;
    case marker.APP0:
      kept.jfif ||= payload.length >= 14 && asciiAt(payload, 0, 'JFIF\0');
      return true;
    case marker.APP1:
      if (asciiAt(payload, 0, 'Exif\0\0')) kept.exif ??= payload.subarray(6);
      return true;
    case marker.APP2:
      if (asciiAt(payload, 0, 'ICC_PROFILE\0')) {
        kept.profile.push(whole);
        kept.profileBytes += whole.length;
      }
      return true;
    case marker.APP14:
      // Cut to the 12 bytes Adobe defined: what follows carries nothing for the decoder.
      if (payload.length >= 12 && asciiAt(payload, 0, 'Adobe'))
        kept.adobe ??= segment(marker.APP14, payload.subarray(0, 12));
      return true;
    default:
      return (code > marker.APP0 && code < 0xf0) || code === marker.COM;
  }
}

function assemble(kept: Kept, frame: { width: number; height: number }): StripResult {
  const orientation: Orientation = kept.exif === undefined ? 1 : orientationOf(kept.exif);
  const parts: Uint8Array[] = [Uint8Array.of(0xff, marker.SOI)];
  if (kept.jfif) parts.push(plainJfif);
  if (orientation !== 1)
    parts.push(segment(marker.APP1, [...ascii('Exif\0\0'), ...orientationBlock(orientation)]));
  if (kept.profileBytes <= maxProfileBytes) parts.push(...kept.profile);
  if (kept.adobe !== undefined) parts.push(kept.adobe);
  parts.push(...kept.body, Uint8Array.of(0xff, marker.EOI));
  return { kind: 'stripped', bytes: Buffer.concat(parts), ...frame, orientation };
}

/** Where the coded data ends: the next marker that is neither a stuffed zero nor a restart. */
function endOfScan(bytes: Uint8Array, from: number): number {
  let at = from;
  for (;;) {
    at = bytes.indexOf(0xff, at);
    if (at < 0 || at + 1 >= bytes.length) return bytes.length;
    const next = bytes[at + 1] ?? 0;
    if (next === 0xff) at += 1;
    else if (next === 0 || (next >= marker.RST0 && next <= marker.RST7)) at += 2;
    else return at;
  }
}

function segment(code: number, payload: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(payload.length + 4);
  bytes.set([0xff, code, (payload.length + 2) >> 8, (payload.length + 2) & 0xff]);
  bytes.set(payload, 4);
  return bytes;
}

function ascii(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}
