import { z } from 'zod';
import { evidenceSchema, outcomes, reasonCodes } from '../comparison/answer.js';
import { verdicts } from '../store/reviewRows.js';
import { documentViewSchema, imageViewSchema } from './documentView.js';
import { statutoryRecordSchema } from './statutoryRecord.js';

/**
 * Everything recorded about a holder. Embeddings are named but not given: a face can be rebuilt from one. The photo
 * of an applicant is not in it either, as it may show somebody else who gave the holder's name.
 */
export const holderFileSchema = z.strictObject({
  holderId: z.string(),
  madeAt: z.iso.datetime(),
  documents: z.array(
    documentViewSchema.extend({
      retentionBasis: z.string().describe('Why it is kept so long'),
      photo: imageViewSchema,
      signature: imageViewSchema.optional(),
      embedding: z.strictObject({
        state: z.string().describe('embedded, or why the photo cannot be compared by machine'),
        model: z.string(),
      }),
      rectifications: z.array(
        z.strictObject({
          revision: z.int(),
          at: z.iso.datetime(),
          reason: z.string(),
          changed: z.array(z.string()),
          before: statutoryRecordSchema.describe('The record as it was'),
          imagesBefore: z.array(imageViewSchema.extend({ kind: z.enum(['photo', 'signature']) })),
        }),
      ),
    }),
  ),
  comparisons: z.array(
    z.strictObject({
      comparisonId: z.string(),
      applicationId: z.string(),
      office: z.string(),
      comparedAt: z.iso.datetime(),
      mode: z.enum(['active', 'trial']),
      outcome: z.enum(outcomes),
      reasons: z.array(z.enum(reasonCodes)),
      evidence: evidenceSchema,
      retentionEnds: z.iso.date(),
      reevaluations: z.array(
        z.strictObject({ at: z.iso.datetime(), outcome: z.enum(outcomes).or(z.string()).nullable() }),
      ),
      review: z
        .strictObject({ verdict: z.enum(verdicts), on: z.iso.date() })
        .optional()
        .describe('What people made of it; left out while an inquiry is about it'),
      decision: z.string().optional(),
      decidedAt: z.iso.datetime().optional(),
    }),
  ),
  consultations: z
    .array(
      z.strictObject({
        at: z.iso.datetime(),
        system: z.string(),
        role: z.string().nullable(),
        ground: z.string().nullable(),
        action: z.string(),
        outcome: z.string(),
      }),
    )
    .describe('Who did what with these records, where the law lets it be told'),
});
export type HolderFile = z.output<typeof holderFileSchema>;
