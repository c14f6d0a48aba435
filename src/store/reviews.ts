import type { Transaction, UpdateResult } from 'kysely';
import { FacematchError } from '../errors.js';
import { newId } from '../ids.js';
import type { AuditEntry, AuditTrail } from './audit.js';
import { sameKey } from './crypto/keys.js';
import type { RecordDatabase } from './database.js';
import { rememberGeneration } from './identity.js';
import type { LookupKeys } from './lookup.js';
import { insertEvent, type ReviewRow, type ReviewStep, stepOf, steps, type Verdict } from './reviewRows.js';
import { firstVerdict, type NextStatus, recordVerdict } from './reviewVerdict.js';
import type { Schema } from './schema.js';
import { jsonBytes, type Vault } from './vault.js';

export interface ReviewClaim {
  readonly person: string;
  /** The steps the person may take. */
  readonly steps: readonly ReviewStep[];
  readonly at: string;
  /** When others may take it again. */
  readonly endsAt: string;
  readonly audit: AuditEntry;
}

export interface NewVerdict {
  readonly person: string;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly spentSeconds: number | undefined;
  readonly at: string;
  /** `YYYY-MM-DD`, of who gave it and why. */
  readonly wordsEnd: string;
  /** What follows; `first` is the verdict of the first step, where this is the second. */
  readonly next: (step: ReviewStep, first: Verdict | undefined) => NextStatus;
  readonly audit: AuditEntry;
}

const unclaimed = { claimed_at: null, claim_ends_at: null, claimed_by: null, claimed_name: null };

/** Reviews: who takes each, and what they say. Every change says in the trail which step it was. */
export class Reviews {
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

  /**
   * Gives a review to one person; whose it is already has it for longer.
   *
   * @throws FacematchError `not-found`, `review-claimed`, `review-closed`, `second-person-required` (they gave one of
   * its verdicts), `forbidden` (another's step)
   */
  async claim(id: string, claim: ReviewClaim): Promise<void> {
    const key = this.#lookup.person(claim.person);
    await this.#database.write(async (trx) => {
      const row = await this.#open(trx, id);
      const step = requireStep(row);
      if (!claim.steps.includes(step)) {
        throw new FacematchError('forbidden', 'This step of the review is for others.', { step });
      }
      const mine = row.claimed_by !== null && sameKey(row.claimed_by, key);
      if (row.claimed_by !== null && !mine) throw taken(id);
      if (await this.#gaveVerdict(trx, id, key)) {
        throw new FacematchError('second-person-required', 'They gave a verdict in this review.', { id });
      }
      const name = await this.#vault.sealMore(row, id, 'review.claim', jsonBytes(claim.person));
      const changed = await trx
        .updateTable('reviews')
        .set({
          status: steps[step].taken,
          claimed_at: mine ? row.claimed_at : claim.at,
          claim_ends_at: claim.endsAt,
          claimed_by: key,
          claimed_name: name,
        })
        .where('id', '=', id)
        // Said again, for databases in which two transactions can be here at once.
        .where('status', '=', row.status)
        .executeTakeFirst();
      requireOne(changed, id);
      if (!mine) await insertEvent(trx, { review_id: id, at: claim.at, action: 'claimed', step });
      await this.#note(trx, claim.audit, id, { step });
    });
  }

  /** @throws FacematchError `not-found`, `review-not-yours`, `review-closed` */
  async release(id: string, person: string, at: string, audit: AuditEntry): Promise<void> {
    await this.#database.write(async (trx) => {
      const row = await this.#open(trx, id);
      const step = requireStep(row);
      this.#requireMine(row, person);
      await this.#putBack(trx, row, step, at, 'released');
      await this.#note(trx, audit, id, { step });
    });
  }

  /**
   * Records the verdict of whoever has the review, and what follows from it.
   *
   * @throws FacematchError `not-found`, `review-not-yours`, `review-closed`
   */
  async decide(id: string, given: NewVerdict): Promise<void> {
    const ends = (row: ReviewRow) =>
      given.wordsEnd < row.retention_ends ? given.wordsEnd : row.retention_ends;
    const before = await this.#database.read((db) =>
      db.selectFrom('reviews').selectAll().where('id', '=', id).executeTakeFirst(),
    );
    if (before === undefined) throw none(id);
    const eventId = newId();
    const key = await this.#vault.reserve(ends(before));
    const said = jsonBytes({ person: given.person, reason: given.reason });
    const detail = this.#vault.seal(key, eventId, 'review.words', said);
    await this.#database.write(async (trx) => {
      const row = await this.#open(trx, id);
      const step = requireStep(row);
      this.#requireMine(row, given.person);
      const first = step === 'second' ? await firstVerdict(trx, id) : undefined;
      const next = given.next(step, first);
      const words = { key_id: key.id, retention_ends: ends(row), detail };
      await recordVerdict(trx, row, {
        ...given,
        step,
        next,
        eventId,
        words,
        personKey: this.#lookup.person(given.person),
      });
      await rememberGeneration(trx, key.generation);
      const changed = await trx
        .updateTable('reviews')
        .set({
          ...unclaimed,
          status: next.status,
          ready_at: given.at,
          ...(next.status === 'done' ? { done_at: given.at, verdict: next.verdict } : {}),
        })
        .where('id', '=', id)
        .where('status', '=', row.status)
        .executeTakeFirst();
      requireOne(changed, id);
      await this.#note(trx, given.audit, id, { step });
    });
  }

  /** Puts back what people claimed and did not decide in time. */
  async expire(now: string): Promise<void> {
    const late = (trx: Pick<Transaction<Schema>, 'selectFrom'>) =>
      trx.selectFrom('reviews').selectAll().where('claim_ends_at', '<=', now);
    const any = await this.#database.read((db) => late(db).limit(1).executeTakeFirst());
    if (any === undefined) return;
    await this.#database.write(async (trx) => {
      for (const row of await late(trx).execute()) {
        const step = stepOf(row.status);
        if (step === undefined) continue;
        await this.#putBack(trx, row, step, now, 'expired');
        const by = { client: 'service', actor: 'service', action: 'review.expire', outcome: 'done' };
        await this.#note(trx, by, row.id, { step });
      }
    });
  }

  async #putBack(
    trx: Transaction<Schema>,
    row: ReviewRow,
    step: ReviewStep,
    at: string,
    action: 'released' | 'expired',
  ): Promise<void> {
    await trx
      .updateTable('reviews')
      .set({ ...unclaimed, status: steps[step].waiting })
      .where('id', '=', row.id)
      .execute();
    await insertEvent(trx, { review_id: row.id, at, action, step });
  }

  async #open(trx: Transaction<Schema>, id: string): Promise<ReviewRow> {
    const row = await trx.selectFrom('reviews').selectAll().where('id', '=', id).executeTakeFirst();
    if (row === undefined) throw none(id);
    return row;
  }

  #requireMine(row: ReviewRow, person: string): void {
    if (row.claimed_by !== null && sameKey(row.claimed_by, this.#lookup.person(person))) return;
    throw new FacematchError('review-not-yours', 'The review is not with this person.', { id: row.id });
  }

  async #gaveVerdict(trx: Transaction<Schema>, id: string, personKey: Uint8Array): Promise<boolean> {
    const row = await trx
      .selectFrom('review_words')
      .select('id')
      .where('review_id', '=', id)
      .where('person_key', '=', personKey)
      .executeTakeFirst();
    return row !== undefined;
  }

  #note(trx: Transaction<Schema>, audit: AuditEntry, id: string, facts: { step: string }): Promise<void> {
    return this.#trail.appendIn(trx, { ...audit, subject: { record: id }, facts });
  }
}

function requireStep(row: ReviewRow): ReviewStep {
  const step = stepOf(row.status);
  if (step !== undefined) return step;
  throw new FacematchError('review-closed', 'The review is done.', { id: row.id });
}

function requireOne(changed: UpdateResult, id: string): void {
  if (changed.numUpdatedRows !== 1n) throw taken(id);
}

const taken = (id: string) => new FacematchError('review-claimed', 'Somebody else has this review.', { id });
const none = (id: string) => new FacematchError('not-found', 'There is no such review.', { id });
