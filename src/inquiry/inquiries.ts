import type { z } from 'zod';
import type { Clock } from '../clock.js';
import { FacematchError } from '../errors.js';
import { by, type Caller } from '../oversight/caller.js';
import { personOf } from '../oversight/person.js';
import { cursorOf, cut, defaultPageSize, placeOf } from '../records/page.js';
import { plus, type RetentionRules, statutoryRetention } from '../records/retention.js';
import { invalid, validated } from '../records/validation.js';
import type { InquiryHold } from '../store/inquiries.js';
import type { OpenedInquiry, Store } from '../store/store.js';
import {
  closureSchema,
  extensionSchema,
  type InquiryView,
  type inquiryPageSchema,
  inquiryQuerySchema,
  inquiryView,
  longestInquiryYears,
  membersChangeSchema,
  newInquirySchema,
  recordAdditionSchema,
} from './inquiryView.js';
import { overseesInquiries } from './oversees.js';
import type { SearchSummary } from './search/searchView.js';

/** Inquiries into fraud. Documents handed in are parsed JSON, not yet validated. */
export interface Inquiries {
  /** @throws FacematchError `validation`, `person-required` */
  open(document: unknown, caller: Caller): Promise<InquiryView>;
  /** Newest first: the caller's own, or every one for who oversees them. @throws FacematchError `validation` */
  list(query: unknown, caller: Caller): Promise<z.output<typeof inquiryPageSchema>>;
  /** @throws FacematchError `not-found`, also where the caller is no member of it */
  get(id: string, caller: Caller): Promise<InquiryView>;
  /** @throws FacematchError as {@link get}, `validation`, `inquiry-closed` */
  changeMembers(id: string, document: unknown, caller: Caller): Promise<InquiryView>;
  /** Takes a record in and holds it. @throws FacematchError as {@link changeMembers}, `not-found` of the record */
  addRecord(id: string, document: unknown, caller: Caller): Promise<InquiryView>;
  /** @throws FacematchError as {@link changeMembers} */
  extend(id: string, document: unknown, caller: Caller): Promise<InquiryView>;
  /** Records what it came to, and releases its records. @throws FacematchError as {@link changeMembers} */
  close(id: string, document: unknown, caller: Caller): Promise<InquiryView>;
  /**
   * Lets a caller act within an inquiry.
   *
   * @throws FacematchError `inquiry-refused` unless it is open, its end has not come, and the caller is a member.
   */
  admit(id: string, caller: Caller): Promise<void>;
}

export function createInquiries(parts: {
  readonly store: Store;
  readonly clock: Clock;
  /** What was searched for in an inquiry, oldest first. */
  readonly searchesOf: (inquiryId: string) => Promise<readonly SearchSummary[]>;
  readonly rules?: RetentionRules | undefined;
}): Inquiries {
  const { store, clock, searchesOf, rules = statutoryRetention } = parts;
  const now = () => clock().toISOString();
  const view = async (inquiry: OpenedInquiry) => inquiryView(inquiry, await searchesOf(inquiry.id), now());
  const entry = (caller: Caller, action: string, outcome = 'done') => ({ ...by(caller), action, outcome });

  const visible = async (id: string, caller: Caller): Promise<OpenedInquiry> => {
    const inquiry = await store.inquiries.get(id);
    if (!overseesInquiries(caller) && !inquiry.members.includes(personOf(caller))) {
      throw new FacematchError('not-found', 'The inquiry is not the caller’s.', { id });
    }
    return inquiry;
  };

  const requireEnd = (openedAt: string, endsAt: string, earliest: string): string => {
    const end = new Date(endsAt).toISOString();
    const latest = plus(openedAt.slice(0, 10), { years: longestInquiryYears });
    if (end <= earliest || end.slice(0, 10) > latest) {
      throw invalid('inquiry', [{ path: ['endsAt'], code: 'out-of-range' }]);
    }
    return end;
  };

  /** Until the day after its end, as a hold ends with the beginning of a day. */
  const holdUntil = (inquiry: OpenedInquiry, endsAt: string, reason: string, caller: Caller): InquiryHold => {
    const endsOn = plus(endsAt.slice(0, 10), { days: 1 });
    return {
      ground: 'inquiry',
      endsOn,
      detail: { reference: inquiry.reference, reason },
      retentionEnds: plus(endsOn, rules.reason.period),
      placedAt: now(),
      audit: {
        ...entry(caller, 'hold.place'),
        onBehalfOf: { inquiry: inquiry.id },
        facts: { hold: 'inquiry', endsOn },
      },
    };
  };

  const change = (caller: Caller, reason: string, action: string, outcome?: string) => ({
    at: now(),
    person: personOf(caller),
    reason,
    audit: entry(caller, action, outcome),
  });

  return {
    async open(document, caller) {
      const asked = validated(newInquirySchema, document, 'inquiry');
      const openedBy = personOf(caller);
      const openedAt = now();
      const { reference, ground, purpose, members } = asked;
      const id = await store.inquiries.open({
        detail: { reference, ground, purpose, openedBy },
        members: overseesInquiries(caller) ? members : [...members, openedBy],
        openedAt,
        endsAt: requireEnd(openedAt, asked.endsAt, openedAt),
        retentionEnds: plus(openedAt.slice(0, 10), rules.inquiry.period),
        audit: entry(caller, 'inquiry.open'),
      });
      return view(await store.inquiries.get(id));
    },

    async list(query, caller) {
      const { limit = defaultPageSize, cursor } = validated(inquiryQuerySchema, query, 'query');
      const person = overseesInquiries(caller) ? undefined : personOf(caller);
      const [after] = placeOf(cursor, 1) ?? [];
      const { items, last } = cut(await store.inquiries.list({ person, after, limit: limit + 1 }), limit);
      await store.audit.append({ ...entry(caller, 'inquiry.list'), facts: { inquiries: items.length } });
      return {
        items: await Promise.all(items.map(view)),
        next: last === undefined ? null : cursorOf([last.id]),
      };
    },

    async get(id, caller) {
      const inquiry = await visible(id, caller);
      const about = { subject: { record: id }, onBehalfOf: { inquiry: id } };
      await store.audit.append({ ...entry(caller, 'inquiry.read'), ...about });
      return view(inquiry);
    },

    async changeMembers(id, document, caller) {
      const { add = [], remove = [], reason } = validated(membersChangeSchema, document, 'change');
      await visible(id, caller);
      const made = change(caller, reason, 'inquiry.members');
      await store.inquiries.changeMembers(id, { add, remove }, made);
      return view(await store.inquiries.get(id));
    },

    async addRecord(id, document, caller) {
      const { comparisonId, documentId, reason } = validated(recordAdditionSchema, document, 'record');
      const inquiry = await visible(id, caller);
      const record =
        comparisonId === undefined
          ? { kind: 'document' as const, id: documentId ?? '' }
          : { kind: 'comparison' as const, id: comparisonId };
      const hold = holdUntil(inquiry, inquiry.endsAt, reason, caller);
      const audit = { ...hold.audit, subject: { record: record.id } };
      const made = change(caller, reason, 'inquiry.record', record.kind);
      await store.inquiries.addRecord(id, record, { ...hold, audit }, made);
      return view(await store.inquiries.get(id));
    },

    async extend(id, document, caller) {
      const asked = validated(extensionSchema, document, 'extension');
      const inquiry = await visible(id, caller);
      const end = requireEnd(inquiry.openedAt, asked.endsAt, inquiry.endsAt);
      const hold = () => holdUntil(inquiry, end, asked.reason, caller);
      await store.inquiries.extend(id, end, hold, change(caller, asked.reason, 'inquiry.extend'));
      return view(await store.inquiries.get(id));
    },

    async close(id, document, caller) {
      const { outcome, reason } = validated(closureSchema, document, 'closure');
      await visible(id, caller);
      await store.inquiries.close(id, outcome, change(caller, reason, 'inquiry.close'));
      return view(await store.inquiries.get(id));
    },

    async admit(id, caller) {
      const { person } = caller;
      if (person !== undefined && (await store.inquiries.admits(id, person, now()))) return;
      throw new FacematchError('inquiry-refused', 'The caller may not act in this inquiry now.');
    },
  };
}
