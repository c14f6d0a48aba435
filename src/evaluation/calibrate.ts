import type { Clock } from '../clock.js';
import {
  type CalibrationCurve,
  type CalibrationFile,
  calibrationHash,
  operatingPoints,
  thresholdAt,
} from '../comparison/calibration.js';
import { FacematchError } from '../errors.js';
import type { Embedding } from '../face/types.js';
import type { Acquired } from './embeddings.js';
import { identityOf } from './pairs.js';
import { crossTrials, fusedTrials, type Trials } from './trials.js';

/**
 * The rate stops where fewer non-mated scores than this lie above: ten errors give a rate to about 60% either way
 * (95%, Poisson), fewer give none worth stating.
 */
const leastErrors = 10;

/** Makes a model's calibration from all cross pairs of the photos; identity is the folder name. */
export function calibrate(
  acquired: ReadonlyMap<string, Acquired>,
  about: { model: string; pipeline: readonly string[]; dataName: string; command: string; clock: Clock },
): CalibrationFile {
  const embedded = embeddedOf(acquired);
  const content = {
    model: about.model,
    pipeline: [...about.pipeline],
    data: {
      name: about.dataName,
      photos: acquired.size,
      identities: new Set([...embedded.keys()].map(identityOf)).size,
      failuresToAcquire: acquired.size - embedded.size,
    },
    made: about.clock().toISOString().slice(0, 10),
    command: about.command,
    single: curveOf(crossTrials(embedded)),
    fused: curveOf(fusedTrials(embedded)),
  };
  return { ...content, sha256: calibrationHash(content) };
}

export function embeddedOf(acquired: ReadonlyMap<string, Acquired>): Map<string, Embedding> {
  const embedded = new Map<string, Embedding>();
  for (const [photo, result] of acquired)
    if (result.kind === 'embedded') embedded.set(photo, result.embedding);
  return embedded;
}

function curveOf(trials: Trials): CalibrationCurve {
  if (trials.nonMated.count < 100 * leastErrors) {
    throw new FacematchError(
      'input-invalid',
      'These photos give too few non-mated comparisons to calibrate with.',
      {
        nonMated: trials.nonMated.count,
        least: 100 * leastErrors,
      },
    );
  }
  const curve = {
    nonMated: trials.nonMated.count,
    mated: trials.mated.length,
    points: trials.nonMated
      .tail(leastErrors)
      .map(([score, rate]): [number, number] => [Number(score.toFixed(4)), Number(rate.toPrecision(6))]),
    thresholds: [] as CalibrationCurve['thresholds'],
  };
  const least = leastErrors / trials.nonMated.count;
  for (const rate of operatingPoints.filter((point) => point >= least)) {
    const threshold = Number(thresholdAt(curve, rate).toFixed(4));
    const missed = trials.mated.filter((score) => score < threshold).length;
    const falseNonMatchRate = trials.mated.length === 0 ? 1 : missed / trials.mated.length;
    curve.thresholds.push({
      falseMatchRate: rate,
      threshold,
      falseNonMatchRate: Number(falseNonMatchRate.toPrecision(4)),
    });
  }
  return curve;
}
