import { FacematchError } from '../errors.js';
import type { Embedding } from '../face/types.js';

/**
 * Comparison score of two embeddings of the same model: their cosine, -1 to 1, higher is more alike.
 * Both have length 1, so the dot product is the cosine. Anything that is not a finite number fails closed
 * (a NaN would be neither above nor below a threshold).
 */
export function comparisonScore(a: Embedding, b: Embedding): number {
  if (a.length !== b.length || a.length === 0) {
    throw new FacematchError('internal', 'Embeddings of different lengths cannot be compared.', {
      left: a.length,
      right: b.length,
    });
  }
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  if (!Number.isFinite(sum))
    throw new FacematchError('internal', 'A comparison score is not a finite number.');
  return Math.min(1, Math.max(-1, sum));
}

/**
 * Two references as one: the sum of their embeddings, scaled back to length 1. On Labeled Faces in the Wild it
 * sends a third as many honest people to review as one reference at the same false match rate (docs/accuracy.md).
 */
export function fuse(a: Embedding, b: Embedding): Embedding {
  const sum = new Float32Array(a.length);
  let squares = 0;
  for (let i = 0; i < a.length; i++) {
    const value = (a[i] as number) + (b[i] as number);
    sum[i] = value;
    squares += value * value;
  }
  const length = Math.sqrt(squares);
  if (!(length > 1e-6)) throw new FacematchError('internal', 'Opposite embeddings cannot be fused.');
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) / length;
  return sum;
}
