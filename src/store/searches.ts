import type { Kysely } from 'kysely';
import { FacematchError } from '../errors.js';
import { newId } from '../ids.js';
import type { AuditEntry, AuditTrail } from './audit.js';
import { sameKey } from './crypto/keys.js';
import type { RecordDatabase } from './database.js';
import { rememberGeneration } from './identity.js';
import type { LookupKeys } from './lookup.js';
import type { Schema } from './schema.js';
import { insertVerification, type NewVerification } from './searchFindings.js';
import {
  aboutSearch,
  closedSearch,
  findingsOf,
  type OpenedSearch,
  openSearch,
  type SearchDecision,
  type SearchFinding,
  type SearchRequest,
  sealPart,
  searchRow,
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
      await this.#trail.appendIn(trx, aboutSearch({ id, inquiry_id: inquiryId }, search.audit));
    });
    return id;
  }

  /** @throws FacematchError `not-found`, `integrity-failure` */
  get(id: string): Promise<OpenedSearch> {
    return this.#database.read(async (db) => {
      const row = await withProgress(db).where('searches.id', '=', id).executeTakeFirst();
      if (row === undefined) throw new FacematchError('not-found', 'There is no such search.', { id });
      return openSearch(this.#vault, row);
    });
  }

  /** Highest score first. @throws FacematchError `not-found`, `integrity-failure` */
  findings(id: string): Promise<SearchFinding[]> {
    return this.#database.read(async (db) => findingsOf(db, this.#vault, await searchRow(db, id)));
  }

  /** The photo that was handed in as the probe. @throws FacematchError `not-found`, `integrity-failure` */
  async photo(id: string): Promise<Uint8Array> {
    const row = await this.#database.read((db) => searchRow(db, id));
    if (row.photo === null) throw new FacematchError('not-found', 'The search came without a photo.', { id });
    return this.#vault.open(row, id, 'search.photo', row.photo);
  }

  /** Oldest first. */
  ofInquiry(inquiryId: string): Promise<OpenedSearch[]> {
    return this.#database.read(async (db) => {
      const rows = await withProgress(db)
        .where('inquiry_id', '=', inquiryId)
        .orderBy('searches.id')
        .execute();
      return Promise.all(rows.map((row) => openSearch(this.#vault, row)));
    });
  }

  /**
   * Approved, it says from then on that it runs, and is work for whoever takes it.
   *
   * @throws FacematchError `not-found`, `second-person-required` when the same person asked, `search-closed` when it was
   * decided before
   */
  async decide(id: string, decision: SearchDecision, at: string, audit: AuditEntry): Promise<OpenedSearch> {
    await this.#database.write(async (trx) => {
      const row = await searchRow(trx, id);
      if (sameKey(row.requested_by, this.#lookup.person(decision.person))) {
        throw new FacematchError('second-person-required', 'Nobody approves what they asked for.', { id });
      }
      if (row.status !== 'requested') throw closedSearch(id);
      await trx
        .updateTable('searches')
        .set({
          status: decision.approve ? 'running' : 'refused',
          decided_at: at,
          decision: await sealPart(this.#vault, row, 'search.decision', decision),
        })
        .where('id', '=', id)
        .execute();
      await this.#trail.appendIn(trx, aboutSearch(row, audit));
    });
    return this.get(id);
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
      const row = await searchRow(trx, id);
      const record = await insertVerification(trx, this.#vault, row, rank, { ...verification, personKey });
      await this.#trail.appendIn(trx, { ...aboutSearch(row, audit), subject: { record } });
    });
  }
}

const withProgress = (db: Kysely<Schema>) =>
  db
    .selectFrom('searches')
    .leftJoin('search_work', 'search_work.search_id', 'searches.id')
    .selectAll('searches')
    .select('search_work.progress as thousandths');
