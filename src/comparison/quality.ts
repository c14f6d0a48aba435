import { z } from 'zod';
import { type PhotoQuality, unifiedLimit, within } from '../face/quality/assess.js';
import { type ComponentName, componentNames, components } from '../face/quality/components.js';
import { advice, type QualityName, qualityNames } from '../messages/quality.js';
import type { Language } from '../oversight/caller.js';

const measuredSchema = z.strictObject({
  value: z.number().optional().describe('As measured; absent where the photo does not show it'),
  score: z.int().min(0).max(100).optional().describe('0 to 100, higher is better'),
  withinLimit: z.boolean(),
});

/** What was measured, by the component names of ISO/IEC 29794-5. */
export const measuredQualitySchema = z.strictObject({
  unified: measuredSchema
    .omit({ value: true })
    .optional()
    .describe('How well the photo serves recognition; absent where the embedder cannot tell'),
  components: z.strictObject(
    Object.fromEntries(componentNames.map((name) => [name, measuredSchema])) as Record<
      ComponentName,
      typeof measuredSchema
    >,
  ),
});
export type MeasuredQuality = z.infer<typeof measuredQualitySchema>;

/** What lies outside its limit, and what to do about it: the part that every caller is shown. */
export const adviceSchema = z.array(
  z.strictObject({
    component: z.enum(qualityNames as [QualityName, ...QualityName[]]),
    text: z.string().describe("What to do, in the caller's language"),
  }),
);

export function measuredQuality({ unified, components: found }: PhotoQuality): MeasuredQuality {
  const entries = componentNames.map((name) => {
    const { value, score } = found[name];
    const withinLimit = within(components[name], value);
    return [name, value === undefined ? { withinLimit } : { value: rounded(value), score, withinLimit }];
  });
  return {
    ...(unified === undefined ? {} : { unified: { score: unified, withinLimit: unified >= unifiedLimit } }),
    components: Object.fromEntries(entries) as MeasuredQuality['components'],
  };
}

export function adviceOn(measured: MeasuredQuality, language: Language): z.infer<typeof adviceSchema> {
  return qualityNames
    .filter((name) =>
      name === 'UnifiedQualityScore'
        ? measured.unified?.withinLimit === false
        : !measured.components[name].withinLimit,
    )
    .map((component) => ({ component, text: advice(language, component) }));
}

const rounded = (value: number): number => Number(value.toFixed(4));
