import type { ErrorFacts } from '../errors.js';
import { type AuditEntry, behalfKeyOf, subjectKeyOf } from './auditEntry.js';
import type { AuditPeople } from './auditPeople.js';
import type { LookupKeys } from './lookup.js';
import type { RecordReader } from './recordReader.js';

/** Every condition given has to hold. */
export interface AuditFilter {
  /** ISO 8601 date-times: from the first, before the second. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly action?: string | undefined;
  readonly outcome?: string | undefined;
  readonly client?: string | undefined;
  readonly role?: string | undefined;
  readonly person?: string | undefined;
  readonly subject?: AuditEntry['subject'];
  readonly onBehalfOf?: AuditEntry['onBehalfOf'];
}

/** An entry as a reader of the trail sees it; hashes are hexadecimal. */
export interface AuditLine {
  readonly seq: number;
  readonly at: string;
  readonly client: string;
  /** Undefined once the retention of staff identifiers is over. */
  readonly actor: string | undefined;
  readonly role: string | undefined;
  readonly ground: string | undefined;
  readonly onBehalfOf: { readonly kind: string; readonly key: string } | undefined;
  readonly action: string;
  readonly subject: string | undefined;
  readonly outcome: string;
  readonly facts: ErrorFacts;
  readonly hash: string;
}

/** Reads the trail with its actors' names. */
export class AuditQuery {
  readonly #database: RecordReader;
  readonly #lookup: LookupKeys;
  readonly #people: AuditPeople;

  constructor(database: RecordReader, lookup: LookupKeys, people: AuditPeople) {
    this.#database = database;
    this.#lookup = lookup;
    this.#people = people;
  }

  /** @param after the last entry already seen; entries come oldest first. */
  find(filter: AuditFilter, after: number, limit: number): Promise<AuditLine[]> {
    return this.#database.read(async (db) => {
      let query = db.selectFrom('audit').selectAll().where('seq', '>', after);
      if (filter.from !== undefined) query = query.where('at', '>=', filter.from);
      if (filter.to !== undefined) query = query.where('at', '<', filter.to);
      for (const column of ['action', 'outcome', 'client', 'role'] as const) {
        const wanted = filter[column];
        if (wanted !== undefined) query = query.where(column, '=', wanted);
      }
      // The trail keeps the hashes it was written with, whatever became of the look-up key since.
      const history = this.#lookup.history();
      const subjects = history.flatMap((lookup) => subjectKeyOf(lookup, filter.subject) ?? []);
      if (subjects.length > 0) query = query.where('subject_key', 'in', subjects);
      const behalfs = history.flatMap((lookup) => behalfKeyOf(lookup, filter.onBehalfOf).behalf_key ?? []);
      if (behalfs.length > 0) query = query.where('behalf_key', 'in', behalfs);
      if (filter.person !== undefined) {
        const pseudonyms = await this.#people.pseudonyms(db, filter.person);
        if (pseudonyms.length === 0) return [];
        query = query.where('actor_key', 'in', pseudonyms);
      }
      const rows = await query.orderBy('seq').limit(limit).execute();
      const names = new Map<string, string | undefined>();
      const nameOf = async (at: string, key: Uint8Array) => {
        const known = `${at.slice(0, 7)} ${hex(key)}`;
        if (!names.has(known)) names.set(known, await this.#people.name(db, at, new Uint8Array(key)));
        return names.get(known);
      };
      const lines: AuditLine[] = [];
      for (const row of rows) {
        lines.push({
          seq: row.seq,
          at: row.at,
          client: row.client,
          actor: await nameOf(row.at, row.actor_key),
          role: row.role ?? undefined,
          ground: row.ground ?? undefined,
          onBehalfOf:
            row.behalf_key === null ? undefined : { kind: row.behalf_kind ?? '', key: hex(row.behalf_key) },
          action: row.action,
          subject: row.subject_key === null ? undefined : hex(row.subject_key),
          outcome: row.outcome,
          facts: JSON.parse(row.facts) as ErrorFacts,
          hash: hex(row.hash),
        });
      }
      return lines;
    });
  }

  /** Every entry about any of these records, oldest first, at most `limit`. */
  about(records: readonly string[], limit: number): Promise<AboutLine[]> {
    if (records.length === 0) return Promise.resolve([]);
    return this.#database.read((db) =>
      db
        .selectFrom('audit')
        .select(['at', 'client', 'role', 'ground', 'action', 'outcome', 'behalf_kind as behalf'])
        .where(
          'subject_key',
          'in',
          records.map((record) => this.#lookup.record(record)),
        )
        .orderBy('seq')
        .limit(limit)
        .execute(),
    );
  }
}

export interface AboutLine {
  readonly at: string;
  readonly client: string;
  readonly role: string | null;
  readonly ground: string | null;
  readonly action: string;
  readonly outcome: string;
  /** `application` or `inquiry`: on whose behalf. */
  readonly behalf: string | null;
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
