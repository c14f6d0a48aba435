import type { ComparisonAnswer } from '../comparison/answer.js';
import type { ErrorCode } from '../errors.js';
import type { FailureToAcquireReason, UntrustedImage } from '../face/types.js';
import type { Caller } from '../oversight/caller.js';

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

/** The use cases behind the routes. They throw `FacematchError`; everything else is answered as `internal`. */
export interface Services {
  readonly intake: { transfer(request: TransferRequest): Promise<TransferResult> };
  readonly comparisons: {
    create(request: ComparisonRequest): Promise<ComparisonResult>;
    /** Throws `not-found` also where the comparison exists and the caller may not see it. */
    get(id: string, caller: Caller): Promise<ComparisonAnswer>;
  };
  readiness(): Promise<Readiness>;
  /**
   * Writes a refusal (401, 403, 404) to the audit trail. When it throws, the caller is answered
   * `store-unavailable`. `action` is the route's operation id.
   */
  refused(caller: Caller | undefined, action: string, code: ErrorCode): Promise<void>;
}
