import { createHmac, hkdfSync } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import { isFacematchError } from '../errors.js';
import { seal } from './crypto/aead.js';
import { keyLength, type RecordKey } from './crypto/keys.js';
import { monthOf } from './month.js';
import { prepared } from './prepared.js';
import type { Schema } from './schema.js';
import { jsonBytes, jsonValue, type Vault } from './vault.js';

interface Period {
  readonly month: string;
  readonly key_id: string;
  readonly retention_ends: string;
}

/** What an actor is called in a month, if their name is kept already and the month has this key. */
export interface LikelyPseudonym {
  readonly keyId: string;
  readonly actorKey: Uint8Array;
}

/**
 * Who the actors of the trail are. Each month of the trail has a key of its own, under which its actors' names are
 * sealed and their pseudonyms keyed: when the retention of staff identifiers is over, that key and the names go, the
 * month's pseudonyms mean nothing any more, and the chain of entries stays whole.
 */
export class AuditPeople {
  readonly #vault: Vault;
  readonly #retentionEnds: (day: string) => string;
  #current: { readonly period: Period; readonly key: RecordKey } | undefined;

  /** @param retentionEnds the day on which what was noted on a day (`YYYY-MM-DD`) is to be destroyed. */
  constructor(vault: Vault, retentionEnds: (day: string) => string) {
    this.#vault = vault;
    this.#retentionEnds = retentionEnds;
  }

  /** The actor's pseudonym in the month of `at` under the key used last: for whoever then sees whether it is kept. */
  likely(at: Date, actor: string): LikelyPseudonym | undefined {
    const current = this.#current;
    if (current === undefined || current.period.month !== at.toISOString().slice(0, 7)) return undefined;
    return { keyId: current.period.key_id, actorKey: pseudonym(current.key, actor) };
  }

  /** The actor's pseudonym in the month of `at`, whose name is kept beside it. In the entry's transaction. */
  async pseudonymIn(trx: Transaction<Schema>, at: Date, actor: string): Promise<Uint8Array> {
    const { period, key } = await this.#periodIn(trx, at);
    const actorKey = pseudonym(key, actor);
    const [known] = await knownPerson(trx, { month: period.month, actorKey });
    if (known === undefined) {
      const binding = { record: period.month, field: fieldOf(actorKey), key: period.key_id };
      const sealed = seal(key, jsonBytes({ actor }), binding);
      await trx
        .insertInto('audit_people')
        .values({ month: period.month, actor_key: actorKey, sealed })
        .execute();
    }
    return actorKey;
  }

  /** The pseudonyms of this actor in every month whose key still exists. */
  async pseudonyms(db: Kysely<Schema>, actor: string): Promise<Uint8Array[]> {
    const periods = await db.selectFrom('audit_periods').selectAll().execute();
    const keys = await Promise.all(periods.map((period) => this.#keyOf(period)));
    return keys.flatMap((key) => (key === undefined ? [] : [pseudonym(key, actor)]));
  }

  /** The name behind a pseudonym; undefined once its month's key was destroyed. */
  async name(db: Kysely<Schema>, at: string, actorKey: Uint8Array): Promise<string | undefined> {
    const row = await db
      .selectFrom('audit_people')
      .innerJoin('audit_periods', 'audit_periods.month', 'audit_people.month')
      .selectAll()
      .where('audit_people.month', '=', at.slice(0, 7))
      .where('actor_key', '=', actorKey)
      .executeTakeFirst();
    if (row === undefined || (await this.#keyOf(row)) === undefined) return undefined;
    const opened = jsonValue(await this.#vault.open(row, row.month, fieldOf(actorKey), row.sealed));
    return (opened as { actor: string }).actor;
  }

  async #periodIn(trx: Transaction<Schema>, at: Date): Promise<{ period: Period; key: RecordKey }> {
    const month = at.toISOString().slice(0, 7);
    const [stored] = await periodOf(trx, { month });
    if (stored !== undefined) {
      return { period: stored, key: await this.#open(stored) };
    }
    const retentionEnds = this.#retentionEnds(lastDayOf(month));
    // Once a month, and before the row that names it: a key without its row is harmless.
    const reserved = await this.#vault.reserve(retentionEnds);
    const period = { month, key_id: reserved.id, retention_ends: retentionEnds };
    await trx.insertInto('audit_periods').values(period).execute();
    return { period, key: reserved.key };
  }

  async #open(period: Period): Promise<RecordKey> {
    if (this.#current?.period.key_id === period.key_id) return this.#current.key;
    const key = await this.#vault.keyring.open(period.key_id, monthOf(period.retention_ends));
    this.#current = { period, key };
    return key;
  }

  async #keyOf(period: Period): Promise<RecordKey | undefined> {
    try {
      return await this.#vault.keyring.open(period.key_id, monthOf(period.retention_ends));
    } catch (error) {
      if (isFacematchError(error, 'not-found')) return undefined;
      throw error;
    }
  }
}

const knownPerson = prepared((db, { month, actorKey }: { month: string; actorKey: Uint8Array }) =>
  db.selectFrom('audit_people').select('month').where('month', '=', month).where('actor_key', '=', actorKey),
);

const periodOf = prepared((db, { month }: { month: string }) =>
  db.selectFrom('audit_periods').selectAll().where('month', '=', month),
);

function pseudonym(key: RecordKey, actor: string): Uint8Array {
  const derived = hkdfSync('sha256', key, new Uint8Array(0), 'passport-facematch/v1/audit-actor', keyLength);
  return new Uint8Array(createHmac('sha256', Buffer.from(derived)).update(actor).digest());
}

const fieldOf = (actorKey: Uint8Array) => `audit.person/${Buffer.from(actorKey).toString('hex')}`;

function lastDayOf(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
}
