import type { AcceptedImage } from '../types.js';
import type { JobResult } from './messages.js';

/**
 * The same result in memory of its own. What arrives from a child are views on the whole message, so one embedding
 * would keep a batch of photos alive, and its `.buffer` would hold other people's.
 */
export function inOwnMemory(result: JobResult): JobResult {
  if (result.kind === 'error') return result;
  if (result.kind === 'accept') {
    const { outcome } = result;
    if (outcome.kind === 'refused') return result;
    return { kind: 'accept', outcome: { ...outcome, image: ownImage(outcome.image) } };
  }
  if (result.kind === 'show') {
    const { outcome } = result;
    if (outcome.kind === 'refused') return result;
    const jpeg = new Uint8Array(outcome.picture.jpeg);
    return { kind: 'show', outcome: { ...outcome, picture: { ...outcome.picture, jpeg } } };
  }
  const { outcome } = result;
  if (outcome.kind === 'refused') return result;
  const image = ownImage(outcome.image);
  if (outcome.kind === 'failure-to-acquire') return { kind: 'read', outcome: { ...outcome, image } };
  return { kind: 'read', outcome: { ...outcome, image, embedding: new Float32Array(outcome.embedding) } };
}

function ownImage(image: AcceptedImage): AcceptedImage {
  return {
    ...image,
    stripped: new Uint8Array(image.stripped),
    pixelDigest: new Uint8Array(image.pixelDigest),
  };
}
