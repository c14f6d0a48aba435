import { z } from 'zod';
import type { Calibration, CalibrationCurve } from './calibration.js';
import type { Policy } from './policy.js';

const curve = z.array(z.tuple([z.number(), z.number()]));
const viewSchema = z.strictObject({
  threshold: z.number().describe('The score from which a comparison passes'),
  nonMated: z.int().describe('Comparisons of two different people behind the curves'),
  mated: z.int().describe('Comparisons of one person behind them'),
  curves: z
    .strictObject({
      mated: curve.describe('[score, density]: their integral over the score is 1'),
      nonMated: curve,
    })
    .describe('How the scores of one person, and of two, are distributed'),
  falseMatchRate: curve.describe(
    '[score, share of comparisons of two different people with that score or a higher one]',
  ),
});

export const calibrationViewSchema = z.strictObject({
  model: z.string(),
  version: z.string().describe('What evidence calls the calibration'),
  madeFrom: z.strictObject({ name: z.string(), photos: z.int(), identities: z.int() }),
  made: z.iso.date(),
  policy: z.string(),
  policyFalseMatchRate: z.number(),
  lowerScoreFloor: z.number().describe('With two references neither score may lie below it'),
  agreementFloor: z.number().describe('Two references below it are hardly of one person'),
  single: viewSchema.describe('Probe against one reference'),
  fused: viewSchema.describe('Probe against two references as one'),
});
export type CalibrationView = z.output<typeof calibrationViewSchema>;

/** What the scores of a comparison are drawn on. */
export function calibrationView({ id, file }: Calibration, policy: Policy): CalibrationView {
  const { name, photos, identities } = file.data;
  return {
    model: file.model,
    version: id,
    madeFrom: { name, photos, identities },
    made: file.made,
    policy: policy.id,
    policyFalseMatchRate: policy.falseMatchRate,
    lowerScoreFloor: policy.lowerScoreFloor,
    agreementFloor: policy.agreementFloor,
    single: view(file.single, policy.thresholds.single),
    fused: view(file.fused, policy.thresholds.fused),
  };
}

function view({ nonMated, mated, points, distribution }: CalibrationCurve, threshold: number) {
  const densities = (counts: readonly number[]) => densityOf(counts, distribution?.low, distribution?.high);
  return {
    threshold,
    ...{ nonMated, mated },
    // Empty for calibrations made before they held distributions.
    curves: {
      mated: densities(distribution?.mated ?? []),
      nonMated: densities(distribution?.nonMated ?? []),
    },
    falseMatchRate: points.map(([score, rate]): [number, number] => [score, rate]),
  };
}

/** At the middle of each step; steps at either end that hold nothing are left out but for one, where the curve ends. */
function densityOf(counts: readonly number[], low = -1, high = 1): [number, number][] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const step = (high - low) / counts.length;
  const first = counts.findIndex((count) => count > 0);
  const last = counts.findLastIndex((count) => count > 0);
  return counts.flatMap((count, index) =>
    index < first - 1 || index > last + 1
      ? []
      : [[Number((low + (index + 0.5) * step).toFixed(4)), count / (total * step)] as [number, number]],
  );
}
