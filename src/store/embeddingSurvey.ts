import { sql } from 'kysely';
import type { Clock } from '../clock.js';
import type { RecordDatabase } from './database.js';
import { subjectOfEmbedding, unreadSince, unseenBy } from './seenPhotos.js';

export interface SurveyedDocument {
  readonly id: string;
  /** The model has not seen its photo, and it is not {@link UnreadPhoto unread}. */
  readonly missing: boolean;
}

/** A photo that could not be read for a model, and when that was tried last, ISO 8601. */
export interface UnreadPhoto {
  readonly id: string;
  readonly code: string;
  readonly at: string;
}

/** Which photos a model has not seen, looked for a stretch at a time, and which could not be read for it. */
export class EmbeddingSurvey {
  readonly #database: RecordDatabase;
  readonly #clock: Clock;

  constructor(parts: { database: RecordDatabase; clock: Clock }) {
    this.#database = parts.database;
    this.#clock = parts.clock;
  }

  /**
   * The next `limit` documents after `after`, in the order of their ids, and which of them `model` has not seen: however
   * many there are, a question that is answered in moments, where a search for the missing ones goes through all of them.
   *
   * @param triedBefore ISO 8601: a photo that could not be read then or later does not count as missing.
   */
  async survey(
    model: string,
    after: string,
    limit: number,
    triedBefore: string,
  ): Promise<SurveyedDocument[]> {
    const rows = await this.#database.read((db) =>
      db
        .selectFrom('documents')
        .select('id')
        .select(
          sql<number>`case when ${unseenBy(model)} and not ${unreadSince(model, triedBefore)} then 1 else 0 end`.as(
            'missing',
          ),
        )
        .where('id', '>', after)
        .orderBy('id')
        .limit(limit)
        .execute(),
    );
    return rows.map(({ id, missing }) => ({ id, missing: Number(missing) === 1 }));
  }

  /** Photos that could not be read for `model`, by document, as far as nothing has come of them since. */
  unread(model: string): Promise<UnreadPhoto[]> {
    return this.#database.read((db) =>
      db
        .selectFrom('embedding_unread')
        .select(['document_id as id', 'code', 'at'])
        .where('model', '=', model)
        .orderBy('document_id')
        .execute(),
    );
  }

  /** Notes that the photo could not be read for `model`, until something of it is kept. */
  async noteUnread(id: string, model: string, code: string): Promise<void> {
    const at = this.#clock().toISOString();
    await this.#database.write(
      async (trx) => {
        const still = await trx.selectFrom('documents').select('id').where('id', '=', id).executeTakeFirst();
        if (still === undefined) return;
        await trx
          .insertInto('embedding_unread')
          .values({ document_id: id, model, code, at })
          .onConflict((conflict) => conflict.columns(['document_id', 'model']).doUpdateSet({ code, at }))
          .execute();
      },
      [subjectOfEmbedding(id, model)],
    );
  }
}
