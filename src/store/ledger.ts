import { createHash } from 'node:crypto';
import { FacematchError } from '../errors.js';
import { uuidBytes, uuidText } from '../ids.js';
import type { Month } from './month.js';

/** What is destroyed together: records of one kind that end in one month, or a whole month's key. */
export interface LedgerBatch {
  readonly id: string;
  /** A kind of record, or `month`. */
  readonly kind: string;
  readonly month: Month;
  readonly ground: string;
  /** ISO 8601 date-time. */
  readonly at: string;
  readonly entries: readonly LedgerEntry[];
}

export interface LedgerEntry {
  /** Keyed hash of the record's id, 32 bytes. */
  readonly recordKey: Uint8Array;
  /** Id of the data key that opened it. */
  readonly keyId: string;
}

export interface NumberedBatch extends LedgerBatch {
  readonly seq: number;
}

/** What a database remembers of its ledger. */
export interface LedgerBinding {
  readonly id: string;
  readonly seq: number;
}

/**
 * What was destroyed, when and on what ground: a chain of batches kept beside the keyring, never in the database and
 * never put back from a backup of it. It says to a restored database what must go again. All of it may fail with
 * `store-unavailable` or `storage-full`.
 */
export interface Ledger {
  readonly id: string;

  /** Adds a batch, durable when it resolves. The same batch again changes nothing. Returns its number. */
  append(batch: LedgerBatch): Promise<number>;

  /** The number of the last batch; 0 in an empty ledger. */
  lastSeq(): Promise<number>;

  /** The batches after this number, in order, a few at a time. */
  after(seq: number, limit?: number): Promise<NumberedBatch[]>;

  /** Whether, when and on what ground a record was destroyed. Reads the whole ledger. */
  find(recordKey: Uint8Array): Promise<NumberedBatch | undefined>;

  /** Walks the chain from the oldest batch kept; the number of the first batch that was edited or removed, if any. */
  verify(): Promise<number | undefined>;

  /** Forgets batches from before this moment, but for the last one, which holds the place in the chain. */
  prune(before: Date): Promise<void>;

  /**
   * A complete copy in a file, for a machine that is lost.
   *
   * @throws FacematchError `input-invalid` where it is kept by somebody else, whose backups are theirs.
   */
  backup(path: string): Promise<void>;

  /** Doing it again changes nothing. */
  close(): Promise<void>;
}

export function invalidLedger(message: string, facts: Record<string, string | number> = {}): FacematchError {
  return new FacematchError('ledger-invalid', message, facts);
}

/**
 * Whether this ledger is the one of a database, and no older than it.
 *
 * @param expected what the database remembers; undefined for one that never had a ledger.
 * @throws FacematchError `ledger-invalid`
 */
export function requireExpectedLedger(found: LedgerBinding, expected: LedgerBinding | undefined): void {
  if (expected === undefined) {
    if (found.seq === 0) return;
    // A database that never had a ledger finds one with content: it was taken from before, and must not open beside it.
    throw invalidLedger('The destruction ledger already belongs to a database, and the one given is new.');
  }
  if (found.id !== expected.id) throw invalidLedger("The destruction ledger is another database's.");
  if (found.seq < expected.seq) {
    throw invalidLedger('The destruction ledger is older than the database: an old copy was put back.', {
      seq: found.seq,
      expected: expected.seq,
    });
  }
}

/** A batch as it is kept. */
export interface BatchRow {
  readonly seq: number;
  readonly batch_id: string;
  readonly kind: string;
  readonly month: Month;
  readonly ground: string;
  readonly at: string;
  readonly entries: Uint8Array;
  readonly prev_hash: Uint8Array;
  readonly hash: Uint8Array;
}

const hashLength = 32;
const entryLength = hashLength + 16;
const genesis = new Uint8Array(hashLength);

/** The row of a batch behind the last one. @throws FacematchError `integrity-failure` when an entry names no key. */
export function chained(batch: LedgerBatch, last: Pick<BatchRow, 'seq' | 'hash'> | undefined): BatchRow {
  const row = {
    seq: (last?.seq ?? 0) + 1,
    batch_id: batch.id,
    kind: batch.kind,
    month: batch.month,
    ground: batch.ground,
    at: batch.at,
    entries: packed(batch.entries),
    prev_hash: last?.hash ?? genesis,
  };
  return { ...row, hash: batchHash(row) };
}

/** Whether a row is whole and comes after this one. */
export function follows(row: BatchRow, previous: BatchRow | undefined): boolean {
  const placed =
    previous === undefined ||
    (row.seq === previous.seq + 1 && Buffer.compare(row.prev_hash, previous.hash) === 0);
  return placed && Buffer.compare(row.hash, batchHash(row)) === 0;
}

export function numbered(row: BatchRow): NumberedBatch {
  const entries = Array.from({ length: row.entries.length / entryLength }, (_, index) => {
    const entry = row.entries.subarray(index * entryLength, (index + 1) * entryLength);
    return {
      recordKey: new Uint8Array(entry.subarray(0, hashLength)),
      keyId: uuidText(entry.subarray(hashLength)),
    };
  });
  const { seq, batch_id, kind, month, ground, at } = row;
  return { seq, id: batch_id, kind, month, ground, at, entries };
}

export const names = ({ entries }: LedgerBatch, recordKey: Uint8Array): boolean =>
  entries.some((entry) => Buffer.compare(entry.recordKey, recordKey) === 0);

function packed(entries: readonly LedgerEntry[]): Uint8Array {
  const bytes = new Uint8Array(entries.length * entryLength);
  for (const [index, { recordKey, keyId }] of entries.entries()) {
    const key = uuidBytes(keyId);
    if (recordKey.length !== hashLength || key.length !== entryLength - hashLength) {
      throw new FacematchError('integrity-failure', 'A record to destroy names no key of ours.', {
        key: keyId,
      });
    }
    bytes.set(recordKey, index * entryLength);
    bytes.set(key, index * entryLength + hashLength);
  }
  return bytes;
}

function batchHash(row: Omit<BatchRow, 'hash'>): Uint8Array {
  const text = [row.seq, row.batch_id, row.kind, row.month, row.ground, row.at];
  return new Uint8Array(
    createHash('sha256')
      .update(`passport-facematch/v1/ledger\0${JSON.stringify(text)}\0`)
      .update(row.entries)
      .update(row.prev_hash)
      .digest(),
  );
}
