import type { Embedding, RgbImage } from '../../face/types.js';
import { type Pair, photosOf } from '../data/pairs.js';
import type { Alternative } from './alternative.js';
import { type Compared, comparisonWith, type Way, wayOf } from './compare.js';
import { type Cost, costs } from './cost.js';
import { type AlternativeParts, embedBy, type FoundFaces } from './reader.js';

export interface AlternativeTrial {
  readonly pairs: readonly Pair[];
  /** Where the thresholds of the accuracy come from; the list itself when empty. */
  readonly training: readonly Pair[];
  readonly alternatives: readonly Alternative[];
  /** Photos that the cost is measured on. */
  readonly timed: number;
  readonly replicates: number;
  readonly seed: number;
  /** A photo's pixels, by its name in the lists. */
  readonly decode: (photo: string) => Promise<RgbImage>;
  readonly progress: (what: string) => (done: number, total: number) => void;
}

export interface AlternativeResult extends Compared {
  readonly name: string;
  /** Photos of the list without an embedding. */
  readonly failures: number;
  readonly cost: Cost;
}

/** The pipeline first, then each alternative against it, on the same photos and the same draws of people. */
export async function tryAlternatives(
  parts: AlternativeParts,
  trial: AlternativeTrial,
): Promise<AlternativeResult[]> {
  const { pairs, training, decode, progress, replicates, seed } = trial;
  const alternatives: Alternative[] = [{ name: 'the pipeline' }, ...trial.alternatives];
  const photos = photosOf(pairs);
  const everything = [...new Set([...photos, ...photosOf(training)])];
  const embedded = await embedAll(parts, alternatives, everything, trial);
  const step = Math.max(1, Math.floor(everything.length / trial.timed));
  const sample = everything.filter((_, i) => i % step === 0).slice(0, trial.timed);
  const taken = await costs(
    parts,
    alternatives,
    sample.map((photo) => () => decode(photo)),
    progress('timing'),
  );
  const ways = embedded.map((of) => wayOf(of, pairs, training.length > 0 ? training : pairs));
  const compare = comparisonWith(ways[0] as Way, { replicates, seed });
  const compared = progress('comparing');
  return ways.map((way, i): AlternativeResult => {
    const result = {
      name: (alternatives[i] as Alternative).name,
      failures: photos.length - way.embedded.size,
      cost: taken[i] as Cost,
      ...compare(way),
    };
    compared(i + 1, ways.length);
    return result;
  });
}

/** One photo after the other, each by all alternatives, so that it is decoded once. */
async function embedAll(
  parts: AlternativeParts,
  alternatives: readonly Alternative[],
  photos: readonly string[],
  { decode, progress }: AlternativeTrial,
): Promise<Map<string, Embedding>[]> {
  const embedded = alternatives.map(() => new Map<string, Embedding>());
  const done = progress('embedding');
  for (const [i, name] of photos.entries()) {
    const photo = await decode(name);
    const found: FoundFaces = new Map();
    for (const [k, alternative] of alternatives.entries()) {
      const embedding = await embedBy(parts, alternative, photo, found);
      if (embedding !== undefined) embedded[k]?.set(name, embedding);
    }
    done(i + 1, photos.length);
  }
  return embedded;
}
