import { createHash } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { Clock } from '../clock.js';
import type { ErrorFacts } from '../errors.js';
import type { RecordDatabase } from './database.js';
import { guarded } from './failures.js';
import type { LookupKeys } from './lookup.js';
import type { Schema } from './schema.js';

/** One thing somebody did or was refused. Ids are stored as keyed hashes; facts hold no personal data. */
export interface AuditEntry {
  /** The calling system. */
  readonly client: string;
  /** The person behind it, or the token's subject; stored as a keyed hash. */
  readonly actor: string;
  /** For example `comparison.create`, `document.transfer`, `comparison.read`. */
  readonly action: string;
  /** What it was done to; stored as a keyed hash. */
  readonly subject?: { readonly record: string } | { readonly application: string } | undefined;
  /** `done`, an outcome, or an error code. */
  readonly outcome: string;
  readonly facts?: ErrorFacts | undefined;
}

export type AuditCheck =
  | { readonly intact: true; readonly entries: number; readonly head: Uint8Array }
  /** The first entry that was edited, removed, inserted or moved. */
  | { readonly intact: false; readonly seq: number };

type AuditRow = Schema['audit'];
const genesis = new Uint8Array(32);
const pageSize = 1000;

/** The audit trail: append-only, each entry bound to the one before by SHA-256. */
export class AuditTrail {
  readonly #database: RecordDatabase;
  readonly #lookup: LookupKeys;
  readonly #clock: Clock;

  constructor(database: RecordDatabase, lookup: LookupKeys, clock: Clock) {
    this.#database = database;
    this.#lookup = lookup;
    this.#clock = clock;
  }

  /**
   * Writes an entry of its own, for reads and refusals. When it fails, so must what it reports.
   *
   * @throws FacematchError `store-unavailable`, `storage-full`
   */
  async append(entry: AuditEntry): Promise<void> {
    await this.#database.write((trx) => this.appendIn(trx, entry));
  }

  /** Writes an entry in the transaction of what it reports, so that neither exists without the other. */
  async appendIn(trx: Transaction<Schema>, entry: AuditEntry): Promise<void> {
    const last = await trx
      .selectFrom('audit')
      .select(['seq', 'hash'])
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirst();
    const unsigned = {
      seq: (last?.seq ?? 0) + 1,
      at: this.#clock().toISOString(),
      actor_key: this.#lookup.person(entry.actor),
      client: entry.client,
      action: entry.action,
      subject_key: this.#subjectKey(entry),
      outcome: entry.outcome,
      facts: JSON.stringify(entry.facts ?? {}),
      prev_hash: last?.hash ?? genesis,
    };
    await trx
      .insertInto('audit')
      .values({ ...unsigned, hash: entryHash(unsigned) })
      .execute();
  }

  /** Walks the whole chain. Cutting off its end shows only against a head kept elsewhere. */
  verify(): Promise<AuditCheck> {
    return guarded(async () => {
      let entries = 0;
      let head: Uint8Array = genesis;
      for (;;) {
        const page = await this.#page(entries);
        for (const row of page) {
          const follows = row.seq === entries + 1 && equal(row.prev_hash, head);
          if (!follows || !equal(row.hash, entryHash(row))) return { intact: false, seq: entries + 1 };
          entries += 1;
          head = row.hash;
        }
        if (page.length < pageSize) return { intact: true, entries, head: new Uint8Array(head) };
      }
    });
  }

  #page(after: number): Promise<AuditRow[]> {
    return this.#database.read((db) =>
      db.selectFrom('audit').selectAll().where('seq', '>', after).orderBy('seq').limit(pageSize).execute(),
    );
  }

  #subjectKey({ subject }: AuditEntry): Uint8Array | null {
    if (subject === undefined) return null;
    return 'record' in subject
      ? this.#lookup.record(subject.record)
      : this.#lookup.application(subject.application);
  }
}

function entryHash(row: Omit<AuditRow, 'hash'>): Uint8Array {
  const hex = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString('hex'));
  const fields = [
    row.seq,
    row.at,
    hex(row.actor_key),
    row.client,
    row.action,
    hex(row.subject_key),
    row.outcome,
    row.facts,
    hex(row.prev_hash),
  ];
  // The prefix keeps an entry's hash apart from any other SHA-256 made of the same text.
  return new Uint8Array(
    createHash('sha256')
      .update(`passport-facematch/v1/audit\0${JSON.stringify(fields)}`)
      .digest(),
  );
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
