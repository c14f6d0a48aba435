import type { AuditTrail } from './audit.js';
import { findableBy } from './comparisonLinks.js';
import { together } from './database/together.js';
import type { RecordDatabase } from './database.js';
import type { NewComparison } from './newComparison.js';
import { openReview, prepareReview } from './reviewRows.js';
import type { Vault } from './vault.js';

export type ComparisonFacts = Pick<NewComparison, 'reasons' | 'score' | 'strength' | 'numberKeys'>;

/** Brings comparisons that were made before they could be asked for to where new ones begin. */
export class ComparisonIndexing {
  readonly #database: RecordDatabase;
  readonly #vault: Vault;
  readonly #trail: AuditTrail;

  constructor(parts: { database: RecordDatabase; vault: Vault; trail: AuditTrail }) {
    this.#database = parts.database;
    this.#vault = parts.vault;
    this.#trail = parts.trail;
  }

  /** Ids of those that are left after one, in order, by an index that holds no others. */
  async left(after: string, limit: number): Promise<string[]> {
    const rows = await this.#database.read((db) =>
      db
        .selectFrom('comparisons')
        .select('id')
        .where('queryable', '=', 0)
        .where('id', '>', after)
        .orderBy('id')
        .limit(limit)
        .execute(),
    );
    return rows.map(({ id }) => id);
  }

  /**
   * @param reviewRetentionEnds `YYYY-MM-DD`, of the review that it gets where it asks for one and nobody decided.
   */
  async add(id: string, facts: ComparisonFacts, reviewRetentionEnds: string): Promise<void> {
    const before = await this.#database.read((db) =>
      db
        .selectFrom('comparisons')
        .leftJoin('comparison_decisions', 'comparison_decisions.comparison_id', 'comparisons.id')
        .select(['outcome', 'office', 'mode', 'created_at', 'decision'])
        .where('comparisons.id', '=', id)
        .executeTakeFirst(),
    );
    if (before === undefined) return;
    const { outcome, office, mode, created_at: createdAt, decision } = before;
    const review =
      outcome === 'review' && decision === null
        ? await prepareReview(this.#vault, {
            ...{ comparisonId: id, office, openedAt: createdAt },
            retentionEnds: reviewRetentionEnds,
          })
        : undefined;
    await this.#database.write(async (trx) => {
      const changed = await trx
        .updateTable('comparisons')
        .set({ score: facts.score ?? null, strength: facts.strength ?? null, queryable: 1 })
        .where('id', '=', id)
        .where('queryable', '=', 0)
        .executeTakeFirst();
      // Gone, or done meanwhile by another process.
      if (changed.numUpdatedRows === 0n) return;
      await together(trx, [
        ...findableBy({ id, createdAt, ...facts }),
        ...(review === undefined ? [] : openReview(review, mode)),
      ]);
    });
  }

  /** Notes in the trail that comparisons were read for it. */
  note(comparisons: number): Promise<void> {
    const by = { client: 'service', actor: 'service', action: 'comparison.index', outcome: 'done' };
    return this.#trail.append({ ...by, facts: { comparisons } });
  }
}
