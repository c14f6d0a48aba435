import { z } from 'zod';
import { text } from '../../records/text.js';
import type { OpenedSearch } from '../../store/store.js';

const reason = text(1000);
const id = text(64);

export const newSearchSchema = z.strictObject({
  probe: z
    .union([z.strictObject({ comparisonId: id }), z.strictObject({ documentId: id })])
    .optional()
    .describe('A record of the inquiry; left out where a photo is handed in'),
  reason,
});
export const newSweepSchema = z.strictObject({
  reason,
  ground: text(500).describe('The legal ground of this sweep'),
});
export const approvalSchema = z.strictObject({ approve: z.boolean(), reason });
export const verificationVerdicts = ['same-person', 'different-person', 'unsure'] as const;
export const verificationSchema = z.strictObject({ verdict: z.enum(verificationVerdicts), reason });

export const searchSummarySchema = z.strictObject({
  searchId: z.string(),
  inquiryId: z.string(),
  kind: z.enum(['search', 'sweep']).describe('sweep: every face against every other'),
  status: z.enum(['requested', 'refused', 'running', 'done', 'failed']),
  mode: z.enum(['active', 'trial']).nullable().describe('trial: nobody may act on what it found'),
  requestedBy: z.string(),
  requestedAt: z.iso.datetime(),
  reason: z.string(),
  ground: z.string().nullable().describe('Of a sweep'),
  decidedBy: z.string().nullable(),
  startedAt: z.iso
    .datetime()
    .nullable()
    .describe('When it was first begun; null while it waits for the one before it'),
  endedAt: z.iso.datetime().nullable(),
  progress: z.number().min(0).max(1).nullable().describe('null unless it is approved and has not ended'),
  store: z
    .strictObject({
      documents: z.int().describe('Documents searched'),
      model: z.string(),
      lastDocument: z.string().describe('Id of the newest document searched'),
      compared: z
        .int()
        .nullable()
        .describe('Comparisons that the rate in the store counts; null until it ended'),
    })
    .nullable()
    .describe('What it ran against'),
  error: z.string().nullable().describe('Why it failed'),
});
export type SearchSummary = z.output<typeof searchSummarySchema>;

const foundShape = {
  documentId: z.string(),
  documentNumber: z.string(),
  issuedOn: z.iso.date(),
  holderName: z.string(),
};
const scoredShape = {
  rank: z.int().describe('From 1, highest score first'),
  score: z.number().min(-1).max(1).describe('Cosine similarity, higher is more alike'),
  falseMatchRate: z
    .number()
    .describe('Share of comparisons of different people with this score or a higher one'),
  falseMatchRateInStore: z
    .number()
    .describe(
      'Chance that so large a store holds at least one other person with this score: 1 - (1 - rate)^compared',
    ),
  extrapolated: z.boolean().describe('The rates lie beyond the scores that the calibration has data for'),
  strength: z.number().nonnegative().describe('-log10 of the rate of one comparison, to a hundredth'),
  verifications: z
    .array(
      z.strictObject({
        person: z.string(),
        verdict: z.enum(verificationVerdicts),
        at: z.iso.datetime(),
      }),
    )
    .describe("Others' are shown once one's own is given, or both are"),
};

export const searchSchema = searchSummarySchema.extend({
  probe: z
    .union([
      z.strictObject({ comparisonId: z.string() }),
      z.strictObject({ documentId: z.string() }),
      z.strictObject({ photo: z.literal(true) }),
    ])
    .nullable()
    .describe('null for a sweep'),
  reached: z
    .int()
    .nullable()
    .describe('How many reached the floor, those that were scored beyond the most that are shown included'),
  candidates: z.array(z.strictObject({ ...foundShape, ...scoredShape })).optional(),
  pairs: z
    .array(z.strictObject({ a: z.strictObject(foundShape), b: z.strictObject(foundShape), ...scoredShape }))
    .optional()
    .describe('Documents of different holders'),
});
export type SearchView = z.output<typeof searchSchema>;
export type FoundView = NonNullable<SearchView['pairs']>[number]['a'];
export type ScoredView = Omit<NonNullable<SearchView['candidates']>[number], keyof FoundView>;

export function searchSummary(search: OpenedSearch): SearchSummary {
  const { request, decision, store } = search;
  return {
    searchId: search.id,
    inquiryId: search.inquiryId,
    kind: search.kind,
    status: search.status,
    mode: search.mode === undefined ? null : search.mode === 'trial' ? 'trial' : 'active',
    requestedBy: request.person,
    requestedAt: search.requestedAt,
    reason: request.reason,
    ground: request.ground ?? null,
    decidedBy: decision?.person ?? null,
    startedAt: search.startedAt ?? null,
    endedAt: search.endedAt ?? null,
    progress: search.status === 'running' ? (search.progress ?? 0) : null,
    store: store === undefined ? null : { ...store, compared: store.compared ?? null },
    error: search.error ?? null,
  };
}
