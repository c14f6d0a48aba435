import type { Kysely, Transaction } from 'kysely';
import { FacematchError } from '../errors.js';
import { newId } from '../ids.js';
import type { AuditEntry, AuditTrail } from './audit.js';
import { sameKey } from './crypto/keys.js';
import type { RecordDatabase } from './database.js';
import { rememberGeneration } from './identity.js';
import type { LookupKeys } from './lookup.js';
import type { Schema } from './schema.js';
import {
  insertFinding,
  insertVerification,
  type NewFinding,
  type NewVerification,
} from './searchFindings.js';
import {
  findingsOf,
  type OpenedSearch,
  openSearch,
  type SearchDecision,
  type SearchFinding,
  type SearchRequest,
  type SearchRow,
  sealPart,
} from './searchRows.js';
import { jsonBytes, type Vault } from './vault.js';

export interface NewSearch {
  readonly inquiryId: string;
  readonly kind: 'search' | 'sweep';
  readonly request: SearchRequest;
  /** Where the probe is a photo that was handed in. */
  readonly photo: Uint8Array | undefined;
  readonly requestedAt: string;
  /** `YYYY-MM-DD`, of the search with everything it found. */
  readonly retentionEnds: string;
  readonly audit: AuditEntry;
}

/** What a search runs against. */
export interface SearchedStore {
  readonly startedAt: string;
  readonly mode: string;
  readonly model: string;
  readonly documents: number;
  /** The largest id of a document searched. */
  readonly lastDocument: string;
}

export interface SearchOutcome {
  readonly endedAt: string;
  /** Undefined where it failed. */
  readonly compared: number | undefined;
  readonly reached: number;
  /** Highest first. */
  readonly findings: readonly NewFinding[];
  /** An error code where it failed. */
  readonly error?: string | undefined;
  readonly audit: AuditEntry;
}

/** Searches of the store within inquiries: asked for by one person, decided by another. */
export class Searches {
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

  /** @returns the search's id. */
  async request(search: NewSearch): Promise<string> {
    const id = newId();
    const key = await this.#vault.reserve(search.retentionEnds);
    const { inquiryId, kind, photo, request } = search;
    const detail = this.#vault.seal(key, id, 'search.detail', jsonBytes(request));
    const sealedPhoto = photo === undefined ? null : this.#vault.seal(key, id, 'search.photo', photo);
    await this.#database.write(async (trx) => {
      await trx
        .insertInto('searches')
        .values({
          id,
          inquiry_id: inquiryId,
          kind,
          status: 'requested',
          requested_at: search.requestedAt,
          requested_by: this.#lookup.person(request.person),
          key_id: key.id,
          retention_ends: search.retentionEnds,
          detail,
          photo: sealedPhoto,
        })
        .execute();
      await rememberGeneration(trx, key.generation);
      await this.#trail.appendIn(trx, about(id, inquiryId, search.audit));
    });
    return id;
  }

  /** @throws FacematchError `not-found`, `integrity-failure` */
  get(id: string): Promise<OpenedSearch> {
    return this.#database.read(async (db) => openSearch(this.#vault, await rowOf(db, id)));
  }

  /** Highest score first. @throws FacematchError `not-found`, `integrity-failure` */
  findings(id: string): Promise<SearchFinding[]> {
    return this.#database.read(async (db) => findingsOf(db, this.#vault, await rowOf(db, id)));
  }

  /** The photo that was handed in as the probe. @throws FacematchError `not-found`, `integrity-failure` */
  async photo(id: string): Promise<Uint8Array> {
    const row = await this.#database.read((db) => rowOf(db, id));
    if (row.photo === null) throw new FacematchError('not-found', 'The search came without a photo.', { id });
    return this.#vault.open(row, id, 'search.photo', row.photo);
  }

  /** Oldest first. */
  ofInquiry(inquiryId: string): Promise<OpenedSearch[]> {
    return this.#database.read(async (db) => {
      const rows = await db
        .selectFrom('searches')
        .selectAll()
        .where('inquiry_id', '=', inquiryId)
        .orderBy('id')
        .execute();
      return Promise.all(rows.map((row) => openSearch(this.#vault, row)));
    });
  }

  /** Those that say that they run. */
  running(): Promise<OpenedSearch[]> {
    return this.#database.read(async (db) => {
      const rows = await db.selectFrom('searches').selectAll().where('status', '=', 'running').execute();
      return Promise.all(rows.map((row) => openSearch(this.#vault, row)));
    });
  }

  /**
   * Approved, it says from then on that it runs.
   *
   * @throws FacematchError `not-found`, `second-person-required` when the same person asked, `search-closed` when it was
   * decided before
   */
  async decide(id: string, decision: SearchDecision, at: string, audit: AuditEntry): Promise<OpenedSearch> {
    await this.#database.write(async (trx) => {
      const row = await rowOf(trx, id);
      if (sameKey(row.requested_by, this.#lookup.person(decision.person))) {
        throw new FacematchError('second-person-required', 'Nobody approves what they asked for.', { id });
      }
      if (row.status !== 'requested') throw closed(id);
      await trx
        .updateTable('searches')
        .set({
          status: decision.approve ? 'running' : 'refused',
          decided_at: at,
          decision: await sealPart(this.#vault, row, 'search.decision', decision),
        })
        .where('id', '=', id)
        .execute();
      await this.#trail.appendIn(trx, about(id, row.inquiry_id, audit));
    });
    return this.get(id);
  }

  /** Notes what it runs against, before anything is compared. @throws FacematchError `not-found`, `search-closed` */
  async start(id: string, store: SearchedStore, audit: AuditEntry): Promise<void> {
    await this.#database.write(async (trx) => {
      const row = await runningIn(trx, id);
      await trx
        .updateTable('searches')
        .set({
          started_at: store.startedAt,
          mode: store.mode,
          model: store.model,
          documents: store.documents,
          last_document: store.lastDocument,
        })
        .where('id', '=', id)
        .execute();
      await this.#trail.appendIn(trx, about(id, row.inquiry_id, audit));
    });
  }

  /**
   * Ends it, with what it found: an entry for each document found, in one transaction with the findings. A document
   * destroyed meanwhile is not among them.
   *
   * @throws FacematchError `not-found`, `search-closed`
   */
  async end(id: string, outcome: SearchOutcome): Promise<void> {
    await this.#database.write(async (trx) => {
      const row = await runningIn(trx, id);
      await trx
        .updateTable('searches')
        .set({
          status: outcome.error === undefined ? 'done' : 'failed',
          ended_at: outcome.endedAt,
          compared: outcome.compared ?? null,
          reached: outcome.reached,
          error: outcome.error ?? null,
        })
        .where('id', '=', id)
        .execute();
      for (const [index, finding] of outcome.findings.entries()) {
        await this.#record(trx, row, index + 1, finding, outcome.audit);
      }
      await this.#trail.appendIn(trx, about(id, row.inquiry_id, outcome.audit));
    });
  }

  /** @throws FacematchError `not-found`, `verification-closed` where this person or two others gave their verdict */
  async verify(
    id: string,
    rank: number,
    verification: Omit<NewVerification, 'personKey'>,
    audit: AuditEntry,
  ): Promise<void> {
    const personKey = this.#lookup.person(verification.person);
    await this.#database.write(async (trx) => {
      const row = await rowOf(trx, id);
      const record = await insertVerification(trx, this.#vault, row, rank, { ...verification, personKey });
      await this.#trail.appendIn(trx, { ...about(id, row.inquiry_id, audit), subject: { record } });
    });
  }

  async #record(
    trx: Transaction<Schema>,
    row: SearchRow,
    rank: number,
    finding: NewFinding,
    audit: AuditEntry,
  ): Promise<void> {
    for (const record of await insertFinding(trx, this.#vault, row, rank, finding)) {
      await this.#trail.appendIn(trx, {
        ...about(row.id, row.inquiry_id, audit),
        action: 'search.hit',
        subject: { record },
        outcome: 'done',
        facts: { search: row.id, rank },
      });
    }
  }
}

async function rowOf(db: Kysely<Schema>, id: string): Promise<SearchRow> {
  const row = await db.selectFrom('searches').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new FacematchError('not-found', 'There is no such search.', { id });
  return row;
}

async function runningIn(trx: Transaction<Schema>, id: string): Promise<SearchRow> {
  const row = await rowOf(trx, id);
  if (row.status !== 'running') throw closed(id);
  return row;
}

const closed = (id: string) => new FacematchError('search-closed', 'The search is no longer open.', { id });

function about(id: string, inquiryId: string, audit: AuditEntry): AuditEntry {
  return { ...audit, subject: { record: id }, onBehalfOf: { inquiry: inquiryId } };
}
