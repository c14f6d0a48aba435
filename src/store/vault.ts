import { endianness } from 'node:os';
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
  async sealMore(
    row: KeyReference,
    record: string,
    field: string,
    plaintext: Uint8Array,
  ): Promise<Uint8Array> {
    return (await this.sealer(row, record))(field, plaintext);
  }

  /** Seals several fields of one stored record for one look into the keyring. */
  async sealer(
    row: KeyReference,
    record: string,
  ): Promise<(field: string, plaintext: Uint8Array) => Uint8Array> {
    const key = await this.keyring.open(row.key_id, monthOf(row.retention_ends));
    return (field, plaintext) => seal(key, plaintext, { record, field, key: row.key_id });
  }

  /** @throws FacematchError `integrity-failure`, or `not-found` when the record's key was destroyed. */
  async open(row: KeyReference, record: string, field: string, sealed: Uint8Array): Promise<Uint8Array> {
    return (await this.opener(row, record))(field, sealed);
  }

  /** Opens several fields of one record for one look into the keyring; throws as {@link open} does. */
  async opener(
    row: KeyReference,
    record: string,
  ): Promise<(field: string, sealed: Uint8Array) => Uint8Array> {
    const key = await this.keyring.open(row.key_id, monthOf(row.retention_ends));
    return (field, sealed) => open(key, sealed, { record, field, key: row.key_id });
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
  return littleEndian(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
}

export function vectorOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(littleEndian(bytes).buffer);
}

/** A copy of 32-bit values, from the machine's order of bytes to little endian or back. */
function littleEndian(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes);
  if (endianness() === 'BE') Buffer.from(copy.buffer).swap32();
  return copy;
}
