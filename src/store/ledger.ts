import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { Clock } from '../clock.js';
import { FacematchError } from '../errors.js';
import { uuidBytes, uuidText } from '../ids.js';
import { guardedSync } from './failures.js';
import { openLedgerFiles } from './ledgerFiles.js';
import type { Month } from './month.js';
import { copyInto, PairedStatements, type PairOfPaths } from './pairedFiles.js';

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

interface BatchRow {
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

/**
 * What was destroyed, when and on what ground: a chain of batches in two files beside the keyring, never in the
 * database and never put back from a backup of it. It says to a restored database what must go again.
 */
export class Ledger {
  readonly #db: Database.Database;
  readonly #statements: PairedStatements;
  readonly id: string;

  private constructor(db: Database.Database, id: string) {
    this.#db = db;
    this.#statements = new PairedStatements(db);
    this.id = id;
  }

  /** @throws FacematchError as {@link openLedgerFiles} does. */
  static open(place: {
    readonly paths: PairOfPaths;
    /** What the database remembers; undefined for one that never had a ledger. */
    readonly expected: { readonly id: string; readonly seq: number } | undefined;
    readonly clock: Clock;
  }): Ledger {
    const { db, id } = openLedgerFiles(place);
    return new Ledger(db, id);
  }

  /** Adds a batch to both files, durable when it returns. The same batch again changes nothing. Returns its number. */
  append(batch: LedgerBatch): number {
    return guardedSync(() =>
      this.#db
        .transaction(() => {
          const known = this.#statements
            .one<{ seq: number }>('main', 'select seq from $copy.batches where batch_id = ?')
            .get(batch.id);
          if (known !== undefined) return known.seq;
          const last = this.#last();
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
          this.#statements.both(
            'insert into $copy.batches (seq, batch_id, kind, month, ground, at, entries, prev_hash, hash) values (?, ?, ?, ?, ?, ?, ?, ?, ?)',
            ...Object.values(row),
            batchHash(row),
          );
          return row.seq;
        })
        .immediate(),
    );
  }

  /** The number of the last batch; 0 in an empty ledger. */
  get seq(): number {
    return guardedSync(() => this.#last()?.seq ?? 0);
  }

  /** The batches after this number, in order, a few at a time. */
  after(seq: number, limit = 50): NumberedBatch[] {
    return guardedSync(() =>
      this.#statements
        .one<BatchRow>('main', 'select * from $copy.batches where seq > ? order by seq limit ?')
        .all(seq, limit)
        .map(numbered),
    );
  }

  /** Whether, when and on what ground a record was destroyed. Reads the whole ledger. */
  find(recordKey: Uint8Array): NumberedBatch | undefined {
    return guardedSync(() => {
      for (const row of this.#statements.one<BatchRow>('main', 'select * from $copy.batches').iterate()) {
        const batch = numbered(row);
        if (batch.entries.some((entry) => Buffer.compare(entry.recordKey, recordKey) === 0)) return batch;
      }
      return undefined;
    });
  }

  /** Walks the chain from the oldest batch kept; the number of the first batch that was edited or removed, if any. */
  verify(): number | undefined {
    return guardedSync(() => {
      let previous: BatchRow | undefined;
      for (const row of this.#statements
        .one<BatchRow>('main', 'select * from $copy.batches order by seq')
        .iterate()) {
        const follows =
          previous === undefined ||
          (row.seq === previous.seq + 1 && Buffer.compare(row.prev_hash, previous.hash) === 0);
        if (!follows || Buffer.compare(row.hash, batchHash(row)) !== 0) return row.seq;
        previous = row;
      }
      return undefined;
    });
  }

  /** Forgets batches from before this moment, but for the last one, which holds the place in the chain. */
  prune(before: Date): void {
    guardedSync(() =>
      this.#db
        .transaction(() =>
          this.#statements.both(
            'delete from $copy.batches where at < ? and seq < (select max(seq) from $copy.batches)',
            before.toISOString(),
          ),
        )
        .immediate(),
    );
  }

  /** A complete copy, for a machine that is lost with both files. */
  backup(path: string): void {
    guardedSync(() => copyInto(this.#db, path));
  }

  close(): void {
    this.#db.close();
  }

  #last(): BatchRow | undefined {
    return this.#statements
      .one<BatchRow>('main', 'select * from $copy.batches order by seq desc limit 1')
      .get();
  }
}

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

function numbered(row: BatchRow): NumberedBatch {
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
