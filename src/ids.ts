import { randomFillSync } from 'node:crypto';

let lastMillisecond = 0;
let counter = 0;

/**
 * A new unguessable id that sorts after every id made before (UUID version 7, RFC 9562, with its 12-bit counter): what
 * is made together lies together in an index, and is destroyed without touching every page of it. The time in it is
 * the machine's, whatever clock the records go by.
 */
export function newId(): string {
  const now = Date.now();
  if (now > lastMillisecond) {
    lastMillisecond = now;
    counter = 0;
  } else if (++counter > 0xfff) {
    lastMillisecond += 1;
    counter = 0;
  }
  const bytes = Buffer.alloc(16);
  randomFillSync(bytes, 8);
  bytes.writeUIntBE(lastMillisecond, 0, 6);
  bytes.writeUInt16BE(0x7000 | counter, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return uuidText(bytes);
}

/** Sorts before every id that was made at this time or later. @param at milliseconds since 1970, of the machine's clock */
export function idsFrom(at: number): string {
  const hex = Math.max(0, Math.floor(at)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}

/** @param bytes 16 bytes. */
export function uuidText(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function uuidBytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replaceAll('-', ''), 'hex'));
}
