import { type Calibration, thresholdAt } from '../../comparison/calibration.js';
import type { Policy } from '../../comparison/policy.js';
import type { Embedding, FaceReader } from '../../face/types.js';
import { type Acquired, type EmbedOptions, embeddedOf } from '../embedding/embeddings.js';
import { consistent, type PassRule } from '../policy/passRules.js';
import type { Clustering } from '../statistics/intervals.js';
import { seededRandom } from '../statistics/random.js';
import type { ReferenceTrials } from '../trials/referenceTrials.js';
import { findAttacks } from './accomplices.js';
import { type HonestTrial, tryDetectors } from './detectorReport.js';
import type { MorphSettings } from './morph.js';
import { type MorphReport, morphReport } from './morphReport.js';
import { morphTrials } from './morphTrials.js';

/** Others that the most similar accomplice is chosen among. */
const candidates = 40;

/** Alternate ones train and test the detector, so neighbours differ in factor, background and compression. */
export const morphSettings: readonly MorphSettings[] = [
  { factor: 0.5, background: 'both', quality: 95 },
  { factor: 0.4, background: 'accomplice', quality: 80 },
  { factor: 0.5, background: 'accomplice', quality: 95 },
  { factor: 0.6, background: 'both', quality: 80 },
];

export interface MorphEvidenceParts {
  readonly faces: FaceReader;
  readonly images: string;
  readonly acquired: ReadonlyMap<string, Acquired>;
  readonly trials: ReferenceTrials;
  readonly rules: readonly PassRule[];
  readonly policy: Policy;
  readonly calibration: Calibration;
  readonly clustering: Clustering;
  readonly embedding: EmbedOptions;
}

/** Morphs of look-alikes among the photos, who of them each rule lets pass, and whether a detector on top pays. */
export async function morphEvidence(
  parts: MorphEvidenceParts,
  { most, seed }: { readonly most: number; readonly seed: number },
): Promise<MorphReport> {
  const { faces, images, acquired, trials, rules, policy, calibration, clustering, embedding } = parts;
  const embedded = embeddedOf(acquired);
  const attacks = findAttacks(embedded, { most, candidates, random: seededRandom(seed) });
  const morphs = await morphTrials(faces, images, acquired, { attacks, settings: morphSettings }, embedding);
  const { falseMatchRate } = policy;
  const at = { falseMatchRate, threshold: thresholdAt(calibration.file.single, falseMatchRate) };
  const own: PassRule = { name: policy.id, passes: (scores) => consistent(scores, policy) };
  const detectors = tryDetectors(honestTrials(trials, embedded), morphs.trials, own, clustering);
  return morphReport(morphs, rules, at, clustering, detectors);
}

function honestTrials(
  { cast, references, each }: ReferenceTrials,
  embedded: ReadonlyMap<string, Embedding>,
): HonestTrial[] {
  const photo = (index: number): string => cast.photos[index] as string;
  const vector = (index: number): Embedding => embedded.get(photo(index)) as Embedding;
  const honest: HonestTrial[] = [];
  each((scores, probe, pair, mated) => {
    if (!mated) return;
    const [newer, older] = references[pair] as readonly [number, number];
    const embeddings = { probe: vector(probe), newer: vector(newer), older: vector(older) };
    honest.push({ photo: photo(probe), scores: { ...scores }, embeddings });
  });
  return honest;
}
