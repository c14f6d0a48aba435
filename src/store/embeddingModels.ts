import { type Kysely, sql, type Transaction } from 'kysely';
import type { Clock } from '../clock.js';
import { FacematchError } from '../errors.js';
import type { AuditEntry, AuditTrail } from './audit.js';
import type { RecordDatabase } from './database.js';
import { followIn, following } from './embeddingRows.js';
import { countMissing } from './embeddingSets.js';
import type { Schema } from './schema.js';

/** Models as `id@version`. */
export interface ActiveModel {
  readonly active: string;
  /** The one before, to which a rollback leads, while its embeddings are kept. */
  readonly previous: string | undefined;
  /** ISO 8601. */
  readonly since: string;
}

/** How many embeddings go in one transaction when a set is discarded. */
const discardBatch = 2_000;

const followBatch = 500;
/** Which model's embeddings count: what a document's row says about its embedding is what this one made of its photo. */
export class EmbeddingModels {
  readonly #database: RecordDatabase;
  readonly #trail: AuditTrail;
  readonly #clock: Clock;

  constructor(parts: { database: RecordDatabase; trail: AuditTrail; clock: Clock }) {
    this.#database = parts.database;
    this.#trail = parts.trail;
    this.#clock = parts.clock;
  }

  /** Undefined until a model was first used with this store. */
  active(): Promise<ActiveModel | undefined> {
    return this.#database.read(activeIn);
  }

  /** Calls the listener when another process may have switched; {@link active} says. @returns what ends it. */
  onAnnounced(listener: () => void): () => Promise<void> {
    return this.#database.onAnnounced(listener);
  }

  /** Makes `model` the active one where none is, and says which one is. */
  async adopt(model: string): Promise<ActiveModel> {
    const since = this.#clock().toISOString();
    return this.#database.write(async (trx) => {
      await trx
        .insertInto('embedding_models')
        .values({ one: 1, active: model, previous: null, since })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      return (await activeIn(trx)) as ActiveModel;
    });
  }

  /**
   * Makes a model the active one, with its audit entry, in one short transaction: from its commit on every comparison
   * goes by it. What the documents' rows say {@link follow}s. The set of the model before stays, for a rollback.
   *
   * A document that comes in the moment before, without its embedding by `model`, is embedded when it is first compared.
   *
   * @throws FacematchError `input-invalid` where a document lacks its embedding by `model`
   */
  async switchTo(model: string, audit: AuditEntry): Promise<void> {
    const since = this.#clock().toISOString();
    // Looked at beforehand: of many documents it takes long, and nobody writes while a switch is made.
    const missing = await this.#database.patient.read((db) => countMissing(db, model));
    if (missing > 0) {
      throw new FacematchError('input-invalid', `${missing} documents have no embedding by ${model} yet.`, {
        missing,
      });
    }
    await this.#database.write(async (trx) => {
      const before = await activeIn(trx);
      if (before === undefined || before.active === model) {
        throw new FacematchError('input-invalid', `${model} is the active model already.`);
      }
      await trx
        .updateTable('embedding_models')
        .set({ active: model, previous: before.active, since })
        .execute();
      await this.#database.announce(trx);
      await this.#trail.appendIn(trx, {
        ...audit,
        facts: { ...audit.facts, from: before.active, to: model },
      });
    });
  }

  /**
   * Makes the model before active again, in one short transaction. Documents that it has not seen, as they came after the
   * switch, are embedded when they are first compared. A second rollback takes back the first.
   *
   * @throws FacematchError `input-invalid` where there is nothing to go back to
   */
  async rollBack(audit: AuditEntry): Promise<ActiveModel> {
    const since = this.#clock().toISOString();
    return this.#database.write(async (trx) => {
      const before = await activeIn(trx);
      if (before?.previous === undefined) {
        throw new FacematchError('input-invalid', 'There is no earlier model whose embeddings are kept.');
      }
      const back = { active: before.previous, previous: before.active, since };
      await trx.updateTable('embedding_models').set(back).execute();
      await this.#database.announce(trx);
      const facts = { ...audit.facts, from: before.active, to: before.previous };
      await this.#trail.appendIn(trx, { ...audit, facts });
      return (await activeIn(trx)) as ActiveModel;
    });
  }

  /**
   * After a switch or rollback: the next `limit` documents after `after`, in the order of their ids, say from now on what
   * the active model made of their photos, as far as it saw them. Until then their rows say what the other one made,
   * and comparisons find the rest beside them.
   *
   * @returns the id to go on after; undefined at the end.
   */
  async follow(after: string, limit: number): Promise<string | undefined> {
    const rows = await this.#database.read((db) =>
      db
        .selectFrom('documents')
        .select(['id', 'embedding_model'])
        .where('id', '>', after)
        .orderBy('id')
        .limit(limit)
        .execute(),
    );
    const last = rows.at(-1)?.id;
    const active = (await this.active())?.active;
    if (last === undefined || rows.every((row) => row.embedding_model === active)) return last;
    await this.#database.write(
      async (trx) => {
        const now = await activeIn(trx);
        if (now !== undefined) await followIn(trx, now.active, { after, last });
      },
      [following],
    );
    return last;
  }

  async #followAll(): Promise<void> {
    for (let after: string | undefined = ''; after !== undefined; )
      after = await this.follow(after, followBatch);
  }

  /**
   * Deletes every embedding that is not by the active model, in small transactions, then cuts the write-ahead log, and
   * says how many they were. From then on there is nothing to roll back to.
   */
  async discardOthers(audit: AuditEntry): Promise<number> {
    const { active } = (await this.active()) ?? {};
    if (active === undefined) return 0;
    // What the others made stands in rows that did not follow yet, too.
    await this.#followAll();
    await this.#database.write(async (trx) => {
      await trx.updateTable('embedding_models').set({ previous: null }).execute();
      await trx.deleteFrom('embedding_failures').where('model', '!=', active).execute();
      await trx.deleteFrom('embedding_unread').where('model', '!=', active).execute();
      await this.#trail.appendIn(trx, { ...audit, facts: { ...audit.facts, kept: active } });
    });
    let discarded = 0;
    for (;;) {
      const removed = await this.#database.write((trx) => removeSome(trx, active));
      discarded += removed;
      if (removed < discardBatch) break;
    }
    await this.#database.checkpoint();
    return discarded;
  }
}

async function activeIn(db: Kysely<Schema>): Promise<ActiveModel | undefined> {
  const row = await db.selectFrom('embedding_models').selectAll().executeTakeFirst();
  return row && { active: row.active, previous: row.previous ?? undefined, since: row.since };
}

async function removeSome(trx: Transaction<Schema>, active: string): Promise<number> {
  const removed = await sql`
    delete from embeddings where (document_id, model) in (
      select document_id, model from embeddings where model <> ${active} limit ${discardBatch})`.execute(trx);
  return Number(removed.numAffectedRows ?? 0);
}
