import type { Kysely, Selectable } from 'kysely';
import { FacematchError } from '../errors.js';
import type { HeldKind } from './holds.js';
import { type OpenedInquiry, openInquiry } from './inquiryRows.js';
import type { LookupKeys } from './lookup.js';
import type { RecordReader } from './recordReader.js';
import type { Schema } from './schema.js';
import type { Vault } from './vault.js';

export interface InquiryQuery {
  /** Only inquiries this person is a member of; all unless given. */
  readonly person?: string | undefined;
  /** The last one already seen. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Reads inquiries, and who may act in them. */
export class InquiryReader {
  readonly #database: RecordReader;
  readonly #vault: Vault;
  readonly #lookup: LookupKeys;

  constructor(parts: { database: RecordReader; vault: Vault; lookup: LookupKeys }) {
    this.#database = parts.database;
    this.#vault = parts.vault;
    this.#lookup = parts.lookup;
  }

  /** @throws FacematchError `not-found`, `integrity-failure` */
  get(id: string): Promise<OpenedInquiry> {
    return this.#database.read(async (db) => openInquiry(db, this.#vault, await inquiryRow(db, id)));
  }

  /** Newest first. */
  list({ person, after, limit }: InquiryQuery): Promise<OpenedInquiry[]> {
    return this.#database.read(async (db) => {
      let query = db.selectFrom('inquiries').selectAll('inquiries');
      if (person !== undefined) {
        const key = this.#lookup.person(person);
        query = query.where('id', 'in', (members) =>
          members.selectFrom('inquiry_members').select('inquiry_id').where('person_key', '=', key),
        );
      }
      if (after !== undefined) query = query.where('id', '<', after);
      const rows = await query.orderBy('id', 'desc').limit(limit).execute();
      return Promise.all(rows.map((row) => openInquiry(db, this.#vault, row)));
    });
  }

  /** Whether the person may act in it now: it is open, its end is not reached, and they are a member. */
  admits(id: string, person: string, now: string): Promise<boolean> {
    return this.#database.read(async (db) => {
      const row = await db
        .selectFrom('inquiries')
        .innerJoin('inquiry_members', 'inquiry_members.inquiry_id', 'inquiries.id')
        .select('inquiries.id')
        .where('inquiries.id', '=', id)
        .where('closed_at', 'is', null)
        .where('ends_at', '>', now)
        .where('person_key', '=', this.#lookup.person(person))
        .executeTakeFirst();
      return row !== undefined;
    });
  }

  /** Whether a record is in an inquiry that nobody closed. */
  concerns(record: { readonly kind: HeldKind; readonly id: string }): Promise<boolean> {
    return this.#database.read(async (db) => {
      const row = await db
        .selectFrom('inquiry_records')
        .innerJoin('inquiries', 'inquiries.id', 'inquiry_id')
        .select('inquiry_id')
        .where('kind', '=', record.kind)
        .where('record_id', '=', record.id)
        .where('closed_at', 'is', null)
        .executeTakeFirst();
      return row !== undefined;
    });
  }
}

/** @throws FacematchError `not-found` */
export async function inquiryRow(db: Kysely<Schema>, id: string): Promise<Selectable<Schema['inquiries']>> {
  const row = await db.selectFrom('inquiries').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new FacematchError('not-found', 'There is no such inquiry.', { id });
  return row;
}
