import { sniffFormat } from '../../../src/face/sniff.js';
import type { ImageFormat } from '../../../src/face/types.js';
import type { Random } from '../random.js';
import { blind } from './blind.js';
import type { Corpus } from './corpus.js';
import { jpeg } from './jpeg.js';
import type { Mutation } from './mutation.js';
import { png } from './png.js';
import { polyglot } from './polyglot.js';
import type { Seed } from './seeds.js';
import { webp } from './webp.js';

export interface PhotoCase extends Seed {
  /** What was done to the ground, in order. */
  readonly steps: readonly string[];
  /**
   * Planted as metadata into a photo that was whole before, so that nothing kept may hold it. After several steps a
   * marker could stand among the pixels.
   */
  readonly planted: readonly string[];
}

const ofFormat: Readonly<Record<ImageFormat, Readonly<Record<string, Mutation>>>> = { jpeg, png, webp };

/** The next input: one of the corpus, changed in one way or several. */
export function nextCase(corpus: Corpus, random: Random): PhotoCase {
  const ground = corpus.take(random);
  const isSeed = !ground.name.includes(' + ');
  const planted: string[] = [];
  const plant = () => {
    const marker = random.marker();
    planted.push(marker);
    return marker;
  };
  const steps: string[] = [];
  let bytes = ground.bytes;
  for (let left = random.pick([1, 1, 1, 2, 2, 4]); left > 0; left--) {
    const [name, mutation] = chooseMutation(bytes, random);
    const changed = mutation(bytes, { random, other: corpus.take(random).bytes, plant });
    if (changed.equals(bytes)) continue;
    bytes = changed;
    steps.push(name);
  }
  return {
    name: `${ground.name.split(' + ', 1)[0]} + ${steps.join(' + ')}`,
    bytes,
    steps,
    planted: isSeed && steps.length === 1 ? planted : [],
  };
}

function chooseMutation(bytes: Buffer, random: Random): [string, Mutation] {
  const format = sniffFormat(bytes);
  const draw = random.below(100);
  const [family, mutations] =
    draw < 55 && format !== undefined
      ? ([format, ofFormat[format]] as const)
      : draw < 88
        ? (['blind', blind] as const)
        : (['polyglot', polyglot] as const);
  const [name, mutation] = random.pick(Object.entries(mutations));
  return [`${family}: ${name}`, mutation];
}
