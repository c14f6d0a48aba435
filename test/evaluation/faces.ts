import { seededRandom } from '../../src/evaluation/statistics/random.js';
import { normalise } from '../../src/face/normalise.js';
import type { Embedding } from '../../src/face/types.js';

/** Made-up embeddings: each person a random direction, each photo that direction with noise. */
export function madeUpPeople(
  people: number,
  photos: (person: number) => number,
  { noise = 0.9, width = 24, seed = 1 } = {},
): Map<string, Embedding> {
  const random = seededRandom(seed);
  // The sum of twelve uniform numbers less six is close enough to normal here.
  const normal = (): number => Array.from({ length: 12 }, random).reduce((sum, value) => sum + value, -6);
  const embedded = new Map<string, Embedding>();
  for (let person = 0; person < people; person++) {
    const direction = Array.from({ length: width }, normal);
    for (let photo = 0; photo < photos(person); photo++) {
      const vector = Float32Array.from(direction, (value) => value + noise * normal());
      embedded.set(`p${String(person).padStart(3, '0')}/${photo}.jpg`, normalise(vector));
    }
  }
  return embedded;
}
