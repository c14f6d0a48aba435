import type { Kysely } from 'kysely';
import { FacematchError, isFacematchError } from '../errors.js';
import type { LookupKeys } from './lookup.js';
import type { RecordReader } from './recordReader.js';
import type { ReviewRow, ReviewStatus, ReviewStep, Verdict } from './reviewRows.js';
import type { Schema } from './schema.js';
import { jsonValue, type Vault } from './vault.js';

export interface ReviewQuery {
  /** All that are not done unless given. */
  readonly status?: ReviewStatus | undefined;
  readonly office?: string | undefined;
  /** Only what this person has. */
  readonly claimedBy?: string | undefined;
  /** The last one already seen: when it was opened, and its id. */
  readonly after?: readonly [openedAt: string, id: string] | undefined;
  readonly limit: number;
}

export interface QueuedReview {
  readonly id: string;
  readonly comparisonId: string;
  readonly office: string;
  readonly mode: 'active' | 'trial';
  readonly status: ReviewStatus;
  readonly openedAt: string;
  readonly verdict: Verdict | undefined;
  readonly claimedBy: string | undefined;
  readonly outcome: string;
  readonly reasons: readonly string[];
  readonly score: number | undefined;
  readonly strength: number | undefined;
  /** Whether the person who asks gave one of its verdicts. */
  readonly gaveVerdict: boolean;
}

export interface ReviewEvent {
  readonly at: string;
  readonly action: Schema['review_events']['action'];
  readonly step: ReviewStep;
  readonly verdict: Verdict | undefined;
  /** Undefined for what the service did, and once the retention of names and reasons is over. */
  readonly person: string | undefined;
  readonly reason: string | undefined;
}

export interface ReviewOf {
  readonly id: string;
  readonly status: ReviewStatus;
  readonly openedAt: string;
  readonly doneAt: string | undefined;
  readonly verdict: Verdict | undefined;
}

/** Open steps come oldest first, what is done newest first. */
const openStatuses: readonly ReviewStatus[] = [
  'waiting',
  'claimed',
  'second-waiting',
  'second-claimed',
  'disputed',
  'settling',
];

/** Reads reviews: the queue, single ones, and those of comparisons. */
export class ReviewQueue {
  readonly #database: RecordReader;
  readonly #vault: Vault;
  readonly #lookup: LookupKeys;

  constructor(parts: { database: RecordReader; vault: Vault; lookup: LookupKeys }) {
    this.#database = parts.database;
    this.#vault = parts.vault;
    this.#lookup = parts.lookup;
  }

  /** @param person who asks */
  list(query: ReviewQuery, person: string): Promise<QueuedReview[]> {
    return this.#database.read(async (db) => {
      let reviews = db.selectFrom('reviews').selectAll();
      reviews =
        query.status === undefined
          ? reviews.where('status', 'in', [...openStatuses])
          : reviews.where('status', '=', query.status);
      const { office, claimedBy, after } = query;
      if (office !== undefined) reviews = reviews.where('office', '=', office);
      if (claimedBy !== undefined) reviews = reviews.where('claimed_by', '=', this.#lookup.person(claimedBy));
      const [direction, beyond] =
        query.status === 'done' ? (['desc', '<'] as const) : (['asc', '>'] as const);
      if (after !== undefined) {
        reviews = reviews.where(({ eb, refTuple, tuple }) =>
          eb(refTuple('opened_at', 'id'), beyond, tuple(...after)),
        );
      }
      const rows = await reviews
        .orderBy('opened_at', direction)
        .orderBy('id', direction)
        .limit(query.limit)
        .execute();
      return this.#complete(db, rows, person);
    });
  }

  /** @throws FacematchError `not-found` */
  get(id: string, person: string): Promise<{ review: QueuedReview; events: readonly ReviewEvent[] }> {
    return this.#database.read(async (db) => {
      const row = await db.selectFrom('reviews').selectAll().where('id', '=', id).executeTakeFirst();
      const [review] = row === undefined ? [] : await this.#complete(db, [row], person);
      if (review === undefined) throw new FacematchError('not-found', 'There is no such review.', { id });
      return { review, events: await this.#events(db, id) };
    });
  }

  /** How many reviews each status has. */
  counts(office?: string | undefined): Promise<ReadonlyMap<ReviewStatus, number>> {
    return this.#database.read(async (db) => {
      let query = db.selectFrom('reviews').select(['status', ({ fn }) => fn.countAll<number>().as('n')]);
      if (office !== undefined) query = query.where('office', '=', office);
      const rows = await query.groupBy('status').execute();
      return new Map(rows.map(({ status, n }) => [status, n]));
    });
  }

  /** The latest review of each comparison that has one. */
  ofComparisons(ids: readonly string[]): Promise<ReadonlyMap<string, ReviewOf>> {
    if (ids.length === 0) return Promise.resolve(new Map());
    return this.#database.read(async (db) => {
      const rows = await db
        .selectFrom('reviews')
        .select(['id', 'comparison_id', 'status', 'opened_at', 'done_at', 'verdict'])
        .where('comparison_id', 'in', [...ids])
        .orderBy('id')
        .execute();
      return new Map(
        rows.map(({ id, comparison_id, status, opened_at, done_at, verdict }) => [
          comparison_id,
          {
            ...{ id, status, openedAt: opened_at },
            ...{ doneAt: done_at ?? undefined, verdict: verdict ?? undefined },
          },
        ]),
      );
    });
  }

  async #complete(db: Kysely<Schema>, rows: readonly ReviewRow[], person: string): Promise<QueuedReview[]> {
    if (rows.length === 0) return [];
    const comparisonIds = rows.map(({ comparison_id }) => comparison_id);
    const [comparisons, reasons, given] = await Promise.all([
      db
        .selectFrom('comparisons')
        .select(['id', 'outcome', 'score', 'strength'])
        .where('id', 'in', comparisonIds)
        .execute(),
      db
        .selectFrom('comparison_reasons')
        .select(['comparison_id', 'reason'])
        .where('comparison_id', 'in', comparisonIds)
        .execute(),
      db
        .selectFrom('review_words')
        .select('review_id')
        .where('person_key', '=', this.#lookup.person(person))
        .where(
          'review_id',
          'in',
          rows.map(({ id }) => id),
        )
        .execute(),
    ]);
    const found = new Map(comparisons.map((comparison) => [comparison.id, comparison]));
    const mine = new Set(given.map(({ review_id }) => review_id));
    const claimedBy = await Promise.all(rows.map((row) => this.#claimedBy(row)));
    return rows.map((row, index) => {
      const comparison = found.get(row.comparison_id);
      return {
        id: row.id,
        comparisonId: row.comparison_id,
        office: row.office,
        mode: row.mode === 'trial' ? 'trial' : 'active',
        status: row.status,
        openedAt: row.opened_at,
        verdict: row.verdict ?? undefined,
        claimedBy: claimedBy[index],
        outcome: comparison?.outcome ?? 'review',
        reasons: reasons
          .filter(({ comparison_id }) => comparison_id === row.comparison_id)
          .map(({ reason }) => reason),
        score: comparison?.score ?? undefined,
        strength: comparison?.strength ?? undefined,
        gaveVerdict: mine.has(row.id),
      };
    });
  }

  async #claimedBy(row: ReviewRow): Promise<string | undefined> {
    if (row.claimed_name === null) return undefined;
    return jsonValue(await this.#vault.open(row, row.id, 'review.claim', row.claimed_name)) as string;
  }

  async #events(db: Kysely<Schema>, reviewId: string): Promise<ReviewEvent[]> {
    const rows = await eventsWithWords(db).where('review_events.review_id', '=', reviewId).execute();
    return Promise.all(
      rows.map(async ({ id, at, action, step, verdict, key_id, retention_ends, detail }) => ({
        ...{ at, action, step, verdict: verdict ?? undefined },
        ...(await this.#words(id, key_id, retention_ends, detail)),
      })),
    );
  }

  async #words(id: string, keyId: string | null, retentionEnds: string | null, detail: Uint8Array | null) {
    if (keyId === null || retentionEnds === null || detail === null) {
      return { person: undefined, reason: undefined };
    }
    try {
      const key = { key_id: keyId, retention_ends: retentionEnds };
      return jsonValue(await this.#vault.open(key, id, 'review.words', detail)) as {
        person: string;
        reason: string;
      };
    } catch (error) {
      // Its key goes a moment before its row.
      if (isFacematchError(error, 'not-found')) return { person: undefined, reason: undefined };
      throw error;
    }
  }
}

function eventsWithWords(db: Kysely<Schema>) {
  return db
    .selectFrom('review_events')
    .leftJoin('review_words', 'review_words.id', 'review_events.id')
    .select(['review_events.id', 'at', 'action', 'step', 'verdict', 'key_id', 'retention_ends', 'detail'])
    .orderBy('review_events.id');
}
