import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { comparisonScore } from '../../comparison/scores.js';
import { FacematchError } from '../../errors.js';
import { createDecoder, type Decoder } from '../../face/decode.js';
import { defaultImageLimits } from '../../face/limits.js';
import type { Embedding, FaceReader } from '../../face/types.js';
import { type Acquired, type EmbedOptions, embedSources } from '../embedding/embeddings.js';
import type { ThreeScores } from '../trials/referenceTrials.js';
import type { Attack } from './accomplices.js';
import { type MorphSettings, morph, type Portrait } from './morph.js';

/** A criminal renews: the newer reference is the morph, the older one the accomplice's genuine photo. */
export interface MorphTrial {
  readonly attack: Attack;
  readonly settings: MorphSettings;
  readonly scores: ThreeScores;
  readonly embeddings: { readonly probe: Embedding; readonly newer: Embedding; readonly older: Embedding };
}

export interface MorphTrials {
  readonly trials: readonly MorphTrial[];
  readonly made: number;
  /** Morphs in which no face was found: they would not be taken for a passport. */
  readonly failed: number;
}

/** Makes the morphs in memory, as JPEG files, and sends them through the same pipeline as any photo. */
export async function morphTrials(
  faces: FaceReader,
  folder: string,
  acquired: ReadonlyMap<string, Acquired>,
  work: { readonly attacks: readonly Attack[]; readonly settings: readonly MorphSettings[] },
  options: EmbedOptions,
): Promise<MorphTrials> {
  const decode = createDecoder(defaultImageLimits);
  const jobs = work.attacks.flatMap((attack) => work.settings.map((settings) => ({ attack, settings })));
  const sources = jobs.map(({ attack, settings }, i) => ({
    name: String(i),
    load: async () => {
      const [accomplice, criminal] = await Promise.all([
        portrait(decode, folder, attack.morphed.accomplice, acquired),
        portrait(decode, folder, attack.morphed.criminal, acquired),
      ]);
      const { width, height, data } = morph(accomplice, criminal, settings);
      return sharp(data, { raw: { width, height, channels: 3 } })
        .jpeg({ quality: settings.quality })
        .toBuffer();
    },
  }));
  const morphs = await embedSources(faces, sources, options);
  const trials = jobs.flatMap(({ attack, settings }, i): MorphTrial[] => {
    const newer = morphs.get(String(i));
    if (newer?.kind !== 'embedded') return [];
    const embeddings = {
      probe: embeddingOf(acquired, attack.probe),
      newer: newer.embedding,
      older: embeddingOf(acquired, attack.older),
    };
    return [{ attack, settings, embeddings, scores: threeScores(embeddings) }];
  });
  return { trials, made: jobs.length, failed: jobs.length - trials.length };
}

export function threeScores({ probe, newer, older }: MorphTrial['embeddings']): ThreeScores {
  return {
    newer: comparisonScore(probe, newer),
    older: comparisonScore(probe, older),
    agreement: comparisonScore(newer, older),
  };
}

async function portrait(
  decode: Decoder,
  folder: string,
  photo: string,
  acquired: ReadonlyMap<string, Acquired>,
): Promise<Portrait> {
  const decoded = await decode({ bytes: await readFile(join(folder, photo)) });
  const known = acquired.get(photo);
  if (decoded.kind === 'refused' || known?.kind !== 'embedded') {
    throw new FacematchError('internal', 'A photo that was embedded cannot be morphed.');
  }
  return { image: decoded.pixels, landmarks: known.landmarks };
}

function embeddingOf(acquired: ReadonlyMap<string, Acquired>, photo: string): Embedding {
  const known = acquired.get(photo);
  if (known?.kind !== 'embedded')
    throw new FacematchError('internal', 'A photo of an attack has no embedding.');
  return known.embedding;
}
