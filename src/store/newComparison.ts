import type { AuditEntry } from './auditEntry.js';
import type { IdempotencyClaim } from './idempotency.js';
import type { DataKey } from './keyring.js';

export interface NewComparison {
  readonly id: string;
  /** Keyed hash of the application's id. */
  readonly applicationKey: Uint8Array;
  readonly office: string;
  readonly outcome: string;
  /** Documents it was compared with, newest first. */
  readonly references?: readonly string[] | undefined;
  /** The revision at which each of them was read; where one was corrected since, nothing is stored. */
  readonly revisions?: readonly number[] | undefined;
  /** Keyed hashes of the identifiers given, so that the person they name finds it again. */
  readonly subjectKeys?: readonly Uint8Array[] | undefined;
  /** Keyed hashes of the document numbers given and compared with, to find it by. */
  readonly numberKeys?: readonly Uint8Array[] | undefined;
  readonly reasons?: readonly string[] | undefined;
  /** What its threshold was held against: cosine, higher is more alike; none where nothing was compared. */
  readonly score?: number | undefined;
  /** -log10 of the score's false match rate. */
  readonly strength?: number | undefined;
  /** `YYYY-MM-DD`, of the review that a comparison in *review* begins with; the comparison's own unless given. */
  readonly reviewRetentionEnds?: string | undefined;
  /** What the figures by group count it under; names nobody. */
  readonly group?: { readonly ageBand: string; readonly sex: string } | undefined;
  /** ISO 8601 date-time. */
  readonly createdAt: string;
  readonly model: string;
  readonly calibration: string;
  readonly policy: string;
  /** `YYYY-MM-DD` */
  readonly retentionEnds: string;
  /** JSON-able; encrypted. */
  readonly detail: unknown;
  /** Kept under a key and a retention of its own. */
  readonly probe?: NewProbe | SealedProbe | undefined;
  readonly audit: AuditEntry;
  readonly idempotency?: IdempotencyClaim | undefined;
}

export interface NewProbe {
  readonly photo: Uint8Array;
  readonly embedding?: Float32Array | undefined;
  /** `YYYY-MM-DD` */
  readonly retentionEnds: string;
}

/** One whose photo was sealed ahead of the comparison. */
export interface SealedProbe {
  readonly sealed: SealedPhoto;
  readonly embedding?: Float32Array | undefined;
}

/** A probe's photo under the key that its row will have. */
export interface SealedPhoto {
  readonly bytes: Uint8Array;
  readonly key: DataKey;
  /** `YYYY-MM-DD` */
  readonly retentionEnds: string;
}

export interface CreatedComparison {
  readonly id: string;
  readonly created: boolean;
  readonly mode: string;
  /** Of the review it began with. */
  readonly reviewId?: string | undefined;
}
