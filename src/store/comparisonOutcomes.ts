import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { AuditEntry, AuditTrail } from './audit.js';
import type { RecordDatabase } from './database.js';
import type { NewReview } from './reviewRows.js';
import type { Schema } from './schema.js';
import { forgetTrialDay } from './trialFigures.js';
import { jsonBytes, jsonValue, type Vault } from './vault.js';

/** What a comparison comes to after one of its references was corrected. */
export interface NewReevaluation {
  readonly comparisonId: string;
  readonly at: string;
  /** Undefined where the probe is gone: the comparison is only marked then. */
  readonly outcome: string | undefined;
  /** JSON-able; encrypted. */
  readonly detail: unknown;
  /** What it means for the review: one is opened where none is open, or one that nobody took is withdrawn. */
  readonly review?: 'withdraw' | { readonly open: NewReview } | undefined;
}

export interface StoredReevaluation {
  readonly at: string;
  readonly outcome: string | undefined;
  readonly detail: unknown;
}

export interface UsedReferences {
  readonly comparisonId: string;
  /** The position is that in the comparison's evidence, and stays when another reference is destroyed. */
  readonly references: readonly { readonly documentId: string; readonly position: number }[];
}

/** What became of comparisons after they were answered. */
export class ComparisonOutcomes {
  readonly #database: RecordDatabase;
  readonly #vault: Vault;
  readonly #trail: AuditTrail;

  constructor(parts: { database: RecordDatabase; vault: Vault; trail: AuditTrail }) {
    this.#database = parts.database;
    this.#vault = parts.vault;
    this.#trail = parts.trail;
  }

  /** The comparisons that used a document, each with those of its references that still exist, in their order. */
  using(documentId: string): Promise<readonly UsedReferences[]> {
    return this.#database.read(async (db) => {
      const rows = await db
        .selectFrom('comparison_references')
        .select(['comparison_id', 'document_id', 'position'])
        .where('comparison_id', 'in', (sub) =>
          sub
            .selectFrom('comparison_references')
            .select('comparison_id')
            .where('document_id', '=', documentId),
        )
        .orderBy('comparison_id')
        .orderBy('position')
        .execute();
      const byComparison = new Map<string, UsedReferences['references'][number][]>();
      for (const { comparison_id, document_id, position } of rows) {
        const earlier = byComparison.get(comparison_id) ?? [];
        byComparison.set(comparison_id, [...earlier, { documentId: document_id, position }]);
      }
      return [...byComparison].map(([comparisonId, references]) => ({ comparisonId, references }));
    });
  }

  /** Comparisons made with any of these documents, or under any of these identifiers; oldest first. */
  concerning(documents: readonly string[], subjectKeys: readonly Uint8Array[]): Promise<string[]> {
    return this.#database.read(async (db) => {
      const rows = await db
        .selectFrom('comparisons')
        .select('id')
        .where((where) =>
          where.or([
            where('id', 'in', (sub) =>
              sub
                .selectFrom('comparison_references')
                .select('comparison_id')
                .where('document_id', 'in', [...documents]),
            ),
            where('id', 'in', (sub) =>
              sub
                .selectFrom('comparison_subjects')
                .select('comparison_id')
                .where('subject_key', 'in', [...subjectKeys]),
            ),
          ]),
        )
        .orderBy('created_at')
        .execute();
      return rows.map((row) => row.id);
    });
  }

  /** Whose documents comparisons used: the holder's id by the reference's position; none where it was destroyed. */
  referencesOf(comparisonIds: readonly string[]): Promise<ReadonlyMap<string, ReadonlyMap<number, string>>> {
    return this.#database.read(async (db) => {
      const rows = await db
        .selectFrom('comparison_references')
        .innerJoin('documents', 'documents.id', 'document_id')
        .select(['comparison_id', 'position', 'holder_id'])
        .where('comparison_id', 'in', [...comparisonIds])
        .execute();
      const byComparison = new Map<string, Map<number, string>>();
      for (const { comparison_id, position, holder_id } of rows) {
        const owners = byComparison.get(comparison_id) ?? new Map<number, string>();
        byComparison.set(comparison_id, owners.set(position, holder_id));
      }
      return byComparison;
    });
  }

  /** The document at a position of the comparison's evidence; undefined where there is none any more. */
  async referenceAt(comparisonId: string, position: number): Promise<string | undefined> {
    const row = await this.#database.read((db) =>
      db
        .selectFrom('comparison_references')
        .select('document_id')
        .where('comparison_id', '=', comparisonId)
        .where('position', '=', position)
        .executeTakeFirst(),
    );
    return row?.document_id;
  }

  /** What was computed again for a comparison, oldest first. */
  async reevaluations(comparisonId: string): Promise<StoredReevaluation[]> {
    const rows = await this.#database.read((db) =>
      db
        .selectFrom('comparison_reevaluations')
        .innerJoin('comparisons', 'comparisons.id', 'comparison_id')
        .select([
          'comparison_reevaluations.id',
          'at',
          'comparison_reevaluations.outcome',
          'comparison_reevaluations.detail',
          'key_id',
          'retention_ends',
        ])
        .where('comparison_id', '=', comparisonId)
        .orderBy('at')
        .execute(),
    );
    const [first] = rows;
    if (first === undefined) return [];
    const open = await this.#vault.opener(first, comparisonId);
    return rows.map((row) => ({
      at: row.at,
      outcome: row.outcome ?? undefined,
      detail: jsonValue(open(fieldOf(row.id), row.detail)),
    }));
  }

  /** What was decided on the application; the last decision counts. */
  async decide(comparisonId: string, decision: string, decidedAt: string, audit: AuditEntry): Promise<void> {
    await this.#database.write(async (trx) => {
      await trx
        .insertInto('comparison_decisions')
        .values({ comparison_id: comparisonId, decision, decided_at: decidedAt })
        .onConflict((conflict) =>
          conflict.column('comparison_id').doUpdateSet({ decision, decided_at: decidedAt }),
        )
        .execute();
      await forgetTrialDay(trx, { comparisonId });
      await this.#trail.appendIn(trx, audit);
    });
  }

  decision(
    comparisonId: string,
  ): Promise<{ readonly decision: string; readonly decided_at: string } | undefined> {
    return this.#database.read((db) =>
      db
        .selectFrom('comparison_decisions')
        .select(['decision', 'decided_at'])
        .where('comparison_id', '=', comparisonId)
        .executeTakeFirst(),
    );
  }
}

/** Nothing where the comparison was destroyed since it was computed again. */
export async function insertReevaluation(
  trx: Transaction<Schema>,
  vault: Vault,
  one: NewReevaluation,
): Promise<void> {
  const key = await trx
    .selectFrom('comparisons')
    .select(['key_id', 'retention_ends'])
    .where('id', '=', one.comparisonId)
    .executeTakeFirst();
  if (key === undefined) return;
  const id = randomUUID();
  await trx
    .insertInto('comparison_reevaluations')
    .values({
      id,
      comparison_id: one.comparisonId,
      at: one.at,
      outcome: one.outcome ?? null,
      detail: await vault.sealMore(key, one.comparisonId, fieldOf(id), jsonBytes(one.detail)),
    })
    .execute();
}

/** The comparisons that used a document but are not among these: made since those were looked for. */
export async function othersUsing(
  trx: Transaction<Schema>,
  documentId: string,
  known: readonly string[],
): Promise<string[]> {
  const rows = await trx
    .selectFrom('comparison_references')
    .select('comparison_id')
    .distinct()
    .where('document_id', '=', documentId)
    .execute();
  return rows.map(({ comparison_id }) => comparison_id).filter((id) => !known.includes(id));
}

const fieldOf = (id: string) => `comparison.reevaluation/${id}`;
