import type { Random } from '../random.js';

export interface Ground {
  readonly random: Random;
  /** Another input of the corpus, to take pieces from. */
  readonly other: Buffer;
  /** To be put into metadata, which must never be kept; marks that it was. */
  plant(): string;
}

/** Changes a photo in one way. May give it back unchanged where the change does not apply. */
export type Mutation = (bytes: Buffer, ground: Ground) => Buffer;

export function spliced(bytes: Buffer, at: number, removed: number, ...put: readonly Uint8Array[]): Buffer {
  return Buffer.concat([bytes.subarray(0, at), ...put, bytes.subarray(at + removed)]);
}
