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
import type { AuditPeople } from './auditPeople.js';
import { AuditReader, type KeptHead } from './auditReader.js';
import { atEnd, type RecordDatabase } from './database.js';
import type { LookupKeys } from './lookup.js';
import { prepared, type Statement } from './prepared.js';
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
    super(database.patient);
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

  /**
   * Writes an entry in the transaction of what it reports, so that neither exists without the other.
   *
   * @param along changes of what every transaction changes, run with the entry.
   */
  async appendIn(
    trx: Transaction<Schema>,
    entry: AuditEntry,
    along: readonly Statement[] = [],
  ): Promise<void> {
    await atEnd(trx, async () => [...(await this.#entryIn(trx, entry)), ...along]);
  }

  async #entryIn(trx: Transaction<Schema>, entry: AuditEntry): Promise<readonly Statement[]> {
    const now = this.#clock();
    const at = now.toISOString();
    const likely = this.#people.likely(now, entry.actor);
    const [end] = await endOfTrail(trx, { month: at.slice(0, 7), actorKey: likely?.actorKey ?? genesis });
    const actor =
      likely !== undefined && likely.keyId === end?.key_id && end.known !== null
        ? likely.actorKey
        : await this.#people.pseudonymIn(trx, now, entry.actor);
    const unsigned = {
      seq: (end?.seq ?? 0) + 1,
      at,
      actor_key: actor,
      client: entry.client,
      action: entry.action,
      subject_key: subjectKeyOf(this.#lookup, entry.subject),
      outcome: entry.outcome,
      facts: JSON.stringify(entry.facts ?? {}),
      prev_hash: end?.hash ?? genesis,
      format: auditFormat,
      role: entry.role ?? null,
      ground: entry.ground ?? null,
      ...behalfKeyOf(this.#lookup, entry.onBehalfOf),
    };
    // The figures of use are kept with the entries they come from: a report never walks the trail.
    const times = entry.facts?.['count'];
    const n = typeof times === 'number' ? times : 1;
    return [
      insertEntry.with({ ...unsigned, hash: entryHash(unsigned) }),
      countUse.with({ day: at.slice(0, 10), action: entry.action, outcome: entry.outcome, n }),
    ];
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

/** The last entry, the month's key of names and whether a name is kept under it: null where there is none. */
const endOfTrail = prepared((db, { month, actorKey }: { month: string; actorKey: Uint8Array }) => {
  const last = db.selectFrom('audit').orderBy('seq', 'desc').limit(1);
  return db.selectNoFrom([
    last.select('seq').as('seq'),
    last.select('hash').as('hash'),
    db.selectFrom('audit_periods').select('key_id').where('month', '=', month).as('key_id'),
    db
      .selectFrom('audit_people')
      .select('month')
      .where('month', '=', month)
      .where('actor_key', '=', actorKey)
      .as('known'),
  ]);
});

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
