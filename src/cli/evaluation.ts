import { basename } from 'node:path';
import { systemClock } from '../clock.js';
import { type Calibration, loadCalibration } from '../comparison/calibration.js';
import { createPolicy, type Policy } from '../comparison/policy.js';
import { loadConfig } from '../config.js';
import { FacematchError, isFacematchError } from '../errors.js';
import { readGroups, sharpnessGroups } from '../evaluation/data/metadata.js';
import { type Pair, photosOf, readPairs } from '../evaluation/data/pairs.js';
import { photosIn } from '../evaluation/data/photos.js';
import { scorePairs } from '../evaluation/data/scoredPairs.js';
import { scoresCsv } from '../evaluation/data/scoresCsv.js';
import { type EmbeddingCache, openEmbeddingCache } from '../evaluation/embedding/embeddingCache.js';
import { type Acquired, embeddedOf, embedPhotos } from '../evaluation/embedding/embeddings.js';
import { pipelineFingerprint } from '../evaluation/embedding/fingerprint.js';
import { bothNetworks, type Embedded, flipAveraged } from '../evaluation/embedding/variants.js';
import { evaluate, type Plan } from '../evaluation/evaluate.js';
import type { Report } from '../evaluation/report/report.js';
import { seededRandom } from '../evaluation/statistics/random.js';
import type { FaceReader } from '../face/types.js';
import type { Networks } from '../networks.js';
import { withFaces } from './faces.js';
import { progress, say } from './output.js';

export interface EvaluateOptions {
  readonly images: string;
  readonly pairs?: string;
  readonly train?: string;
  readonly model?: string;
  readonly cross?: true;
  readonly references?: '2';
  readonly meta?: string;
  readonly by?: string;
  readonly impostors: 'all' | 'same-group';
  readonly policy?: true;
  readonly morphs: string;
  readonly versus?: string;
  readonly scores?: string;
  readonly json?: string;
  readonly report?: string;
  readonly cache: string;
  readonly replicates: string;
  readonly seed: string;
}

/** Embeds what the options name and evaluates it. */
export async function evaluation(
  options: EvaluateOptions,
): Promise<{ report: Report; scoresCsv: string | undefined }> {
  const replicates = wholeNumber('--replicates', options.replicates, 100);
  const seed = wholeNumber('--seed', options.seed, 0);
  const morphs = wholeNumber('--morphs', options.morphs, 0);
  const pairs = options.pairs === undefined ? undefined : readPairs(options.pairs);
  const training = options.train === undefined ? [] : readPairs(options.train);
  // The training list only chooses a threshold: its photos are embedded, and take no part in anything else.
  const photos = pairs === undefined ? photosIn(options.images) : photosOf(pairs);
  const random = seededRandom(seed);
  const { versus } = options;
  const other =
    versus === undefined || versus === 'flip'
      ? undefined
      : await embedWith(versus.replace(/^\+/, ''), options, photos, async ({ acquired }) =>
          embeddedOf(acquired),
        );

  return embedWith(options.model, options, [...photos, ...photosOf(training)], async (embedding) => {
    const { faces, networks, cache } = embedding;
    const acquired = new Map(photos.map((photo) => [photo, embedding.acquired.get(photo) as Acquired]));
    const list = pairs && {
      pairs: scorePairs(pairs, acquired),
      training: scorePairs(training as Pair[], embedding.acquired),
    };
    const calibration = calibrationOf(networks);
    const base = embeddedOf(acquired);
    const plan: Plan = {
      images: options.images,
      list,
      cross: options.cross === true || (pairs === undefined && !options.references && !options.policy),
      references: options.references !== undefined,
      groups: groupsOf(options, acquired),
      policy: options.policy === true,
      morphs: { most: morphs, seed },
      versus: versus === undefined ? undefined : { variant: versus, embedded: await variant(base) },
    };
    if (plan.policy && calibration === undefined) {
      throw new FacematchError(
        'input-invalid',
        '--policy needs a calibration: make one with "facematch calibrate".',
      );
    }
    const bar = progress('morphs');
    const found = await evaluate(plan, {
      faces,
      acquired,
      calibration,
      policy: calibration && policyOf(calibration),
      clustering: { replicates, random },
      embedding: { cache, onProgress: bar.update },
    }).finally(bar.stop);
    const report: Report = { about: about(networks, calibration), ...found };
    return { report, scoresCsv: list && scoresCsv(list.pairs) };

    async function variant(of: Embedded): Promise<Embedded> {
      if (other === undefined) {
        const mirrored = progress('mirrored');
        return flipAveraged(faces, options.images, of, { cache, onProgress: mirrored.update }).finally(
          mirrored.stop,
        );
      }
      return versus?.startsWith('+') ? bothNetworks(of, other, random) : other;
    }
  });

  function about(networks: Networks, calibration: Calibration | undefined): Report['about'] {
    const shown = Object.entries(options).filter(
      ([name, value]) =>
        !unnamed.has(name) &&
        !(name === 'impostors' && value === 'all') &&
        !(name === 'morphs' && value === '0'),
    );
    const named = shown.map(([name, value]) =>
      value === true ? ` --${name}` : ` --${name} ${basename(String(value))}`,
    );
    return {
      made: systemClock().toISOString().slice(0, 10),
      command: `facematch evaluate --images ${basename(options.images)}${named.join('')}`,
      model: networks.embedder,
      pipeline: networks.pipeline,
      calibration: calibration?.id,
      data: options.pairs === undefined ? basename(options.images) : basename(options.pairs),
      replicates,
      seed,
    };
  }
}

/** Options that change nothing in the result, or stand elsewhere in the report. */
const unnamed = new Set(['images', 'cache', 'scores', 'json', 'report', 'replicates', 'seed']);

interface Embedding {
  readonly faces: FaceReader;
  readonly networks: Networks;
  readonly cache: EmbeddingCache;
  readonly acquired: ReadonlyMap<string, Acquired>;
}

function embedWith<T>(
  embedder: string | undefined,
  options: EvaluateOptions,
  photos: readonly string[],
  use: (embedding: Embedding) => Promise<T>,
): Promise<T> {
  return withFaces({ embedder }, async (faces, networks) => {
    const cache = await openEmbeddingCache(options.cache, pipelineFingerprint(networks.settings));
    try {
      const bar = progress(`embedding with ${networks.embedder}`);
      const acquired = await embedPhotos(faces, options.images, [...new Set(photos)], {
        cache,
        onProgress: bar.update,
      }).finally(bar.stop);
      return await use({ faces, networks, cache, acquired });
    } finally {
      cache.close();
    }
  });
}

function calibrationOf({ calibrationPath, embedder, pipeline }: Networks): Calibration | undefined {
  try {
    return loadCalibration(calibrationPath, { model: embedder, pipeline });
  } catch (error) {
    if (!isFacematchError(error, 'calibration-invalid')) throw error;
    say(error.message);
    return undefined;
  }
}

function policyOf(calibration: Calibration): Policy {
  return createPolicy(calibration, loadConfig(process.env).policy);
}

function groupsOf(
  { meta, by, impostors }: EvaluateOptions,
  acquired: ReadonlyMap<string, Acquired>,
): Plan['groups'] {
  if (by === undefined && meta === undefined && impostors === 'all') return undefined;
  if (by === 'sharpness' && meta === undefined)
    return { column: by, groupOf: sharpnessGroups(acquired), impostors };
  if (by === undefined || meta === undefined) {
    throw new FacematchError(
      'input-invalid',
      '--by COLUMN and --meta FILE go together, and --impostors same-group needs them.',
    );
  }
  return { column: by, groupOf: readGroups(meta, by), impostors };
}

/** @throws FacematchError `input-invalid` */
export function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new FacematchError('input-invalid', `${option} needs a whole number from ${least} up.`);
}
