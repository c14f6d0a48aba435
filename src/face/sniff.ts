import type { ImageFormat } from './types.js';

const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] as const;

/** The format by content (magic bytes), or undefined for everything that is not JPEG, PNG or WebP. */
export function sniffFormat(bytes: Uint8Array): ImageFormat | undefined {
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return 'jpeg';
  if (startsWith(bytes, pngSignature)) return 'png';
  if (asciiAt(bytes, 0, 'RIFF') && asciiAt(bytes, 8, 'WEBP')) return 'webp';
  return undefined;
}

const mediaTypes: Readonly<Record<string, ImageFormat>> = {
  'image/jpeg': 'jpeg',
  'image/jpg': 'jpeg',
  'image/pjpeg': 'jpeg',
  'image/png': 'png',
  'image/webp': 'webp',
};

/**
 * Whether a declared media type allows this format. `application/octet-stream` declares nothing and so
 * agrees with everything; parameters (`; charset=…`) and letter case do not count (RFC 9110 8.3.1).
 */
export function declaredTypeAgrees(declared: string | undefined, format: ImageFormat): boolean {
  if (declared === undefined) return true;
  const type = (declared.split(';', 1)[0] ?? '').trim().toLowerCase();
  return (
    type === 'application/octet-stream' || (Object.hasOwn(mediaTypes, type) && mediaTypes[type] === format)
  );
}

export function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return bytes.length >= prefix.length && prefix.every((value, i) => bytes[i] === value);
}

export function asciiAt(bytes: Uint8Array, offset: number, text: string): boolean {
  if (offset + text.length > bytes.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[offset + i] !== text.charCodeAt(i)) return false;
  return true;
}
