import type { ComparisonAnswer } from '../comparison/answer.js';
import type { CalibrationView } from '../comparison/calibrationView.js';
import type { AfterComparison } from '../comparison/confirmation.js';
import type { QualityCheck } from '../comparison/qualityCheck.js';
import type { ErrorCode } from '../errors.js';
import type { FailureToAcquireReason, UntrustedImage } from '../face/types.js';
import type { QueryComparisons } from '../inquiry/comparisonQuery.js';
import type { Inquiries } from '../inquiry/inquiries.js';
import type { Photos } from '../inquiry/photos.js';
import type { Reviews } from '../inquiry/reviews.js';
import type { Searches } from '../inquiry/search/searches.js';
import type { AuditAccess } from '../oversight/auditAccess.js';
import type { Caller } from '../oversight/caller.js';
import type { Me } from '../oversight/me.js';
import type { ModeControl } from '../oversight/mode.js';
import type { UseReport } from '../oversight/useReport.js';
import type { Lookups } from '../records/lookups.js';
import type { Rectify } from '../records/rectification.js';
import type { Rights } from '../records/rights.js';
import type { Statuses } from '../records/status.js';
import type { RecordHolds } from '../retention/holds.js';
import type { Operations } from '../retention/operations.js';

/** What every use case that a request starts is told. */
export interface Request {
  readonly caller: Caller;
  readonly idempotencyKey?: string | undefined;
  /** Aborted when the caller hangs up before the answer. */
  readonly signal?: AbortSignal | undefined;
}

export interface TransferRequest extends Request {
  /** Parsed JSON, not yet validated. */
  readonly record: unknown;
  readonly photo: UntrustedImage;
  readonly signature?: UntrustedImage | undefined;
}

export interface TransferResult {
  readonly documentId: string;
  /** False when the same transfer was received before. */
  readonly created: boolean;
  readonly embedding: 'embedded' | FailureToAcquireReason;
}

export interface ComparisonRequest extends Request {
  /** Parsed JSON, not yet validated. */
  readonly application: unknown;
  readonly photo: UntrustedImage;
  /** Low gives way to every other photo that waits. */
  readonly priority?: 'normal' | 'low' | undefined;
}

export interface ComparisonResult {
  readonly answer: ComparisonAnswer;
  /** False when the idempotency key was used before for the same request. */
  readonly created: boolean;
}

export interface Readiness {
  readonly ready: boolean;
  /** Per part `ok`, or a word on what is wrong; open to everybody, so no ids and no paths. */
  readonly checks: Readonly<Record<string, string>>;
}

/** What watches over the service, and what the law gives to others than offices. */
export interface OversightServices {
  readonly mode: ModeControl;
  readonly holds: Pick<RecordHolds, 'placeOn' | 'list' | 'release'>;
  readonly me: (caller: Caller) => Promise<Me>;
  readonly photos: Photos;
  readonly calibration: (caller: Caller) => Promise<CalibrationView>;
  readonly audit: AuditAccess;
  readonly inquiries: Inquiries;
  readonly reviews: Reviews;
  readonly queryComparisons: QueryComparisons;
  readonly searches: Omit<Searches, 'ofInquiry'>;
  readonly statuses: Statuses;
  readonly lookups: Lookups;
  readonly rights: Rights;
  readonly rectify: Rectify;
  readonly afterComparison: AfterComparison;
  readonly reports: { use(query: unknown, caller: Caller): Promise<UseReport> };
  /**
   * Writes a refusal to the audit trail. When it throws, the caller is answered
   * `store-unavailable`. `action` is the route's operation id.
   */
  refused(caller: Caller | undefined, action: string, code: ErrorCode): Promise<void>;
}

/** The use cases behind the routes. They throw `FacematchError`; everything else is answered as `internal`. */
export interface Services extends OversightServices {
  readonly intake: { transfer(request: TransferRequest): Promise<TransferResult> };
  readonly comparisons: {
    create(request: ComparisonRequest): Promise<ComparisonResult>;
    /** Throws `not-found` also where the comparison exists and the caller may not see it. */
    get(id: string, caller: Caller): Promise<ComparisonAnswer>;
  };
  readonly checkQuality: QualityCheck;
  readonly operations: Operations;
  readiness(): Promise<Readiness>;
  /**
   * Keeps a place for a photo of the party until the function is called: when it has been received. Throws `busy` where
   * it would be turned away.
   */
  promiseRoom(party: string): () => void;
}
