import type { Random } from '../random.js';
import type { Seed } from './seeds.js';

/** Larger inputs make every later try slower and show nothing new. */
const mostBytes = 200_000;
const mostEntries = 3000;

/** Of the inputs to go on from, those that were read rather than refused: most changes of a refused one say nothing. */
const readShare = 0.7;

interface Entry extends Seed {
  /** Times it was taken as the ground of another try. */
  taken: number;
}

/** Inputs that showed something new, in memory: what the next tries start from. */
export class Corpus {
  readonly #entries: Entry[] = [];
  /** Those of the entries that were read, and the seeds. */
  readonly #read: Entry[] = [];
  readonly #known = new Set<string>();

  constructor(seeds: readonly Seed[]) {
    for (const seed of seeds) this.#add(seed, true);
  }

  get size(): number {
    return this.#entries.length;
  }

  get behaviours(): number {
    return this.#known.size;
  }

  /** What was taken less often comes sooner: of three drawn, that one. */
  take(random: Random): Seed {
    const from = random.chance(readShare) ? this.#read : this.#entries;
    const drawn = [0, 1, 2].map(() => random.pick(from));
    const chosen = drawn.reduce((best, entry) => (entry.taken < best.taken ? entry : best));
    chosen.taken++;
    return chosen;
  }

  /** True when this behaviour was met for the first time; the input is kept then. */
  learn(behaviour: string, input: Seed, wasRead: boolean): boolean {
    if (this.#known.has(behaviour)) return false;
    this.#known.add(behaviour);
    if (input.bytes.length <= mostBytes && this.#entries.length < mostEntries && input.bytes.length > 0)
      this.#add(input, wasRead);
    return true;
  }

  #add({ name, bytes }: Seed, wasRead: boolean): void {
    const entry = { name, bytes, taken: 0 };
    this.#entries.push(entry);
    if (wasRead) this.#read.push(entry);
  }
}
