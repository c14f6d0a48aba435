import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { FacematchError } from '../errors.js';

/** The false match rates at which a calibration states thresholds. */
export const operatingPoints = [1e-2, 1e-3, 1e-4, 1e-5] as const;

const curveSchema = z.strictObject({
  /** Non-mated comparisons behind the curve. */
  nonMated: z.int().positive(),
  mated: z.int().nonnegative(),
  /** [score, share of non-mated comparisons at that score or higher]; scores rise, shares fall. */
  points: z.array(z.tuple([z.number().min(-1).max(1), z.number().positive().max(1)])).min(2),
  /** How many comparisons of each kind score in each of equally wide steps from `low` to `high`. */
  distribution: z
    .strictObject({
      low: z.number(),
      high: z.number(),
      mated: z.array(z.int().nonnegative()),
      nonMated: z.array(z.int().nonnegative()),
    })
    .optional(),
  /** The score at each operating point, and what was observed with it on the same data. */
  thresholds: z.array(
    z.strictObject({
      falseMatchRate: z.number(),
      threshold: z.number(),
      falseNonMatchRate: z.number(),
      falseMatches: z.int().nonnegative().optional(),
      /** 95% of the false match rate at the threshold, subject-clustered bootstrap. */
      interval: z.tuple([z.number(), z.number()]).optional(),
      falseNonMatchInterval: z.tuple([z.number(), z.number()]).optional(),
    }),
  ),
});
export type CalibrationCurve = z.infer<typeof curveSchema>;

const calibrationSchema = z.strictObject({
  model: z.string(),
  /** Detectors, landmark network and embedder the photos went through. */
  pipeline: z.array(z.string()),
  data: z.strictObject({
    name: z.string(),
    photos: z.int(),
    identities: z.int(),
    failuresToAcquire: z.int(),
    /** SHA-256 over the names and SHA-256 sums of the photos, in order of name. */
    sha256: z.string().optional(),
  }),
  made: z.iso.date(),
  command: z.string(),
  /** Probe against one reference. */
  single: curveSchema,
  /** Probe against the normalised sum of two references of one person. */
  fused: curveSchema,
  /** SHA-256 of everything above, as JSON. */
  sha256: z.string(),
});
export type CalibrationFile = z.infer<typeof calibrationSchema>;

export interface Calibration {
  /** Model and hash: what a recorded decision names. */
  readonly id: string;
  readonly file: CalibrationFile;
}

/** A rate, and whether it is only an upper bound because the data reaches no further. */
export interface StatedRate {
  readonly falseMatchRate: number;
  readonly atMost: boolean;
}

export function calibrationHash(file: Omit<CalibrationFile, 'sha256'>): string {
  const { model, pipeline, data, made, command, single, fused } = file;
  const content = JSON.stringify({ model, pipeline, data, made, command, single, fused });
  return createHash('sha256').update(content).digest('hex');
}

/**
 * Reads a model's calibration. Refuses (`calibration-invalid`) one that is missing, edited, not monotone or made
 * for another model or another detector or landmark network: thresholds do not carry over between networks.
 */
export function loadCalibration(
  path: string,
  expected: { model: string; pipeline: readonly string[] },
): Calibration {
  const refuse = (why: string, cause?: unknown): never => {
    throw new FacematchError(
      'calibration-invalid',
      `The calibration of ${expected.model} cannot be used: ${why}.`,
      {},
      { cause },
    );
  };
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    return refuse('its file is missing or no JSON; make one with "facematch calibrate"', cause);
  }
  const parsed = calibrationSchema.safeParse(raw);
  if (!parsed.success)
    return refuse(`its field ${parsed.error.issues[0]?.path.join('.')} is not as it should be`);
  const file = parsed.data;
  if (file.model !== expected.model) return refuse(`it was made for ${file.model}`);
  if (file.pipeline.join() !== expected.pipeline.join()) {
    return refuse(
      `it was made with ${file.pipeline.join(' + ')}, and the service runs ${expected.pipeline.join(' + ')}`,
    );
  }
  if (calibrationHash(file) !== file.sha256) return refuse('its content does not agree with its hash');
  for (const curve of [file.single, file.fused]) {
    if (!isMonotone(curve.points)) return refuse('its rates do not fall as the score rises');
  }
  return { id: `${file.model}#${file.sha256.slice(0, 12)}`, file };
}

function isMonotone(points: CalibrationCurve['points']): boolean {
  return points.every(([score, rate], i) => {
    const before = points[i - 1];
    return before === undefined || (score > before[0] && rate <= before[1]);
  });
}

/** A false match rate as a strength of evidence: -log10 of it, so 1 in 10,000 is 4. Higher is stronger. */
export function strengthOf(rate: number): number {
  return rate >= 1 ? 0 : -Math.log10(rate);
}

/**
 * How often a non-mated comparison reaches `score` or more: linear in the logarithm of the rate between the
 * curve's points. Past the last point the data has nothing to say, so the last rate is stated as an upper bound.
 */
export function falseMatchRate(curve: CalibrationCurve, score: number): StatedRate {
  const points = curve.points;
  const first = points[0] as [number, number];
  const last = points[points.length - 1] as [number, number];
  if (!(score > first[0])) return { falseMatchRate: first[1], atMost: false };
  if (score >= last[0]) return { falseMatchRate: last[1], atMost: score > last[0] };
  let low = 0;
  let high = points.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((points[middle] as [number, number])[0] <= score) low = middle;
    else high = middle;
  }
  const [s0, r0] = points[low] as [number, number];
  const [s1, r1] = points[high] as [number, number];
  const share = (score - s0) / (s1 - s0);
  return { falseMatchRate: Math.exp(Math.log(r0) + share * (Math.log(r1) - Math.log(r0))), atMost: false };
}

/** The lowest score whose false match rate is at most `rate`; refuses a rate the data cannot support. */
export function thresholdAt(curve: CalibrationCurve, rate: number): number {
  const points = curve.points;
  const index = points.findIndex(([, r]) => r <= rate);
  if (index < 0) {
    throw new FacematchError(
      'calibration-invalid',
      `The calibration data does not reach a false match rate of ${rate}.`,
      {
        rate,
        nonMated: curve.nonMated,
      },
    );
  }
  const [s1, r1] = points[index] as [number, number];
  const before = points[index - 1];
  if (before === undefined || r1 === rate) return s1;
  const [s0, r0] = before;
  return s0 + ((Math.log(r0) - Math.log(rate)) / (Math.log(r0) - Math.log(r1))) * (s1 - s0);
}
