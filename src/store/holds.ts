import type { SelectQueryBuilder, Transaction } from 'kysely';
import { FacematchError } from '../errors.js';
import { newId } from '../ids.js';
import type { AuditEntry, AuditTrail } from './audit.js';
import type { RecordDatabase } from './database.js';
import { rememberGeneration } from './identity.js';
import type { Schema } from './schema.js';
import { jsonBytes, jsonValue, type Vault } from './vault.js';

export type HoldGround = 'inquiry' | 'judicial';
export type HeldKind = 'document' | 'comparison';

export interface NewHold {
  readonly kind: HeldKind;
  readonly recordId: string;
  readonly ground: HoldGround;
  /** `YYYY-MM-DD`: from this day on it holds nothing. */
  readonly endsOn: string;
  /** The inquiry's or file's reference, and why; encrypted. */
  readonly detail: { readonly reference: string; readonly reason: string };
  /** `YYYY-MM-DD`: when the hold itself, with its reason, is to be destroyed. */
  readonly retentionEnds: string;
  readonly placedAt: string;
  readonly audit: AuditEntry;
}

/** What a record under a hold says of it. */
export interface Hold {
  readonly id: string;
  readonly kind: HeldKind;
  readonly recordId: string;
  readonly ground: HoldGround;
  readonly placedAt: string;
  readonly endsOn: string;
  /** Undefined while it was not released. */
  readonly releasedAt?: string | undefined;
}

/** Records that are kept past their end, for an open inquiry or by order of a judge. */
export class Holds {
  readonly #database: RecordDatabase;
  readonly #vault: Vault;
  readonly #trail: AuditTrail;

  constructor(parts: { database: RecordDatabase; vault: Vault; trail: AuditTrail }) {
    this.#database = parts.database;
    this.#vault = parts.vault;
    this.#trail = parts.trail;
  }

  /**
   * From now on the record, and a comparison's probe with it, is not destroyed before every hold on it ended.
   *
   * @returns the hold's id.
   * @throws FacematchError `not-found` when the record is not there, or its destruction has begun.
   */
  async place(hold: NewHold): Promise<string> {
    const placeIn = await this.prepare(hold);
    return this.#database.write(placeIn);
  }

  /**
   * The same in somebody else's transaction: the key and the encryption come before it.
   *
   * @returns what places the hold, once, and gives its id; throws as {@link place} does.
   */
  async prepare(hold: NewHold): Promise<(trx: Transaction<Schema>) => Promise<string>> {
    const id = newId();
    const key = await this.#vault.reserve(hold.retentionEnds);
    const detail = this.#vault.seal(key, id, 'hold.detail', jsonBytes(hold.detail));
    return async (trx) => {
      const { kind, recordId } = hold;
      const record = await trx
        .selectFrom(kind === 'document' ? 'documents' : 'comparisons')
        .select('id')
        .where('id', '=', recordId)
        .executeTakeFirst();
      const intents = await trx.selectFrom('destruction_intents').select('records').execute();
      const going = intents.some(({ records }) => records.includes(JSON.stringify(recordId)));
      if (record === undefined || going) {
        throw new FacematchError('not-found', 'The store has no such record any more.', { id: recordId });
      }
      await trx
        .insertInto('holds')
        .values({
          id,
          kind,
          record_id: recordId,
          ground: hold.ground,
          placed_at: hold.placedAt,
          ends_on: hold.endsOn,
          released_at: null,
          key_id: key.id,
          retention_ends: hold.retentionEnds,
          detail,
        })
        .execute();
      await rememberGeneration(trx, key.generation);
      await this.#trail.appendIn(trx, hold.audit);
      return id;
    };
  }

  /**
   * Ends a hold early: the record goes with the next run when it is due. Doing it again changes nothing.
   *
   * @throws FacematchError `not-found`
   */
  async release(id: string, at: string, audit: AuditEntry): Promise<void> {
    await this.#database.write((trx) => this.releaseIn(trx, id, at, audit));
  }

  /** The same in somebody else's transaction. */
  async releaseIn(trx: Transaction<Schema>, id: string, at: string, audit: AuditEntry): Promise<void> {
    const row = await trx.selectFrom('holds').select('released_at').where('id', '=', id).executeTakeFirst();
    if (row === undefined) throw new FacematchError('not-found', 'There is no such hold.', { id });
    if (row.released_at !== null) return;
    await trx.updateTable('holds').set({ released_at: at }).where('id', '=', id).execute();
    await this.#trail.appendIn(trx, audit);
  }

  /** Every hold on a record, ended ones too, oldest first. */
  of(kind: HeldKind, recordId: string): Promise<Hold[]> {
    return this.#where((holds) => holds.where('kind', '=', kind).where('record_id', '=', recordId));
  }

  /**
   * The holds that keep a record on this day, oldest first.
   *
   * @param day `YYYY-MM-DD`
   */
  inForce(day: string): Promise<Hold[]> {
    return this.#where((holds) => holds.where('released_at', 'is', null).where('ends_on', '>', day));
  }

  async #where(
    which: (
      holds: SelectQueryBuilder<Schema, 'holds', object>,
    ) => SelectQueryBuilder<Schema, 'holds', object>,
  ): Promise<Hold[]> {
    const rows = await this.#database.read((db) =>
      which(db.selectFrom('holds'))
        .select(['id', 'kind', 'record_id', 'ground', 'placed_at', 'ends_on', 'released_at'])
        .orderBy('id')
        .execute(),
    );
    return rows.map((row) => ({
      id: row.id,
      kind: row.kind,
      recordId: row.record_id,
      ground: row.ground,
      placedAt: row.placed_at,
      endsOn: row.ends_on,
      releasedAt: row.released_at ?? undefined,
    }));
  }

  /** @throws FacematchError `not-found`, `integrity-failure` */
  async detail(id: string): Promise<NewHold['detail']> {
    const row = await this.#database.read((db) =>
      db
        .selectFrom('holds')
        .select(['key_id', 'retention_ends', 'detail'])
        .where('id', '=', id)
        .executeTakeFirst(),
    );
    if (row === undefined) throw new FacematchError('not-found', 'There is no such hold.', { id });
    return jsonValue(await this.#vault.open(row, id, 'hold.detail', row.detail)) as NewHold['detail'];
  }
}
