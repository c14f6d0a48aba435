import type { AuditEntry } from './audit.js';
import type { NewFinding } from './searchFindings.js';

/** An approved search that has not ended, as whoever takes it finds it. */
export interface SearchTurn {
  readonly id: string;
  /** How often it was begun before. */
  readonly starts: number;
  /** How often it was cut off without having been put down: its process died, or what it needs was away. */
  readonly cutOff: number;
}

/** One start of a search: what a later start has overtaken writes nothing more. */
export interface SearchRun {
  readonly id: string;
  /** From 1; 0 for one that was never begun. */
  readonly start: number;
}

/** What a search runs against. */
export interface SearchedStore {
  readonly startedAt: string;
  readonly mode: string;
  readonly model: string;
  readonly documents: number;
  /** The largest id of a document searched. */
  readonly lastDocument: string;
}

/** How far a sweep has come; encrypted. */
export interface SweepCheckpoint {
  /** Documents up to this id were compared with all that come before them. */
  readonly upTo: string;
  /** Pairs compared so far. */
  readonly compared: number;
  /** Lowest score of a pair, and how many of the highest are kept on the way: as at the first start. */
  readonly floor: number;
  readonly most: number;
  /** Ids of two documents and the cosine of their int8 numbers, highest first. */
  readonly pairs: readonly { readonly a: string; readonly b: string; readonly near: number }[];
}

export interface SearchOutcome {
  readonly endedAt: string;
  /** Undefined where it failed. */
  readonly compared: number | undefined;
  readonly reached: number;
  /** Highest first. */
  readonly findings: readonly NewFinding[];
  /** An error code where it failed. */
  readonly error?: string | undefined;
  readonly audit: AuditEntry;
}
