import { FacematchError } from '../errors.js';
import { open, seal } from './crypto/aead.js';
import type { DataKey, Keyring } from './keyring.js';
import { monthOf } from './month.js';

/** The columns of a row that say which key opens it. */
export interface KeyReference {
  readonly key_id: string;
  readonly retention_ends: string;
}

/** Seals and opens the fields of records, each record with a data key of its own. */
export class Vault {
  constructor(readonly keyring: Keyring) {}

  /** @param retentionEnds `YYYY-MM-DD` */
  reserve(retentionEnds: string): Promise<DataKey> {
    return this.keyring.reserve(monthOf(retentionEnds));
  }

  seal(key: DataKey, record: string, field: string, plaintext: Uint8Array): Uint8Array {
    return seal(key.key, plaintext, { record, field, key: key.id });
  }

  /** Seals one more field of a stored record. */
  sealMore(row: KeyReference, record: string, field: string, plaintext: Uint8Array): Uint8Array {
    const key = this.keyring.open(row.key_id, monthOf(row.retention_ends));
    return seal(key, plaintext, { record, field, key: row.key_id });
  }

  /** @throws FacematchError `integrity-failure`, or `not-found` when the record's key was destroyed. */
  open(row: KeyReference, record: string, field: string, sealed: Uint8Array): Uint8Array {
    const key = this.keyring.open(row.key_id, monthOf(row.retention_ends));
    return open(key, sealed, { record, field, key: row.key_id });
  }
}

/** JSON as bytes; the value must be JSON-able. */
export function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

export function jsonValue(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes));
}

/**
 * An embedding as little-endian float32.
 *
 * @throws FacematchError `internal` when it is empty or a value is not finite: it would compare with nothing.
 */
export function vectorBytes(vector: Float32Array): Uint8Array {
  if (vector.length === 0 || !vector.every(Number.isFinite)) {
    throw new FacematchError('internal', 'An embedding must hold finite numbers.', { length: vector.length });
  }
  const bytes = new Uint8Array(vector.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of vector.entries()) view.setFloat32(index * 4, value, true);
  return bytes;
}

export function vectorOf(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.byteLength / 4 }, (_, index) => view.getFloat32(index * 4, true));
}
