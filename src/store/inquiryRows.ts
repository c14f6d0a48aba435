import type { Kysely, Selectable, Transaction } from 'kysely';
import { newId } from '../ids.js';
import type { HeldKind } from './holds.js';
import type { Schema } from './schema.js';
import { jsonBytes, jsonValue, type KeyReference, type Vault } from './vault.js';

export type InquiryAction = 'opened' | 'members' | 'record' | 'extended' | 'closed';

/** What was done about an inquiry; besides these a change of members has `add` and `remove`, a closure `outcome`. */
export interface InquiryEvent {
  readonly at: string;
  readonly action: InquiryAction;
  readonly person: string;
  readonly reason?: string | undefined;
  readonly outcome?: string | undefined;
}

/** An inquiry in clear. Times are ISO 8601. */
export interface OpenedInquiry {
  readonly id: string;
  readonly reference: string;
  readonly ground: string;
  readonly purpose: string;
  readonly openedBy: string;
  readonly openedAt: string;
  readonly endsAt: string;
  readonly closedAt: string | undefined;
  readonly retentionEnds: string;
  readonly members: readonly string[];
  readonly records: readonly {
    readonly kind: HeldKind;
    readonly id: string;
    readonly addedAt: string;
    readonly addedBy: string;
    readonly reason: string;
  }[];
  /** Oldest first. */
  readonly events: readonly InquiryEvent[];
}

/** The columns by which whatever hangs on an inquiry is sealed and opened. */
type InquiryKey = KeyReference & { readonly id: string };

export async function openInquiry(
  db: Kysely<Schema>,
  vault: Vault,
  row: Selectable<Schema['inquiries']>,
): Promise<OpenedInquiry> {
  const { id } = row;
  const [members, records, events] = await Promise.all([
    db.selectFrom('inquiry_members').selectAll().where('inquiry_id', '=', id).execute(),
    db.selectFrom('inquiry_records').selectAll().where('inquiry_id', '=', id).orderBy('added_at').execute(),
    db.selectFrom('inquiry_events').selectAll().where('inquiry_id', '=', id).orderBy('id').execute(),
  ]);
  const open = await vault.opener(row, id);
  const opened = (field: string, sealed: Uint8Array) => jsonValue(open(field, sealed));
  const detail = opened('inquiry.detail', row.detail) as Pick<
    OpenedInquiry,
    'reference' | 'ground' | 'purpose' | 'openedBy'
  >;
  return {
    id,
    ...detail,
    openedAt: row.opened_at,
    endsAt: row.ends_at,
    closedAt: row.closed_at ?? undefined,
    retentionEnds: row.retention_ends,
    members: members.map(({ name }) => opened('inquiry.member', name) as string).sort(),
    records: records.map(({ kind, record_id, added_at, detail: words }) => {
      const { person, reason } = opened(`inquiry.record/${record_id}`, words) as Record<
        'person' | 'reason',
        string
      >;
      return { kind, id: record_id, addedAt: added_at, addedBy: person, reason };
    }),
    events: events.map(({ id: event, at, action, detail: words }) => ({
      ...(opened(`inquiry.event/${event}`, words) as Pick<InquiryEvent, 'person' | 'reason' | 'outcome'>),
      at,
      action: action as InquiryAction,
    })),
  };
}

export async function insertMember(
  trx: Transaction<Schema>,
  vault: Vault,
  inquiry: InquiryKey,
  { name, key }: { readonly name: string; readonly key: Uint8Array },
): Promise<void> {
  const sealed = await vault.sealMore(inquiry, inquiry.id, 'inquiry.member', jsonBytes(name));
  await trx
    .insertInto('inquiry_members')
    .values({ inquiry_id: inquiry.id, person_key: key, name: sealed })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function recordEvent(
  trx: Transaction<Schema>,
  vault: Vault,
  inquiry: InquiryKey,
  { at, action, ...detail }: InquiryEvent,
): Promise<void> {
  const id = newId();
  await trx
    .insertInto('inquiry_events')
    .values({
      id,
      inquiry_id: inquiry.id,
      at,
      action,
      detail: await vault.sealMore(inquiry, inquiry.id, `inquiry.event/${id}`, jsonBytes(detail)),
    })
    .execute();
}
