import type { ErrorCode, ErrorFacts } from '../../errors.js';
import type { SealedEmbedding } from '../../store/sealedEmbedding.js';

/** The next embeddings, to be opened and kept as int8. Answered with `taken`. */
export interface BlockMessage {
  readonly type: 'block';
  /** `id@version` that the embeddings are by. */
  readonly model: string;
  readonly embeddings: readonly SealedEmbedding[];
}

/** Answered with `nearest`. */
export interface NearestMessage {
  readonly type: 'nearest';
  /** Of length 1. */
  readonly probe: Float32Array;
  readonly most: number;
}

/** Up to where a sweep has come, and what it keeps of it. */
export interface SweepPlace {
  /** The documents up to this id were compared with one another. */
  readonly upTo: string;
  readonly compared: number;
  /** Highest first. */
  readonly pairs: readonly NearPair[];
}

/** Answered with `progress` after each strip, `checkpoint` now and then, and with `pairs`. */
export interface SweepMessage {
  readonly type: 'sweep';
  /** Where an earlier process left off; documents of it that are gone are passed over. */
  readonly from?: SweepPlace | undefined;
  /** At least so many milliseconds between two checkpoints; none unless given. */
  readonly checkpointMs?: number | undefined;
  /** Lowest score of a pair, by int8. */
  readonly floor: number;
  /** The highest pairs are kept. */
  readonly most: number;
}

export type ToChild = BlockMessage | NearestMessage | SweepMessage;

export interface TakenMessage {
  readonly type: 'taken';
  /** Embeddings it holds by now. */
  readonly held: number;
}

/** Cosine of two int8 vectors: close to the score, not the score. */
export interface Near {
  readonly id: string;
  readonly near: number;
}

export interface NearestAnswer {
  readonly type: 'nearest';
  /** Highest first. */
  readonly found: readonly Near[];
  /** Milliseconds the scan took. */
  readonly ms: number;
}

export interface ProgressMessage {
  readonly type: 'progress';
  /** Pairs compared so far. */
  readonly compared: number;
}

export interface CheckpointMessage extends SweepPlace {
  readonly type: 'checkpoint';
}

/** Two documents of different holders. */
export interface NearPair {
  readonly a: string;
  readonly b: string;
  readonly near: number;
}

export interface PairsAnswer {
  readonly type: 'pairs';
  /** Highest first. */
  readonly found: readonly NearPair[];
  readonly compared: number;
}

/** The work it was given failed. No text of a library's: it could quote what it was given. */
export interface FailedMessage {
  readonly type: 'failed';
  readonly code: ErrorCode;
  readonly facts: ErrorFacts;
}

export type FromChild =
  | TakenMessage
  | NearestAnswer
  | ProgressMessage
  | CheckpointMessage
  | PairsAnswer
  | FailedMessage;
