import { randomUUID } from 'node:crypto';
import type { Kysely, Selectable } from 'kysely';
import { FacematchError } from '../errors.js';
import type { AuditEntry, AuditTrail } from './audit.js';
import { sameKey } from './crypto/keys.js';
import type { RecordDatabase } from './database.js';
import { rememberGeneration } from './identity.js';
import type { LookupKeys } from './lookup.js';
import { prepared } from './prepared.js';
import type { Schema } from './schema.js';
import { jsonBytes, jsonValue, type Vault } from './vault.js';

export type Mode = Schema['mode_changes']['mode'];

export interface NewModeRequest {
  readonly mode: Mode;
  /** ISO 8601 date-time; undefined for `active`, which has no end. */
  readonly endsAt: string | undefined;
  readonly reason: string;
  readonly ground: string;
  /** The person who asks. */
  readonly person: string;
  readonly requestedAt: string;
  /** After which nobody can approve it any more. */
  readonly expiresAt: string;
  /** `YYYY-MM-DD`, of the written reason. */
  readonly retentionEnds: string;
  readonly audit: AuditEntry;
}

export interface ModeChange {
  readonly id: string;
  readonly mode: Mode;
  readonly endsAt: string | undefined;
  readonly reason: string;
  readonly ground: string;
  readonly requestedAt: string;
  readonly expiresAt: string;
  readonly approvedAt: string | undefined;
}

/** A change that took effect, without the words written about it. */
export type EffectiveMode = Pick<ModeChange, 'id' | 'mode' | 'endsAt'> & { readonly approvedAt: string };

type Row = Selectable<Schema['mode_changes']>;

/** Requests to put the service on trial, to suspend it or to end either, and what took effect. */
export class Modes {
  readonly #database: RecordDatabase;
  readonly #vault: Vault;
  readonly #trail: AuditTrail;
  readonly #lookup: LookupKeys;

  constructor(parts: { database: RecordDatabase; vault: Vault; trail: AuditTrail; lookup: LookupKeys }) {
    this.#database = parts.database;
    this.#vault = parts.vault;
    this.#trail = parts.trail;
    this.#lookup = parts.lookup;
  }

  /** The change in effect; undefined while there never was one. Read each time: other processes change it too. */
  effective(): Promise<EffectiveMode | undefined> {
    return this.#database.read(effectiveModeIn);
  }

  async request(request: NewModeRequest): Promise<string> {
    const id = randomUUID();
    const key = await this.#vault.reserve(request.retentionEnds);
    const { reason, ground } = request;
    const detail = this.#vault.seal(key, id, 'mode.detail', jsonBytes({ reason, ground }));
    await this.#database.write(async (trx) => {
      await trx
        .insertInto('mode_changes')
        .values({
          id,
          mode: request.mode,
          ends_at: request.endsAt ?? null,
          requested_at: request.requestedAt,
          requested_by: this.#lookup.person(request.person),
          expires_at: request.expiresAt,
          approved_at: null,
          key_id: key.id,
          retention_ends: request.retentionEnds,
          detail,
        })
        .execute();
      await rememberGeneration(trx, key.generation);
      await this.#trail.appendIn(trx, { ...request.audit, subject: { record: id } });
    });
    return id;
  }

  /**
   * Lets a request take effect.
   *
   * @throws FacematchError `not-found`, `second-person-required` when the same person asked, `request-closed`
   */
  async approve(id: string, person: string, now: string, audit: AuditEntry): Promise<ModeChange> {
    const row = await this.#database.write(async (trx) => {
      const found = await trx.selectFrom('mode_changes').selectAll().where('id', '=', id).executeTakeFirst();
      if (found === undefined) throw new FacematchError('not-found', 'There is no such request.', { id });
      if (sameKey(found.requested_by, this.#lookup.person(person))) {
        throw new FacematchError('second-person-required', 'Nobody approves what they asked for.', { id });
      }
      const before = await effectiveModeIn(trx);
      if (!isOpen(found, before, now)) {
        throw new FacematchError('request-closed', 'The request is no longer open.', { id });
      }
      await trx
        .insertInto('modes')
        .values({
          position: (before?.position ?? 0) + 1,
          change_id: id,
          mode: found.mode,
          ends_at: found.ends_at,
          since: now,
        })
        .execute();
      await trx.updateTable('mode_changes').set({ approved_at: now }).where('id', '=', id).execute();
      await this.#trail.appendIn(trx, { ...audit, subject: { record: id } });
      return { ...found, approved_at: now };
    });
    return this.#opened(row);
  }

  /** @throws FacematchError `not-found` */
  async get(id: string): Promise<ModeChange> {
    const row = await this.#database.read((db) =>
      db.selectFrom('mode_changes').selectAll().where('id', '=', id).executeTakeFirst(),
    );
    if (row === undefined) throw new FacematchError('not-found', 'There is no such request.', { id });
    return this.#opened(row);
  }

  /** What may still be approved, oldest first. */
  async open(now: string): Promise<ModeChange[]> {
    const rows = await this.#database.read(async (db) => {
      const before = await effectiveModeIn(db);
      const waiting = await db
        .selectFrom('mode_changes')
        .selectAll()
        .where('approved_at', 'is', null)
        .where('expires_at', '>', now)
        .orderBy('requested_at')
        .execute();
      return waiting.filter((row) => isOpen(row, before, now));
    });
    return Promise.all(rows.map((row) => this.#opened(row)));
  }

  async #opened(row: Row): Promise<ModeChange> {
    const written = jsonValue(await this.#vault.open(row, row.id, 'mode.detail', row.detail));
    const { reason, ground } = written as { reason: string; ground: string };
    return {
      id: row.id,
      mode: row.mode,
      endsAt: row.ends_at ?? undefined,
      reason,
      ground,
      requestedAt: row.requested_at,
      expiresAt: row.expires_at,
      approvedAt: row.approved_at ?? undefined,
    };
  }
}

const lastMode = prepared((db) => db.selectFrom('modes').selectAll().orderBy('position', 'desc').limit(1));

export async function effectiveModeIn(
  db: Kysely<Schema>,
): Promise<(EffectiveMode & { readonly position: number }) | undefined> {
  const [row] = await lastMode(db, {});
  return (
    row && {
      id: row.change_id,
      mode: row.mode,
      endsAt: row.ends_at ?? undefined,
      approvedAt: row.since,
      position: row.position,
    }
  );
}

/** A request made before the last change answers a situation that is gone. */
function isOpen(row: Row, last: EffectiveMode | undefined, now: string): boolean {
  return (
    row.approved_at === null &&
    row.expires_at > now &&
    (row.ends_at === null || row.ends_at > now) &&
    (last === undefined || row.requested_at >= last.approvedAt)
  );
}

/** The mode at a moment: a trial whose end has come is a suspension, which lasts until somebody ends it. */
export function modeAt(change: Pick<EffectiveMode, 'mode' | 'endsAt'> | undefined, now: string): Mode {
  if (change === undefined) return 'active';
  if (change.mode === 'trial' && change.endsAt !== undefined && change.endsAt <= now) return 'suspended';
  return change.mode;
}
