import { createHash, randomFillSync, timingSafeEqual } from 'node:crypto';
import { FacematchError } from '../../errors.js';

declare const purpose: unique symbol;
type Key<Purpose extends string> = Uint8Array & { readonly [purpose]: Purpose };

/** Wraps month keys; 32 bytes that live outside every file of the store. */
export type MasterKey = Key<'master'>;
/** Keys the look-up hashes; 32 bytes of its own, so that a leaked database and master key do not open them. */
export type LookupKey = Key<'lookup'>;
/** Wraps the data keys of the records whose retention ends in one month. */
export type MonthKey = Key<'month'>;
/** Wraps month keys: derived from the master key, which is never used as a cipher key itself. */
export type WrappingKey = Key<'wrapping'>;
/** Encrypts the fields of one record. */
export type RecordKey = Key<'record'>;

export const keyLength = 32;

/** @throws FacematchError `config-invalid` when the key is not 32 bytes, or is one byte repeated. */
export function masterKey(bytes: Uint8Array): MasterKey {
  return checked<MasterKey>(bytes, 'master key');
}

/** @throws FacematchError `config-invalid` when the key is not 32 bytes, or is one byte repeated. */
export function lookupKey(bytes: Uint8Array): LookupKey {
  return checked<LookupKey>(bytes, 'look-up key');
}

/**
 * @param bytes one key, or several one after another, oldest first, after changes of the key.
 * @throws FacematchError `config-invalid` when they are not 32 bytes each, or one is one byte repeated.
 */
export function lookupKeyChain(bytes: Uint8Array): readonly [LookupKey, ...LookupKey[]] {
  const [first, ...later] = parts(bytes).map(lookupKey);
  return [first ?? lookupKey(bytes), ...later];
}

/**
 * @param bytes one key, or several one after another, oldest first, while the key is changed in several processes.
 * @throws FacematchError `config-invalid` when they are not 32 bytes each, or one is one byte repeated.
 */
export function masterKeyChain(bytes: Uint8Array): readonly [MasterKey, ...MasterKey[]] {
  const [first, ...later] = parts(bytes).map(masterKey);
  return [first ?? masterKey(bytes), ...later];
}

function parts(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / keyLength) }, (_, index) =>
    bytes.subarray(index * keyLength, (index + 1) * keyLength),
  );
}

export function newMonthKey(): MonthKey {
  return randomFillSync(new Uint8Array(keyLength)) as MonthKey;
}

export function newRecordKey(): RecordKey {
  return randomFillSync(new Uint8Array(keyLength)) as RecordKey;
}

/** Compares keys without telling through time where they differ. */
export function sameKey(a: Uint8Array, b: Uint8Array): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}

function checked<K extends Key<string>>(bytes: Uint8Array, name: string): K {
  if (bytes.length !== keyLength) {
    throw new FacematchError('config-invalid', `The ${name} must be ${keyLength} bytes.`, {
      length: bytes.length,
    });
  }
  if (bytes.every((byte) => byte === bytes[0])) {
    throw new FacematchError('config-invalid', `The ${name} is one byte repeated, not a random key.`);
  }
  return Uint8Array.from(bytes) as K;
}
