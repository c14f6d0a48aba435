import { createHmac } from 'node:crypto';
import type { LookupKey } from './crypto/keys.js';

/** The kinds of value that are looked up by a keyed hash; equal values of two kinds give unrelated hashes. */
export type LookupKind =
  | 'registerNumber'
  | 'documentNumber'
  | 'identity'
  | 'pixels'
  | 'application'
  | 'inquiry'
  | 'fingerprint'
  | 'person'
  | 'record'
  | 'idempotency'
  | 'check';

/**
 * Keyed hashes for equality look-ups: HMAC-SHA-256, 32 bytes, never reversible without the key. Values are
 * normalised by the caller, who knows what they are.
 */
export interface LookupKeys {
  /** A National Register number, digits only. */
  registerNumber(normalised: string): Uint8Array;
  /** A document number, upper case letters and digits only. */
  documentNumber(normalised: string): Uint8Array;
  /** One normalised form of names and birth date. */
  identity(form: string): Uint8Array;
  /** SHA-256 of the decoded pixels. */
  pixels(digest: Uint8Array): Uint8Array;
  application(applicationId: string): Uint8Array;
  /** The id of a fraud inquiry, as the audit trail names it. */
  inquiry(id: string): Uint8Array;
  /** What was sent, part by part: tells a repeated request from a changed one. */
  fingerprint(...parts: readonly Uint8Array[]): Uint8Array;
  /** The person behind a request, as the audit trail names them. */
  person(subject: string): Uint8Array;
  /** A record's id, as the audit trail names it. */
  record(id: string): Uint8Array;
  /** An idempotency key, which belongs to the client that chose it. */
  idempotency(client: string, key: string): Uint8Array;
  /** Shows that two openings of a store use the same look-up key. */
  check(storeId: string): Uint8Array;
  /** As hashes were made before each change of the key, newest first and these themselves included. */
  history(): readonly LookupKeys[];
}

/** Which a change of the look-up key replaces in the store: see {@link nextHash}. */
const lasting: ReadonlySet<LookupKind> = new Set<LookupKind>(['record']);

/**
 * The hash that replaces one made before the look-up key was changed. It is made of the old hash, as neither the
 * photo's pixels nor a transfer as it was sent can be hashed again; whoever only has the old key finds nothing by it.
 */
export function nextHash(key: LookupKey, hash: Uint8Array): Uint8Array {
  return new Uint8Array(
    createHmac('sha256', key).update('passport-facematch/v1/next\0').update(hash).digest(),
  );
}

/**
 * @param keys oldest first: every hash is made with the first key, then once more with each later one. Hashes of
 * record ids, which are random and give nothing to guess, are made with the first alone, so that what the trail and
 * the ledger say of a record holds through changes of the key.
 */
export function lookupKeys(keys: readonly [LookupKey, ...LookupKey[]]): LookupKeys {
  const [key, ...later] = keys;
  const hash = (kind: LookupKind, ...parts: readonly (Uint8Array | string)[]): Uint8Array => {
    const first = firstHash(kind, ...parts);
    return lasting.has(kind) ? first : later.reduce((made, next) => nextHash(next, made), first);
  };
  const firstHash = (kind: LookupKind, ...parts: readonly (Uint8Array | string)[]): Uint8Array => {
    const mac = createHmac('sha256', key).update(`passport-facematch/v1/${kind}\0`);
    for (const part of parts) {
      const bytes = typeof part === 'string' ? Buffer.from(part, 'utf8') : part;
      const length = Buffer.alloc(8);
      length.writeBigUInt64BE(BigInt(bytes.length));
      mac.update(length).update(bytes);
    }
    return new Uint8Array(mac.digest());
  };
  const self: LookupKeys = {
    registerNumber: (normalised) => hash('registerNumber', normalised),
    documentNumber: (normalised) => hash('documentNumber', normalised),
    identity: (form) => hash('identity', form),
    pixels: (digest) => hash('pixels', digest),
    application: (applicationId) => hash('application', applicationId),
    inquiry: (id) => hash('inquiry', id),
    fingerprint: (...parts) => hash('fingerprint', ...parts),
    person: (subject) => hash('person', subject),
    record: (id) => hash('record', id),
    idempotency: (client, idempotencyKey) => hash('idempotency', client, idempotencyKey),
    check: (storeId) => hash('check', storeId),
    history: () => [
      self,
      ...later.map((_, index) => lookupKeys([key, ...later.slice(0, later.length - 1 - index)])),
    ],
  };
  return self;
}
