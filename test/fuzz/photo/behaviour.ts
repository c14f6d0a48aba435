import { sniffFormat } from '../../../src/face/sniff.js';
import { strip } from '../../../src/face/strip.js';
import type { FaceOutcome, ImageFormat } from '../../../src/face/types.js';

/** In a word what became of a photo. */
export function outcomeOf(outcome: FaceOutcome): string {
  if (outcome.kind === 'refused') return outcome.code;
  return outcome.kind === 'failure-to-acquire' ? outcome.reason : outcome.kind;
}

/** What makes one try different from another, as far as it can be seen from outside the image library. */
export function behaviourOf(bytes: Buffer, outcome: FaceOutcome): string {
  const format = sniffFormat(bytes);
  const stripped = format === undefined ? undefined : strip(bytes, format);
  const parts = [outcomeOf(outcome), format ?? 'none', stripped?.kind ?? 'none'];
  if (format !== undefined && stripped?.kind === 'stripped') {
    parts.push(`turned ${stripped.orientation}`, structureOf(Buffer.from(stripped.bytes), format));
    parts.push(`dropped ${sizeClass(bytes.length - stripped.bytes.length)}`);
  }
  if (outcome.kind !== 'refused') {
    const { width, height } = outcome.image;
    parts.push(`${sizeClass(width)} × ${sizeClass(height)}`);
  }
  if (outcome.kind === 'embedded')
    parts.push(`quality ${Math.floor((outcome.measures.quality.unified ?? -1) / 10)}`);
  if (outcome.kind === 'failure-to-acquire') parts.push(`faces ${Math.min(3, outcome.faces)}`);
  return parts.join(', ');
}

const sizeClass = (size: number): number => (size <= 0 ? 0 : 1 + Math.floor(Math.log2(size)));

/** How the photo is coded: what decides which parts of a decoder run. */
function structureOf(stripped: Buffer, format: ImageFormat): string {
  if (format === 'png') return `IHDR ${stripped.subarray(24, 29).toString('hex')}`;
  if (format === 'webp') return webpChunks(stripped);
  for (
    let at = 2;
    at + 4 <= stripped.length && stripped[at] === 0xff;
    at += 2 + stripped.readUInt16BE(at + 2)
  ) {
    const code = stripped[at + 1] ?? 0;
    const isFrame = code >= 0xc0 && code <= 0xcf && code !== 0xc4 && code !== 0xc8 && code !== 0xcc;
    if (!isFrame) continue;
    const components = Math.min(4, stripped[at + 9] ?? 0);
    const sampling = Array.from({ length: components }, (_, i) => stripped[at + 11 + 3 * i]?.toString(16));
    return `frame ${code.toString(16)} ${stripped[at + 4]} bits ${sampling.join(' ')}`;
  }
  return 'frame not reached';
}

function webpChunks(stripped: Buffer): string {
  const types: string[] = [];
  for (let at = 12; at + 8 <= stripped.length; ) {
    types.push(stripped.toString('latin1', at, at + 4));
    const length = stripped.readUInt32LE(at + 4);
    at += 8 + length + (length & 1);
  }
  return types.join(' ');
}
