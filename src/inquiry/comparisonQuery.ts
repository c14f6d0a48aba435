import { z } from 'zod';
import { outcomes, type ReasonCode, reasonCodes } from '../comparison/answer.js';
import { by, type Caller } from '../oversight/caller.js';
import { normaliseDocumentNumber } from '../records/documentNumber.js';
import { cursorOf, cut, defaultPageSize, pageSchema, placeOf } from '../records/page.js';
import { normaliseRegisterNumber } from '../records/registerNumber.js';
import { text } from '../records/text.js';
import { invalid, validated } from '../records/validation.js';
import { type ComparisonFilter, type ComparisonPlace, placeOfComparison } from '../store/comparisonQuery.js';
import { verdicts } from '../store/reviewRows.js';
import type { Store } from '../store/store.js';
import { reviewSummarySchema, summary } from './reviewView.js';

const moment = z.iso.datetime({ offset: true }).or(z.iso.date());
const score = z.number().min(-1).max(1);

export const comparisonQuerySchema = z.strictObject({
  outcome: z.enum(outcomes).optional(),
  reason: z.enum(reasonCodes).optional(),
  office: text(100).optional(),
  from: moment.optional(),
  until: moment.optional().describe('Before this moment or day'),
  documentNumber: text(40).optional().describe('Claimed, or of a document it was compared with'),
  registerNumber: text(20).optional(),
  model: text(100).optional(),
  score: z
    .strictObject({ min: score.optional(), max: score.optional() })
    .optional()
    .describe('The answer is then by score, highest first'),
  verdict: z.enum(verdicts).optional().describe('What its latest review came to'),
  limit: z.int().min(1).max(200).optional(),
  cursor: z.string().max(200).optional().describe('`next` of the page before, with the same conditions'),
  count: z.literal(true).optional().describe('Also how many there are in all'),
});

const itemSchema = z.strictObject({
  comparisonId: z.string(),
  createdAt: z.iso.datetime(),
  office: z.string(),
  outcome: z.enum(outcomes).nullable().describe('null on trial'),
  reasons: z.array(z.enum(reasonCodes)).describe('Empty on trial'),
  model: z.string(),
  score: z.number().nullable(),
  strength: z.number().nullable(),
  review: reviewSummarySchema.nullable(),
});
export const comparisonPageSchema = pageSchema(itemSchema).extend({
  total: z.int().nonnegative().optional(),
});
export type ComparisonPage = z.output<typeof comparisonPageSchema>;

/**
 * Comparisons that meet every condition, newest first. Outcomes, reasons and scores find no comparison on trial.
 *
 * @throws FacematchError `validation`
 */
export type QueryComparisons = (document: unknown, caller: Caller) => Promise<ComparisonPage>;

export function createComparisonQuery(store: Store): QueryComparisons {
  return async (document, caller) => {
    const asked = validated(comparisonQuerySchema, document, 'query');
    const { limit = defaultPageSize, documentNumber } = asked;
    const filter = filterOf(asked, caller, store);
    const [found, total] = await Promise.all([
      store.comparisonQuery.page(filter, afterOf(asked), limit + 1),
      asked.count === true ? store.comparisonQuery.count(filter) : undefined,
    ]);
    const { items, last } = cut(found, limit);
    const reviews = await store.reviewQueue.ofComparisons(items.map(({ id }) => id));
    await store.audit.append({
      ...by(caller),
      action: 'comparison.query',
      subject:
        documentNumber === undefined
          ? undefined
          : { documentNumber: normaliseDocumentNumber(documentNumber) },
      outcome: 'done',
      facts: { comparisons: items.length, filters: Object.keys(asked) },
    });
    return {
      items: items.map((one) => {
        const trial = one.mode === 'trial';
        const review = reviews.get(one.id);
        const { id, createdAt, office, model } = one;
        return {
          ...{ comparisonId: id, createdAt, office, model },
          outcome: trial ? null : (one.outcome as ComparisonPage['items'][number]['outcome']),
          reasons: trial ? [] : (one.reasons as ReasonCode[]),
          score: trial ? null : (one.score ?? null),
          strength: trial ? null : (one.strength ?? null),
          review: review === undefined ? null : summary(review),
        };
      }),
      next: last === undefined ? null : cursorOf(placeOfComparison(filter, last).map(String)),
      ...(total === undefined ? {} : { total }),
    };
  };
}

type Asked = z.output<typeof comparisonQuerySchema>;

function filterOf(asked: Asked, caller: Caller, store: Store): ComparisonFilter {
  const { outcome, reason, model, verdict, documentNumber, registerNumber } = asked;
  const keys = [
    ...(registerNumber === undefined
      ? []
      : [store.lookup.registerNumber(normaliseRegisterNumber(registerNumber))]),
    ...(documentNumber === undefined
      ? []
      : [store.lookup.documentNumber(normaliseDocumentNumber(documentNumber))]),
  ];
  const isoOf = (given: string | undefined) => given && new Date(given).toISOString();
  const scored = asked.score !== undefined && Object.keys(asked.score).length > 0;
  return {
    ...{ outcome, reason, model, verdict, keys },
    office: caller.office ?? asked.office,
    ...{ from: isoOf(asked.from), until: isoOf(asked.until) },
    score: scored ? asked.score : undefined,
  };
}

function afterOf({
  cursor,
  score: range,
  documentNumber,
  registerNumber,
}: Asked): ComparisonPlace | undefined {
  const place = placeOf(cursor, 2);
  if (place === undefined) return undefined;
  const [at = '', id = ''] = place;
  const byScore =
    range !== undefined &&
    Object.keys(range).length > 0 &&
    documentNumber === undefined &&
    registerNumber === undefined;
  // A cursor of a page in the other order would skip what it must not.
  if (byScore !== /^-?[\d.]+(e-?\d+)?$/.test(at))
    throw invalid('query', [{ path: ['cursor'], code: 'invalid' }]);
  return [byScore ? Number(at) : at, id];
}
