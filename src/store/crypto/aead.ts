import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { FacematchError } from '../../errors.js';
import { keyLength } from './keys.js';

const algorithm = 'aes-256-gcm';
const nonceLength = 12;
const tagLength = 16;
const formatVersion = 1;
const overhead = 1 + nonceLength + tagLength;

/** What a ciphertext belongs to; bound as associated data, so that pieces cannot be swapped. */
export interface Binding {
  /** The record (or key) the ciphertext is part of. */
  readonly record: string;
  /** Which of its fields, for example `document.photo`. */
  readonly field: string;
  /** The key that encrypts it. */
  readonly key: string;
}

/**
 * AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce. A key here seals a handful of fields, or at most
 * a month's data keys, far below the 2^32 messages after which random nonces may repeat (section 8.3).
 *
 * @param key 32 bytes.
 * @returns version (1 byte), nonce (12), ciphertext (as long as the plaintext), tag (16).
 */
export function seal(key: Uint8Array, plaintext: Uint8Array, binding: Binding): Uint8Array {
  requireKey(key);
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagLength });
  cipher.setAAD(associatedData(binding));
  const body = cipher.update(plaintext);
  cipher.final();
  return new Uint8Array(Buffer.concat([Uint8Array.of(formatVersion), nonce, body, cipher.getAuthTag()]));
}

/**
 * Reverses {@link seal}. Whatever is wrong (key, binding, version, a flipped bit, a missing byte) gives the same
 * error, and no plaintext leaves before the tag is verified.
 *
 * @throws FacematchError `integrity-failure`
 */
export function open(key: Uint8Array, sealed: Uint8Array, binding: Binding): Uint8Array {
  requireKey(key);
  try {
    if (sealed.length < overhead || sealed[0] !== formatVersion) throw new Error('format');
    // Without authTagLength Node 20 accepts tags cut to 4 bytes.
    const decipher = createDecipheriv(algorithm, key, sealed.subarray(1, 1 + nonceLength), {
      authTagLength: tagLength,
    });
    decipher.setAAD(associatedData(binding));
    decipher.setAuthTag(sealed.subarray(sealed.length - tagLength));
    const plaintext = decipher.update(sealed.subarray(1 + nonceLength, sealed.length - tagLength));
    decipher.final();
    return new Uint8Array(plaintext);
  } catch {
    throw new FacematchError('integrity-failure', 'A stored value could not be verified.', {
      record: binding.record,
      field: binding.field,
    });
  }
}

const boundTo = 'passport-facematch';

/** Every part carries its length, so that no two bindings give the same bytes. */
function associatedData({ key, record, field }: Binding): Buffer {
  const parts = [boundTo, String(formatVersion), key, record, field];
  let size = 4 * parts.length;
  for (const part of parts) size += Buffer.byteLength(part);
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const part of parts) {
    const length = bytes.write(part, at + 4);
    bytes.writeUInt32BE(length, at);
    at += 4 + length;
  }
  return bytes;
}

function requireKey(key: Uint8Array): void {
  if (key.length !== keyLength) throw new FacematchError('internal', 'A cipher key must be 32 bytes.');
}
