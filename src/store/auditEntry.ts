import { createHash } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { ErrorFacts } from '../errors.js';
import type { LookupKeys } from './lookup.js';
import type { Schema } from './schema.js';

/** One thing somebody did or was refused. Ids are stored as keyed hashes; facts hold no personal data. */
export interface AuditEntry {
  /** The calling system. */
  readonly client: string;
  /** The person behind it, or the token's subject; readable for those who may, until its own retention is over. */
  readonly actor: string;
  /** In which role they acted. */
  readonly role?: string | undefined;
  /** The application or inquiry it was done for; stored as a keyed hash. */
  readonly onBehalfOf?: { readonly application: string } | { readonly inquiry: string } | undefined;
  /** Why the law allows it. */
  readonly ground?: string | undefined;
  /** For example `comparison.create`, `document.transfer`, `comparison.read`. */
  readonly action: string;
  /** What it was done to; stored as a keyed hash. */
  readonly subject?:
    | { readonly record: string }
    | { readonly application: string }
    | { readonly documentNumber: string }
    | undefined;
  /** `done`, an outcome, or an error code. */
  readonly outcome: string;
  /** A number named `count` says how many times: the figures add it up. */
  readonly facts?: ErrorFacts | undefined;
}

export type AuditRow = Selectable<Schema['audit']>;

/** The format of new entries: 2 also covers role, ground and on whose behalf. */
export const auditFormat = 2;

export function subjectKeyOf(lookup: LookupKeys, subject: AuditEntry['subject']): Uint8Array | null {
  if (subject === undefined) return null;
  if ('record' in subject) return lookup.record(subject.record);
  if ('application' in subject) return lookup.application(subject.application);
  return lookup.documentNumber(subject.documentNumber);
}

export function behalfKeyOf(
  lookup: LookupKeys,
  behalf: AuditEntry['onBehalfOf'],
): { readonly behalf_kind: string | null; readonly behalf_key: Uint8Array | null } {
  if (behalf === undefined) return { behalf_kind: null, behalf_key: null };
  return 'application' in behalf
    ? { behalf_kind: 'application', behalf_key: lookup.application(behalf.application) }
    : { behalf_kind: 'inquiry', behalf_key: lookup.inquiry(behalf.inquiry) };
}

/** SHA-256 over every column of the entry and the hash of the one before: 32 bytes. */
export function entryHash(row: Omit<AuditRow, 'hash'>): Uint8Array {
  const fields = [
    row.seq,
    row.at,
    hex(row.actor_key),
    row.client,
    row.action,
    hex(row.subject_key),
    row.outcome,
    row.facts,
    hex(row.prev_hash),
  ];
  if (row.format >= auditFormat) {
    fields.push(row.format, row.role, row.behalf_kind, hex(row.behalf_key), row.ground);
  }
  // The prefix keeps an entry's hash apart from any other SHA-256 made of the same text.
  return new Uint8Array(
    createHash('sha256')
      .update(`passport-facematch/v1/audit\0${JSON.stringify(fields)}`)
      .digest(),
  );
}

const hex = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString('hex'));
