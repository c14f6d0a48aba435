import { FacematchError } from '../errors.js';
import type { Embedding } from './types.js';

/** Euclidean length. */
export function lengthOf(raw: Float32Array): number {
  let squares = 0;
  for (const value of raw) squares += value * value;
  return Math.sqrt(squares);
}

/**
 * Scales to Euclidean length 1.
 * @throws {FacematchError} `internal` when a value is not finite or all are zero: such an embedding would pass
 *   or fail every comparison without a sign that it is broken.
 */
export function normalise(raw: Float32Array): Embedding {
  const length = lengthOf(raw);
  if (!Number.isFinite(length) || length === 0)
    throw new FacematchError('internal', 'A network gave an embedding that is not finite or has no length.', {
      length: raw.length,
    });
  return raw.map((value) => value / length);
}
