import type { Kysely, Selectable } from 'kysely';
import { FacematchError } from '../errors.js';
import type { AuditEntry } from './audit.js';
import type { Schema } from './schema.js';
import { jsonBytes, jsonValue, type Vault } from './vault.js';

export type SearchRow = Selectable<Schema['searches']>;

/** What a search looks for: a record of its inquiry, or a photo handed in with it; nothing for a sweep. */
export type SearchProbe =
  | { readonly comparisonId: string }
  | { readonly documentId: string }
  | { readonly photo: true };

/** What was asked; encrypted. */
export interface SearchRequest {
  readonly person: string;
  readonly reason: string;
  readonly probe: SearchProbe | undefined;
  /** Legal ground of a sweep. */
  readonly ground: string | undefined;
}

/** Under whose act a search runs, as the trail notes it. */
export type RunBy = Pick<AuditEntry, 'client' | 'actor' | 'role' | 'ground'>;

/** What another person decided on it; encrypted. */
export interface SearchDecision {
  readonly person: string;
  readonly approve: boolean;
  readonly reason: string;
  /** Of one that was approved; earlier versions of the program left it out. */
  readonly by?: RunBy | undefined;
}

/** How alike: plain numbers, encrypted. */
export interface FindingDetail {
  readonly score: number;
  /** Of one comparison. */
  readonly falseMatchRate: number;
  /** Whether that rate lies beyond the calibration's data. */
  readonly extrapolated: boolean;
  readonly falseMatchRateInStore: number;
}

export interface SearchVerification {
  readonly person: string;
  readonly verdict: string;
  readonly reason: string;
  readonly at: string;
}

export interface SearchFinding extends FindingDetail {
  /** From 1, highest score first. */
  readonly rank: number;
  readonly documentId: string;
  /** The other document of a pair. */
  readonly otherId: string | undefined;
  /** Oldest first. */
  readonly verifications: readonly SearchVerification[];
}

/** A search in clear. Times are ISO 8601. */
export interface OpenedSearch {
  readonly id: string;
  readonly inquiryId: string;
  readonly kind: 'search' | 'sweep';
  readonly status: SearchRow['status'];
  readonly requestedAt: string;
  readonly request: SearchRequest;
  readonly decidedAt: string | undefined;
  readonly decision: SearchDecision | undefined;
  readonly startedAt: string | undefined;
  readonly endedAt: string | undefined;
  /** 0 to 1, of one that was begun and has not ended. */
  readonly progress: number | undefined;
  readonly mode: string | undefined;
  /** What it ran against. */
  readonly store:
    | {
        readonly documents: number;
        readonly model: string;
        readonly lastDocument: string;
        readonly compared: number | undefined;
      }
    | undefined;
  readonly reached: number | undefined;
  readonly error: string | undefined;
}

/** @throws FacematchError `not-found` */
export async function searchRow(db: Kysely<Schema>, id: string): Promise<SearchRow> {
  const row = await db.selectFrom('searches').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new FacematchError('not-found', 'There is no such search.', { id });
  return row;
}

export const closedSearch = (id: string) =>
  new FacematchError('search-closed', 'The search is no longer open.', { id });

/** An entry of the trail about a search, within its inquiry. */
export function aboutSearch({ id, inquiry_id }: Pick<SearchRow, 'id' | 'inquiry_id'>, audit: AuditEntry) {
  return { ...audit, subject: { record: id }, onBehalfOf: { inquiry: inquiry_id } };
}

export async function openSearch(
  vault: Vault,
  { thousandths, ...row }: SearchRow & { readonly thousandths?: number | null | undefined },
): Promise<OpenedSearch> {
  const open = await vault.opener(row, row.id);
  const opened = (field: string, sealed: Uint8Array) => jsonValue(open(field, sealed));
  const { documents, model, last_document: lastDocument } = row;
  return {
    id: row.id,
    inquiryId: row.inquiry_id,
    kind: row.kind,
    status: row.status,
    requestedAt: row.requested_at,
    request: opened('search.detail', row.detail) as SearchRequest,
    decidedAt: row.decided_at ?? undefined,
    decision: row.decision === null ? undefined : (opened('search.decision', row.decision) as SearchDecision),
    startedAt: row.started_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
    progress: thousandths == null ? undefined : thousandths / 1000,
    mode: row.mode ?? undefined,
    store:
      documents === null || model === null || lastDocument === null
        ? undefined
        : { documents, model, lastDocument, compared: row.compared ?? undefined },
    reached: row.reached ?? undefined,
    error: row.error ?? undefined,
  };
}

export async function findingsOf(db: Kysely<Schema>, vault: Vault, row: SearchRow): Promise<SearchFinding[]> {
  const [findings, verifications] = await Promise.all([
    db.selectFrom('search_findings').selectAll().where('search_id', '=', row.id).orderBy('rank').execute(),
    db.selectFrom('search_verifications').selectAll().where('search_id', '=', row.id).orderBy('at').execute(),
  ]);
  if (findings.length === 0) return [];
  const open = await vault.opener(row, row.id);
  const opened = (field: string, sealed: Uint8Array) => jsonValue(open(field, sealed));
  return findings.map((finding) => ({
    ...(opened(`search.finding/${finding.rank}`, finding.detail) as FindingDetail),
    rank: finding.rank,
    documentId: finding.document_id,
    otherId: finding.other_id ?? undefined,
    verifications: verifications
      .filter(({ rank }) => rank === finding.rank)
      .map(({ rank, position, at, detail }) => ({
        ...(opened(verificationField(rank, position), detail) as Omit<SearchVerification, 'at'>),
        at,
      })),
  }));
}

/** Seals a part of a stored search. */
export function sealPart(vault: Vault, row: SearchRow, field: string, value: object): Promise<Uint8Array> {
  return vault.sealMore(row, row.id, field, jsonBytes(value));
}

/** Of the first and the second verdict: they cannot be swapped. */
export const verificationField = (rank: number, position: number): string =>
  `search.verification/${rank}/${position}`;
