import { sql, type Transaction } from 'kysely';
import type { Clock } from '../clock.js';
import {
  type AuditEntry,
  type AuditRow,
  auditFormat,
  behalfKeyOf,
  entryHash,
  subjectKeyOf,
} from './auditEntry.js';
import type { AuditPeople, KnownPerson } from './auditPeople.js';
import { AuditReader, type KeptHead } from './auditReader.js';
import { atEnd, type RecordDatabase } from './database.js';
import type { LookupKeys } from './lookup.js';
import { prepared } from './prepared.js';
import type { Schema } from './schema.js';

export type { AuditEntry } from './auditEntry.js';
export type { AuditCheck } from './auditReader.js';

const genesis = new Uint8Array(32);

/** The audit trail: append-only, each entry bound to the one before by SHA-256. */
export class AuditTrail extends AuditReader {
  readonly #database: RecordDatabase;
  readonly #lookup: LookupKeys;
  readonly #people: AuditPeople;
  readonly #clock: Clock;

  constructor(database: RecordDatabase, lookup: LookupKeys, people: AuditPeople, clock: Clock) {
    super(database);
    this.#database = database;
    this.#lookup = lookup;
    this.#people = people;
    this.#clock = clock;
  }

  /**
   * Writes an entry of its own, for reads and refusals. When it fails, so must what it reports.
   *
   * @throws FacematchError `store-unavailable`, `storage-full`
   */
  async append(entry: AuditEntry): Promise<void> {
    await this.#database.write((trx) => this.appendIn(trx, entry), []);
  }

  /** Writes an entry in the transaction of what it reports, so that neither exists without the other. */
  async appendIn(trx: Transaction<Schema>, entry: AuditEntry): Promise<void> {
    // What every entry waits for begins after all that it need not wait for.
    const known = await this.#people.knownIn(trx, this.#clock(), entry.actor);
    await atEnd(trx, () => this.#addIn(trx, entry, known));
  }

  async #addIn(trx: Transaction<Schema>, entry: AuditEntry, known: KnownPerson | undefined): Promise<void> {
    const now = this.#clock();
    const actor =
      known?.month === now.toISOString().slice(0, 7)
        ? known.actorKey
        : await this.#people.pseudonymIn(trx, now, entry.actor);
    const [last] = await lastEntry(trx, {});
    const unsigned = {
      seq: (last?.seq ?? 0) + 1,
      at: now.toISOString(),
      actor_key: actor,
      client: entry.client,
      action: entry.action,
      subject_key: subjectKeyOf(this.#lookup, entry.subject),
      outcome: entry.outcome,
      facts: JSON.stringify(entry.facts ?? {}),
      prev_hash: last?.hash ?? genesis,
      format: auditFormat,
      role: entry.role ?? null,
      ground: entry.ground ?? null,
      ...behalfKeyOf(this.#lookup, entry.onBehalfOf),
    };
    await insertEntry(trx, { ...unsigned, hash: entryHash(unsigned) });
    // The figures of use are kept with the entries they come from: a report never walks the trail.
    const times = entry.facts?.['count'];
    const n = typeof times === 'number' ? times : 1;
    await countUse(trx, { day: unsigned.at.slice(0, 10), action: entry.action, outcome: entry.outcome, n });
  }

  /** Keeps a signed head; one that is kept already stays as it is. */
  async keepHead(head: KeptHead): Promise<void> {
    await this.#database.write((trx) =>
      trx
        .insertInto('audit_heads')
        .values({
          seq: head.seq,
          at: head.at,
          hash: head.hash,
          public_key: head.publicKey,
          signature: head.signature,
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute(),
    );
  }
}

const lastEntry = prepared((db) =>
  db.selectFrom('audit').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1),
);

const insertEntry = prepared((db, row: AuditRow) => db.insertInto('audit').values(row));

const countUse = prepared((db, row: Schema['use_counts']) =>
  db
    .insertInto('use_counts')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(['day', 'action', 'outcome'])
        .doUpdateSet({ n: sql<number>`use_counts.n + excluded.n` }),
    ),
);
