import { type Kysely, sql, type Transaction } from 'kysely';
import type { Clock } from '../clock.js';
import { FacematchError } from '../errors.js';
import type { AuditEntry, AuditTrail } from './audit.js';
import type { RecordDatabase } from './database.js';
import { countMissing } from './embeddingSets.js';
import type { Schema } from './schema.js';
import { seenBy } from './seenPhotos.js';

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
   * Makes a model the active one, with its audit entry, in one transaction: all of it or nothing. The set of the one
   * before stays, for a rollback.
   *
   * @throws FacematchError `input-invalid` where a document lacks its embedding by `model`
   */
  async switchTo(model: string, audit: AuditEntry): Promise<void> {
    const since = this.#clock().toISOString();
    await this.#database.write(async (trx) => {
      const before = await activeIn(trx);
      if (before === undefined || before.active === model) {
        throw new FacematchError('input-invalid', `${model} is the active model already.`);
      }
      const missing = await countMissing(trx, model);
      if (missing > 0) {
        throw new FacematchError('input-invalid', `${missing} documents have no embedding by ${model} yet.`, {
          missing,
        });
      }
      await activate(trx, model, { previous: before.active, since });
      await this.#database.announce(trx);
      await this.#trail.appendIn(trx, {
        ...audit,
        facts: { ...audit.facts, from: before.active, to: model },
      });
    });
  }

  /**
   * Makes the model before active again, in one transaction. Documents that it has not seen, as they came after the
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
      await activate(trx, before.previous, { previous: before.active, since });
      await this.#database.announce(trx);
      const facts = { ...audit.facts, from: before.active, to: before.previous };
      await this.#trail.appendIn(trx, { ...audit, facts });
      return (await activeIn(trx)) as ActiveModel;
    });
  }

  /**
   * Deletes every embedding that is not by the active model, in small transactions, then cuts the write-ahead log, and
   * says how many they were. From then on there is nothing to roll back to.
   */
  async discardOthers(audit: AuditEntry): Promise<number> {
    const { active } = (await this.active()) ?? {};
    if (active === undefined) return 0;
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

/** Every document that `model` has seen says from now on what it made of it; the others keep what they say. */
async function activate(
  trx: Transaction<Schema>,
  model: string,
  { previous, since }: { previous: string; since: string },
): Promise<void> {
  // The failures of the model before stand in the documents' rows alone, which are about to change.
  await sql`
    insert into embedding_failures (document_id, model, reason)
    select id, embedding_model, embedding_state from documents
    where embedding_state <> 'embedded' and embedding_model <> ${model}
    on conflict do nothing`.execute(trx);
  await sql`
    update documents set embedding_model = ${model}, embedding_state = case
      when exists (select 1 from embeddings e where e.document_id = documents.id and e.model = ${model})
      then 'embedded'
      else (select f.reason from embedding_failures f where f.document_id = documents.id and f.model = ${model}) end
    where embedding_model <> ${model} and ${seenBy(model)}`.execute(trx);
  await trx.updateTable('embedding_models').set({ active: model, previous, since }).execute();
}

async function removeSome(trx: Transaction<Schema>, active: string): Promise<number> {
  const removed = await sql`
    delete from embeddings where (document_id, model) in (
      select document_id, model from embeddings where model <> ${active} limit ${discardBatch})`.execute(trx);
  return Number(removed.numAffectedRows ?? 0);
}
