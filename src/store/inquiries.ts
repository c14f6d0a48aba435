import type { Selectable, Transaction } from 'kysely';
import { FacematchError, isFacematchError } from '../errors.js';
import { newId } from '../ids.js';
import type { AuditEntry, AuditTrail } from './audit.js';
import type { RecordDatabase } from './database.js';
import type { HeldKind, Holds, NewHold } from './holds.js';
import { rememberGeneration } from './identity.js';
import { InquiryReader, inquiryRow } from './inquiryReader.js';
import { type InquiryAction, insertMember, recordEvent } from './inquiryRows.js';
import type { LookupKeys } from './lookup.js';
import type { Schema } from './schema.js';
import { jsonBytes, type Vault } from './vault.js';

export interface NewInquiry {
  /** Encrypted. */
  readonly detail: {
    readonly reference: string;
    readonly ground: string;
    readonly purpose: string;
    readonly openedBy: string;
  };
  readonly members: readonly string[];
  /** ISO 8601 date-times. */
  readonly openedAt: string;
  readonly endsAt: string;
  /** `YYYY-MM-DD`, of everything written about it. */
  readonly retentionEnds: string;
  readonly audit: AuditEntry;
}

/** One change of an inquiry: who made it, when and why. */
export interface InquiryChange {
  readonly at: string;
  readonly person: string;
  readonly reason: string;
  readonly audit: AuditEntry;
}

/** What the hold on a record of an inquiry is made of, but for the record. */
export type InquiryHold = Omit<NewHold, 'kind' | 'recordId'>;

type Row = Selectable<Schema['inquiries']>;

/** How often an inquiry is extended anew because a record was added meanwhile. */
const mostTurns = 5;

/** Inquiries, each with its members, its records under hold, and its history. */
export class Inquiries extends InquiryReader {
  readonly #database: RecordDatabase;
  readonly #vault: Vault;
  readonly #trail: AuditTrail;
  readonly #lookup: LookupKeys;
  readonly #holds: Holds;

  constructor(parts: {
    database: RecordDatabase;
    vault: Vault;
    trail: AuditTrail;
    lookup: LookupKeys;
    holds: Holds;
  }) {
    super(parts);
    this.#database = parts.database;
    this.#vault = parts.vault;
    this.#trail = parts.trail;
    this.#lookup = parts.lookup;
    this.#holds = parts.holds;
  }

  /** @returns the inquiry's id. */
  async open(inquiry: NewInquiry): Promise<string> {
    const id = newId();
    const key = await this.#vault.reserve(inquiry.retentionEnds);
    const row = { id, key_id: key.id, retention_ends: inquiry.retentionEnds };
    const detail = this.#vault.seal(key, id, 'inquiry.detail', jsonBytes(inquiry.detail));
    await this.#database.write(async (trx) => {
      await trx
        .insertInto('inquiries')
        .values({ ...row, opened_at: inquiry.openedAt, ends_at: inquiry.endsAt, closed_at: null, detail })
        .execute();
      for (const name of new Set(inquiry.members)) await this.#addMember(trx, row, name);
      await rememberGeneration(trx, key.generation);
      const event = { at: inquiry.openedAt, action: 'opened', person: inquiry.detail.openedBy } as const;
      await recordEvent(trx, this.#vault, row, event);
      await this.#trail.appendIn(trx, this.#about(id, inquiry.audit));
    });
    return id;
  }

  /** @throws FacematchError `not-found`, `inquiry-closed` */
  changeMembers(
    id: string,
    { add, remove }: { readonly add: readonly string[]; readonly remove: readonly string[] },
    change: InquiryChange,
  ): Promise<void> {
    return this.#change(id, 'members', change, { add, remove }, async (trx, row) => {
      for (const name of remove) {
        await trx
          .deleteFrom('inquiry_members')
          .where('inquiry_id', '=', id)
          .where('person_key', '=', this.#lookup.person(name))
          .execute();
      }
      for (const name of add) await this.#addMember(trx, row, name);
    });
  }

  /**
   * Takes a record into the inquiry and holds it. One that is in it already stays as it is.
   *
   * @throws FacematchError `not-found` (the inquiry, or the record), `inquiry-closed`
   */
  async addRecord(
    id: string,
    record: { readonly kind: HeldKind; readonly id: string },
    hold: InquiryHold,
    change: InquiryChange,
  ): Promise<void> {
    const placeIn = await this.#holds.prepare({ ...hold, kind: record.kind, recordId: record.id });
    await this.#change(id, 'record', change, record, async (trx, row) => {
      const known = await trx
        .selectFrom('inquiry_records')
        .select('record_id')
        .where('inquiry_id', '=', id)
        .where('kind', '=', record.kind)
        .where('record_id', '=', record.id)
        .executeTakeFirst();
      if (known !== undefined) return;
      const words = jsonBytes({ person: change.person, reason: change.reason });
      await trx
        .insertInto('inquiry_records')
        .values({
          inquiry_id: id,
          kind: record.kind,
          record_id: record.id,
          hold_id: await placeIn(trx),
          added_at: change.at,
          detail: await this.#vault.sealMore(row, id, `inquiry.record/${record.id}`, words),
        })
        .execute();
    });
  }

  /**
   * Moves its end; every record of it gets a hold until then in the place of the one it had.
   *
   * @param holdOf the hold for each record.
   * @throws FacematchError `not-found`, `inquiry-closed`, `busy` where records are added to it all the time
   */
  async extend(id: string, endsAt: string, holdOf: () => InquiryHold, change: InquiryChange): Promise<void> {
    for (let turn = 1; ; turn++) {
      try {
        return await this.#extend(id, endsAt, holdOf, change);
      } catch (error) {
        // A record was added since its records were read.
        if (!isFacematchError(error, 'busy') || turn === mostTurns) throw error;
      }
    }
  }

  async #extend(id: string, endsAt: string, holdOf: () => InquiryHold, change: InquiryChange): Promise<void> {
    const { records } = await this.get(id);
    const holds = await Promise.all(
      records.map(async (record) => ({
        record,
        placeIn: await this.#holds.prepare({ ...holdOf(), kind: record.kind, recordId: record.id }),
      })),
    );
    await this.#change(id, 'extended', change, { endsAt }, async (trx) => {
      await trx.updateTable('inquiries').set({ ends_at: endsAt }).where('id', '=', id).execute();
      const held = await this.#heldIn(trx, id);
      for (const { record_id, hold_id } of held) {
        const next = holds.find(({ record }) => record.id === record_id);
        // Added meanwhile, by somebody who knew the earlier end.
        if (next === undefined) throw new FacematchError('busy', 'The inquiry is being changed.', { id });
        const placed = await next.placeIn(trx).catch((error: unknown) => {
          // Destroyed before its end, by somebody who answered for it: there is nothing left to hold.
          if (isFacematchError(error, 'not-found')) return undefined;
          throw error;
        });
        if (placed === undefined) continue;
        await trx
          .updateTable('inquiry_records')
          .set({ hold_id: placed })
          .where('inquiry_id', '=', id)
          .where('record_id', '=', record_id)
          .execute();
        await this.#release(trx, hold_id, change);
      }
    });
  }

  /** Ends it for good and releases its records. @throws FacematchError `not-found`, `inquiry-closed` */
  close(id: string, outcome: string, change: InquiryChange): Promise<void> {
    return this.#change(id, 'closed', change, { outcome }, async (trx) => {
      await trx.updateTable('inquiries').set({ closed_at: change.at }).where('id', '=', id).execute();
      for (const { hold_id } of await this.#heldIn(trx, id)) await this.#release(trx, hold_id, change);
    });
  }

  async #change(
    id: string,
    action: InquiryAction,
    change: InquiryChange,
    facts: object,
    work: (trx: Transaction<Schema>, row: Row) => Promise<void>,
  ): Promise<void> {
    const { at, person, reason } = change;
    await this.#database.write(async (trx) => {
      const row = await inquiryRow(trx, id);
      // What nobody may act in any more can still be given its outcome.
      const over = row.closed_at !== null || (row.ends_at <= at && action !== 'closed');
      if (over) {
        throw new FacematchError('inquiry-closed', 'The inquiry is closed, or its end has come.', { id });
      }
      await work(trx, row);
      await recordEvent(trx, this.#vault, row, { at, action, person, reason, ...facts });
      await this.#trail.appendIn(trx, this.#about(id, change.audit));
    });
  }

  #addMember(trx: Transaction<Schema>, row: Parameters<typeof insertMember>[2], name: string): Promise<void> {
    return insertMember(trx, this.#vault, row, { name, key: this.#lookup.person(name) });
  }

  #heldIn(trx: Transaction<Schema>, id: string) {
    return trx
      .selectFrom('inquiry_records')
      .select(['record_id', 'hold_id'])
      .where('inquiry_id', '=', id)
      .execute();
  }

  #release(trx: Transaction<Schema>, holdId: string, { at, audit }: InquiryChange): Promise<void> {
    const entry = {
      ...audit,
      action: 'hold.release',
      subject: { record: holdId },
      outcome: 'done',
      facts: {},
    };
    return this.#holds.releaseIn(trx, holdId, at, entry);
  }

  #about(id: string, audit: AuditEntry): AuditEntry {
    return { ...audit, subject: { record: id }, onBehalfOf: { inquiry: id } };
  }
}
