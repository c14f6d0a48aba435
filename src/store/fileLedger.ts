import type Database from 'better-sqlite3';
import type { Clock } from '../clock.js';
import { guardedSync } from './failures.js';
import {
  type BatchRow,
  chained,
  follows,
  type Ledger,
  type LedgerBatch,
  type LedgerBinding,
  type NumberedBatch,
  names,
  numbered,
} from './ledger.js';
import { openLedgerFiles } from './ledgerFiles.js';
import { copyInto, PairedStatements, type PairOfPaths } from './pairedFiles.js';

/** A ledger in two files beside the keyring's. */
export class FileLedger implements Ledger {
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
    /** What the database remembers; undefined for one that never had a ledger, `any` for a service of keys. */
    readonly expected: LedgerBinding | 'any' | undefined;
    readonly clock: Clock;
  }): FileLedger {
    const { db, id } = openLedgerFiles(place);
    return new FileLedger(db, id);
  }

  async append(batch: LedgerBatch): Promise<number> {
    return guardedSync(() =>
      this.#db
        .transaction(() => {
          const known = this.#statements
            .one<{ seq: number }>('main', 'select seq from $copy.batches where batch_id = ?')
            .get(batch.id);
          if (known !== undefined) return known.seq;
          const { seq, batch_id, kind, month, ground, at, entries, prev_hash, hash } = chained(
            batch,
            this.#last(),
          );
          this.#statements.both(
            'insert into $copy.batches (seq, batch_id, kind, month, ground, at, entries, prev_hash, hash) values (?, ?, ?, ?, ?, ?, ?, ?, ?)',
            ...[seq, batch_id, kind, month, ground, at, entries, prev_hash, hash],
          );
          return seq;
        })
        .immediate(),
    );
  }

  async lastSeq(): Promise<number> {
    return guardedSync(() => this.#last()?.seq ?? 0);
  }

  async after(seq: number, limit = 50): Promise<NumberedBatch[]> {
    return guardedSync(() =>
      this.#statements
        .one<BatchRow>('main', 'select * from $copy.batches where seq > ? order by seq limit ?')
        .all(seq, limit)
        .map(numbered),
    );
  }

  async find(recordKey: Uint8Array): Promise<NumberedBatch | undefined> {
    return guardedSync(() => {
      for (const row of this.#statements.one<BatchRow>('main', 'select * from $copy.batches').iterate()) {
        const batch = numbered(row);
        if (names(batch, recordKey)) return batch;
      }
      return undefined;
    });
  }

  async verify(): Promise<number | undefined> {
    return guardedSync(() => {
      let previous: BatchRow | undefined;
      for (const row of this.#statements
        .one<BatchRow>('main', 'select * from $copy.batches order by seq')
        .iterate()) {
        if (!follows(row, previous)) return row.seq;
        previous = row;
      }
      return undefined;
    });
  }

  async prune(before: Date): Promise<void> {
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

  async backup(path: string): Promise<void> {
    guardedSync(() => copyInto(this.#db, path));
  }

  async close(): Promise<void> {
    this.#db.close();
  }

  #last(): BatchRow | undefined {
    return this.#statements
      .one<BatchRow>('main', 'select * from $copy.batches order by seq desc limit 1')
      .get();
  }
}
