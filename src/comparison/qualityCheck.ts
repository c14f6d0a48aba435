import { z } from 'zod';
import { FacematchError } from '../errors.js';
import { unifiedLimit } from '../face/quality/assess.js';
import { type Component, componentNames, components } from '../face/quality/components.js';
import type { FaceOutcome, FaceReader, UntrustedImage } from '../face/types.js';
import { text } from '../messages/text.js';
import { by, type Caller, type Language, partyOf } from '../oversight/caller.js';
import { markNoted } from '../oversight/notedRefusals.js';
import type { Store } from '../store/store.js';
import { adviceOn, adviceSchema, measuredQuality } from './quality.js';

const limitSchema = z.strictObject({ least: z.number().optional(), most: z.number().optional() });

/** What is good and bad about one photo. */
export const qualityReportSchema = z.strictObject({
  face: z.enum(['found', 'no-face', 'multiple-faces', 'face-too-small']),
  text: z.string().optional().describe('Where no face can be used: what to do'),
  unified: z
    .strictObject({ score: z.int().min(0).max(100), least: z.int(), withinLimit: z.boolean() })
    .optional()
    .describe(
      'How well the photo serves recognition, higher is better; absent where the embedder cannot tell',
    ),
  components: z
    .array(
      z.strictObject({
        component: z.enum(componentNames as [string, ...string[]]).describe('Name in ISO/IEC 29794-5'),
        value: z.number().optional().describe('As measured; absent where the photo does not show it'),
        unit: z.string(),
        limit: limitSchema.describe('Of the value, for a passport photo; both ends are allowed'),
        score: z.int().min(0).max(100).optional().describe('0 to 100, higher is better'),
        withinLimit: z.boolean(),
      }),
    )
    .describe('Empty where no face can be used'),
  advice: adviceSchema,
});
export type QualityReport = z.infer<typeof qualityReportSchema>;

export type QualityCheck = (request: {
  readonly photo: UntrustedImage;
  readonly caller: Caller;
  readonly signal?: AbortSignal | undefined;
}) => Promise<QualityReport>;

/**
 * Checks a photo and keeps nothing of it; that it was done is in the audit trail. It compares nobody with anybody, so
 * it goes on while comparisons are suspended.
 *
 * @throws FacematchError the refusals of a photo, `busy`, `deadline-exceeded`, `store-unavailable`
 */
export function createQualityCheck({ store, faces }: { store: Store; faces: FaceReader }): QualityCheck {
  return async ({ photo, caller, signal }) => {
    const outcome = await faces.read(photo, { signal, party: partyOf(caller) });
    const audit = { ...by(caller), action: 'quality.check' };
    if (outcome.kind === 'refused') {
      await store.audit.append({ ...audit, outcome: outcome.code });
      const refusal = new FacematchError(outcome.code, 'The photo was refused.', outcome.facts);
      markNoted(refusal);
      throw refusal;
    }
    const report = qualityReport(outcome, caller.language);
    await store.audit.append({ ...audit, outcome: report.face });
    return report;
  };
}

export function qualityReport(
  outcome: Exclude<FaceOutcome, { kind: 'refused' }>,
  language: Language,
): QualityReport {
  if (outcome.kind === 'failure-to-acquire') {
    const { reason } = outcome;
    return { face: reason, text: text(language, `reason.failure-${reason}`), components: [], advice: [] };
  }
  const measured = measuredQuality(outcome.measures.quality);
  const { unified } = measured;
  return {
    face: 'found',
    ...(unified?.score === undefined
      ? {}
      : { unified: { score: unified.score, least: unifiedLimit, withinLimit: unified.withinLimit } }),
    components: componentNames.map((component) => {
      const { unit, limit }: Component = components[component];
      return { component, unit, limit, ...measured.components[component] };
    }),
    advice: adviceOn(measured, language),
  };
}
