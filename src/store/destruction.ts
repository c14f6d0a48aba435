import { createHash } from 'node:crypto';
import { sql, type Transaction } from 'kysely';
import type { Clock } from '../clock.js';
import { newId } from '../ids.js';
import type { AuditEntry, AuditTrail } from './audit.js';
import type { RecordDatabase } from './database.js';
import { deleteRecords } from './deleteRecords.js';
import { rememberGeneration } from './identity.js';
import type { Keyring } from './keyring.js';
import type { Ledger, LedgerBatch } from './ledger.js';
import type { LookupKeys } from './lookup.js';
import { type Month, monthOf } from './month.js';
import {
  dueOfMonth,
  keysOfMonth,
  ofComparison,
  type RetainedKind,
  type RetainedRecord,
  retained,
  retainedKinds,
} from './retained.js';
import type { Schema } from './schema.js';

/** Who has records destroyed, and why, as the audit trail notes it. */
export type DestructionOrder = Pick<AuditEntry, 'client' | 'actor' | 'role' | 'onBehalfOf'> & {
  /** Why they go: `retention`, or the decision behind an early destruction. */
  readonly ground: string;
};

export interface DestructionParts {
  readonly database: RecordDatabase;
  readonly keyring: Keyring;
  readonly ledger: Ledger;
  readonly trail: AuditTrail;
  readonly lookup: LookupKeys;
  readonly clock: Clock;
}

/** A key a record was under before a correction moved it to another month: of the record as it was, nothing else. */
const superseded = 'superseded';

interface Intent {
  readonly id: string;
  readonly kind: RetainedKind | typeof superseded;
  readonly month: Month;
  readonly ground: string;
  readonly at: string;
  readonly records: readonly RetainedRecord[];
}

/**
 * Destroys records for good, in steps that each survive a crash: the intent with its audit entry, the ledger, the data
 * keys, the rows. What was begun is finished when the store opens again, and what the ledger knows to be destroyed
 * goes again from a restored database.
 */
export class Destruction {
  readonly #parts: DestructionParts;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: DestructionParts) {
    this.#parts = parts;
  }

  /**
   * Destroys up to `limit` due records of one kind and month, but for those under a hold.
   *
   * @param day `YYYY-MM-DD`; what ends on this day or before is due.
   * @returns how many were destroyed; fewer than the limit when no more are due.
   */
  async destroyDue(
    due: { readonly kind: RetainedKind; readonly month: Month; readonly day: string; readonly limit: number },
    order: DestructionOrder,
  ): Promise<number> {
    const intent = await this.#parts.database.write(async (trx) => {
      const records = await dueOfMonth(trx, due.kind, due);
      return this.#intend(trx, due.kind, due.month, records, order);
    });
    if (intent !== undefined) await this.#carryOut(intent);
    return intent?.records.length ?? 0;
  }

  /**
   * Destroys a record before its end, also one under a hold: the caller answers for it.
   *
   * @returns false when there is no such record any more.
   */
  async destroyNow(kind: RetainedKind, recordId: string, order: DestructionOrder): Promise<boolean> {
    if (kind === 'comparison') {
      for (const hanging of ofComparison) await this.#destroyBy(hanging, 'comparison_id', recordId, order);
    }
    return this.#destroyBy(kind, retained[kind].id, recordId, order);
  }

  /** The records of a kind that have this value in a column. @returns whether there was any. */
  async #destroyBy(
    kind: RetainedKind,
    column: string,
    value: string,
    order: DestructionOrder,
  ): Promise<boolean> {
    const { table, id } = retained[kind];
    const intents = await this.#parts.database.write(async (trx) => {
      const { rows } = await sql<RetainedRecord & { month: Month }>`
        select ${sql.ref(id)} as "recordId", key_id as "keyId", substr(retention_ends, 1, 7) as month
        from ${sql.table(table)} where ${sql.ref(column)} = ${value}`.execute(trx);
      const begun: (Intent | undefined)[] = [];
      for (const row of rows) begun.push(await this.#intend(trx, kind, row.month, [row], order));
      return begun.filter((intent) => intent !== undefined);
    });
    for (const intent of intents) await this.#carryOut(intent);
    return intents.length > 0;
  }

  /**
   * Destroys the key of a month that is over, with every key in it that no record uses. Records of the month that
   * still exist are under a hold: their keys move under the hold key.
   *
   * @returns how many keys moved.
   */
  async endMonth(month: Month, order: DestructionOrder): Promise<number> {
    const { database, trail, clock } = this.#parts;
    const held = await database.read((db) => keysOfMonth(db, month));
    await trail.append(this.#entry(order, 'retention.month', { month, held: held.length }));
    const batch = { id: newId(), kind: 'month', month, ground: order.ground, at: clock().toISOString() };
    await this.#order({ ...batch, entries: [] });
    return held.length;
  }

  /**
   * In the transaction that moves a document to another key: the intent to destroy the one it was under. Carried out
   * by the function that comes back, once that transaction is durable; by the next start otherwise. A database that is
   * restored from before then loses the row under that key, and takes a new transfer of the document.
   *
   * @param row the document as it was.
   */
  async supersedeIn(
    trx: Transaction<Schema>,
    row: { readonly id: string; readonly key_id: string; readonly retention_ends: string },
    { client, actor, role, onBehalfOf }: AuditEntry,
  ): Promise<() => Promise<void>> {
    const records = [{ recordId: row.id, keyId: row.key_id }];
    const order = { client, actor, role, onBehalfOf, ground: 'rectified' };
    const intent = await this.#intend(trx, superseded, monthOf(row.retention_ends), records, order);
    return async () => {
      if (intent !== undefined) await this.#carryOut(intent);
    };
  }

  /**
   * Before anybody reads: what the ledger says is destroyed goes from this database and this keyring too, then what
   * was begun is finished.
   *
   * @returns how many records of this database the ledger's batches concerned.
   */
  async resume(): Promise<number> {
    const { database, keyring, ledger } = this.#parts;
    const { ledger_seq } = await database.read((db) =>
      db.selectFrom('store').select('ledger_seq').executeTakeFirstOrThrow(),
    );
    let gone = 0;
    for (let after = Math.min(ledger_seq, (await keyring.state()).ledgerSeq); ; ) {
      const batches = await ledger.after(after);
      for (const batch of batches) gone += await this.#apply(batch, async () => batch.seq);
      const last = batches.at(-1);
      if (last === undefined) break;
      after = last.seq;
    }
    for (const intent of await this.#intents()) gone += await this.#carryOut(intent);
    return gone;
  }

  async #intend(
    trx: Transaction<Schema>,
    kind: Intent['kind'],
    month: Month,
    records: readonly RetainedRecord[],
    order: DestructionOrder,
  ): Promise<Intent | undefined> {
    if (records.length === 0) return undefined;
    const { trail, clock } = this.#parts;
    const at = clock().toISOString();
    const intent = { id: newId(), kind, month, ground: order.ground, at, records };
    await trx
      .insertInto('destruction_intents')
      .values({
        id: intent.id,
        kind,
        month,
        ground: order.ground,
        begun_at: at,
        records: JSON.stringify(records.map(({ recordId, keyId }) => [recordId, keyId])),
      })
      .execute();
    const facts = { kind, month, count: records.length, batch: intent.id, records: this.#digest(intent) };
    await trail.appendIn(trx, this.#entry(order, 'retention.destroy', facts));
    return intent;
  }

  async #carryOut(intent: Intent): Promise<number> {
    return this.#order(this.#batchOf(intent));
  }

  #order(batch: LedgerBatch): Promise<number> {
    return this.#apply(batch, () => this.#parts.ledger.append(batch));
  }

  /**
   * Keys, then rows: doing it again changes nothing. Keys are destroyed whatever number the keyring knows of, as
   * another process may have had a higher one before this.
   */
  async #apply(batch: LedgerBatch, numberOf: () => Promise<number>): Promise<number> {
    const { database, keyring } = this.#parts;
    const keyIds = batch.entries.map(({ keyId }) => keyId);
    const held = batch.kind === 'month' ? await database.read((db) => keysOfMonth(db, batch.month)) : [];
    const { seq, generation } = await this.#inTurn(async () => {
      const seq = await numberOf();
      const change =
        batch.kind === 'month'
          ? await keyring.destroyMonth(batch.month, held, seq)
          : await keyring.destroyKeys(batch.month, keyIds, seq);
      return { seq, ...change };
    });
    return database.write(async (trx) => {
      const { kind: ordered } = batch;
      const kind = retainedKinds.find((known) => known === (ordered === superseded ? 'document' : ordered));
      const gone = kind === undefined ? 0 : await deleteRecords(trx, kind, keyIds);
      await trx.deleteFrom('destruction_intents').where('id', '=', batch.id).execute();
      await trx.updateTable('store').set({ ledger_seq: seq }).where('ledger_seq', '<', seq).execute();
      await rememberGeneration(trx, generation);
      return gone;
    });
  }

  /** A batch's number and its keys before the next one's: a keyring put back from a copy then knows what it lacks. */
  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(step);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #intents(): Promise<Intent[]> {
    const rows = await this.#parts.database.read((db) =>
      db.selectFrom('destruction_intents').selectAll().orderBy('id').execute(),
    );
    return rows.map((row) => ({
      id: row.id,
      kind: row.kind as Intent['kind'],
      month: row.month as Month,
      ground: row.ground,
      at: row.begun_at,
      records: (JSON.parse(row.records) as [string, string][]).map(([recordId, keyId]) => ({
        recordId,
        keyId,
      })),
    }));
  }

  #batchOf({ id, kind, month, ground, at, records }: Intent): LedgerBatch {
    const entries = records.map(({ recordId, keyId }) => ({
      recordKey: this.#parts.lookup.record(recordId),
      keyId,
    }));
    return { id, kind, month, ground, at, entries };
  }

  /** Ties the audit entry to the ledger's batch. */
  #digest(intent: Intent): string {
    const hash = createHash('sha256');
    for (const { recordKey, keyId } of this.#batchOf(intent).entries) hash.update(recordKey).update(keyId);
    return hash.digest('hex');
  }

  #entry(order: DestructionOrder, action: string, facts: NonNullable<AuditEntry['facts']>): AuditEntry {
    return { ...order, action, outcome: 'done', facts };
  }
}
