import { z } from 'zod';
import { pageQuerySchema, pageSchema } from '../records/page.js';
import { text } from '../records/text.js';
import type { OpenedInquiry } from '../store/store.js';
import { type SearchSummary, searchSummarySchema } from './search/searchView.js';

/** Longest time from opening to end, extensions included. */
export const longestInquiryYears = 5;

const person = text(256);
const reason = text(1000);
const endsAt = z.iso
  .datetime({ offset: true })
  .describe(`Until then its members may act in it; at most ${longestInquiryYears} years from its opening`);

export const newInquirySchema = z.strictObject({
  reference: text(200).describe('Under which its authority knows it'),
  ground: text(500).describe('The legal ground'),
  purpose: text(1000),
  members: z
    .array(person)
    .min(1)
    .max(100)
    .describe('Who may act in it; whoever opens it is one too, unless they oversee every inquiry'),
  endsAt,
});

export const membersChangeSchema = z
  .strictObject({
    add: z.array(person).max(100).optional(),
    remove: z.array(person).max(100).optional(),
    reason,
  })
  .refine(({ add = [], remove = [] }) => add.length + remove.length > 0, {
    path: ['add'],
    params: { code: 'missing' },
  });

export const recordAdditionSchema = z
  .strictObject({
    comparisonId: text(64).optional(),
    documentId: text(64).optional(),
    reason,
  })
  .refine(({ comparisonId, documentId }) => (comparisonId === undefined) !== (documentId === undefined), {
    path: ['documentId'],
    params: { code: 'one-of' },
  });

export const extensionSchema = z.strictObject({ endsAt, reason });
export const closureSchema = z.strictObject({ outcome: text(200), reason });
export const inquiryQuerySchema = pageQuerySchema;

export const inquirySchema = z.strictObject({
  inquiryId: z.string(),
  reference: z.string(),
  ground: z.string(),
  purpose: z.string(),
  members: z.array(z.string()),
  openedBy: z.string(),
  openedAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  status: z.enum(['open', 'ended', 'closed']).describe('ended: its end came before anybody closed it'),
  outcome: z.string().nullable().describe('null until it is closed'),
  records: z
    .array(
      z.strictObject({
        kind: z.enum(['comparison', 'document']),
        id: z.string(),
        addedAt: z.iso.datetime(),
        addedBy: z.string(),
        reason: z.string(),
      }),
    )
    .describe('Kept past their end while it is open'),
  searches: z.array(searchSummarySchema).describe('Oldest first'),
  history: z.array(
    z.strictObject({
      at: z.iso.datetime(),
      action: z.enum(['opened', 'members', 'record', 'extended', 'closed']),
      person: z.string(),
      reason: z.string().nullable(),
    }),
  ),
});
export type InquiryView = z.output<typeof inquirySchema>;
export const inquiryPageSchema = pageSchema(inquirySchema);

export function inquiryView(
  inquiry: OpenedInquiry,
  searches: readonly SearchSummary[],
  now: string,
): InquiryView {
  const { id, reference, ground, purpose, members, openedBy, openedAt, endsAt, closedAt } = inquiry;
  return {
    inquiryId: id,
    ...{ reference, ground, purpose, openedBy, openedAt, endsAt },
    members: [...members],
    status: closedAt !== undefined ? 'closed' : endsAt <= now ? 'ended' : 'open',
    outcome: inquiry.events.find(({ action }) => action === 'closed')?.outcome ?? null,
    records: inquiry.records.map((record) => ({ ...record })),
    searches: [...searches],
    history: inquiry.events.map(({ at, action, person: who, reason: why }) => ({
      ...{ at, action, person: who },
      reason: why ?? null,
    })),
  };
}
