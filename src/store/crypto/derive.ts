import { hkdfSync } from 'node:crypto';
import { keyLength, type MasterKey, type WrappingKey } from './keys.js';

/** HKDF-SHA-256 (RFC 5869) with an empty salt: the master key is already uniform (section 3.1). */
export function wrappingKey(master: MasterKey): WrappingKey {
  const info = 'passport-facematch/v1/month-key-wrapping';
  return new Uint8Array(hkdfSync('sha256', master, new Uint8Array(0), info, keyLength)) as WrappingKey;
}
