import { z } from 'zod';
import { verdicts } from '../store/reviewRows.js';
import { adviceSchema, measuredQualitySchema } from './quality.js';

export const outcomes = ['consistent', 'review', 'not-comparable'] as const;
export type Outcome = (typeof outcomes)[number];

export const reasonCodes = [
  'identity-conflict',
  'register-number-invalid',
  'claimed-document-unknown',
  'too-many-tries',
  'failure-no-face',
  'failure-multiple-faces',
  'failure-face-too-small',
  'no-reference',
  'reference-without-embedding',
  'quality-too-low',
  'references-disagree',
  'matches-only-one',
  'does-not-match',
] as const;
export type ReasonCode = (typeof reasonCodes)[number];

export const noticeCodes = ['newer-document-possible', 'one-reference-only'] as const;
export type NoticeCode = (typeof noticeCodes)[number];

const score = z.number().min(-1).max(1).describe('Cosine similarity, -1 to 1, higher is more alike');

/** What a score means: how often two different people reach it or more, on the calibration's data. */
const scoredSchema = z.strictObject({
  score,
  falseMatchRate: z
    .number()
    .positive()
    .max(1)
    .describe('Share of non-mated comparisons with this score or a higher one'),
  atMost: z
    .boolean()
    .describe('True where the calibration data reaches no further: the rate is at most the one given'),
  strength: z
    .number()
    .nonnegative()
    .describe(
      '-log10 of the rate, to a hundredth: 4 is 1 in 10,000; higher is stronger evidence of one person',
    ),
});
export type Scored = z.infer<typeof scoredSchema>;

const referenceSchema = z.strictObject({
  documentNumber: z.string(),
  documentType: z.string(),
  issuedOn: z.iso.date(),
  ageYears: z.number().describe('Years between the issue of the reference and this application'),
  embedding: z.enum(['embedded', 'no-face', 'multiple-faces', 'face-too-small']),
  comparison: scoredSchema
    .optional()
    .describe('Probe against this reference; absent where either has no embedding'),
});

export const evidenceSchema = z.strictObject({
  references: z
    .array(referenceSchema)
    .max(2)
    .describe('The last two documents before this application, newest first'),
  agreement: scoredSchema.optional().describe('The two references against each other'),
  fused: scoredSchema
    .extend({
      rule: z.enum(['single', 'normalised-sum']),
      threshold: score,
      thresholdFalseMatchRate: z.number(),
      lowerScore: score.optional().describe('The lower of the two scores'),
      lowerScoreFloor: score.optional(),
    })
    .optional(),
  quality: measuredQualitySchema
    .extend({
      faces: z.int().describe('Faces in the photo'),
      confidence: z.number().describe('Of the detector'),
    })
    .optional(),
  failureToAcquire: z.enum(['no-face', 'multiple-faces', 'face-too-small']).optional(),
  tries: z.int().describe('Comparisons for this application, this one included'),
  model: z.string(),
  calibration: z.string(),
  policy: z.string(),
  timings: z.record(z.string(), z.number()).describe('Milliseconds per stage'),
});
export type Evidence = z.infer<typeof evidenceSchema>;

const explained = <T extends readonly [string, ...string[]]>(codes: T) =>
  z.strictObject({ code: z.enum(codes), text: z.string().describe("In the caller's language") });

const reevaluationSchema = z.strictObject({
  at: z.iso.datetime(),
  outcome: z
    .enum(outcomes)
    .nullable()
    .describe(
      "null where the applicant's photo was already destroyed, where the comparison was made during the correction, and on trial",
    ),
  reasons: z.array(explained(reasonCodes)),
});

export const comparisonAnswerSchema = z.strictObject({
  comparisonId: z.string(),
  applicationId: z.string(),
  outcome: z
    .enum(outcomes)
    .nullable()
    .describe('null while the comparison was made on trial: it decides nothing'),
  mode: z.enum(['active', 'trial']),
  text: z.string().describe('What the outcome means and what to do now'),
  reasons: z.array(explained(reasonCodes)),
  notices: z.array(explained(noticeCodes)),
  quality: adviceSchema.describe('What is wrong with the photo for a passport, and what to do about it'),
  referencesAsOf: z.iso.date().describe('The store holds the documents issued until this day'),
  comparedAt: z.iso.datetime(),
  review: z
    .strictObject({
      reviewId: z.string(),
      status: z.enum(['open', 'done']),
      verdict: z.enum(verdicts).nullable().describe('null until it is done, and where nobody had to decide'),
    })
    .optional()
    .describe('What people make of a comparison in review; of one on trial only with the evidence'),
  reevaluations: z
    .array(reevaluationSchema)
    .optional()
    .describe('What it comes to after a document it was compared with was corrected, oldest first'),
  evidence: evidenceSchema.optional().describe('Only for callers with the scope comparisons:evidence'),
});
export type ComparisonAnswer = z.infer<typeof comparisonAnswerSchema>;
