import type { ErrorCode, ErrorFacts } from '../../errors.js';
import type { FaceSettings } from '../settings.js';
import type {
  AcceptedImage,
  FaceOutcome,
  ImageOutcome,
  ModelId,
  ShowOutcome,
  UntrustedImage,
} from '../types.js';

/** First message to a child: what to load. */
export interface StartMessage {
  readonly type: 'start';
  readonly settings: FaceSettings;
}

/** A batch. The child answers every one with one `DoneMessage`; it gets the next only after that. */
export interface WorkMessage {
  readonly type: 'work';
  readonly jobs: readonly Job[];
}

/** `read`: decode to embedding; `accept`: decode and strip only; `show`: a picture with words on it, to look at. */
export type Job =
  | {
      readonly kind: 'read';
      readonly image: UntrustedImage;
      /** The accepted image is sent by itself, as soon as there is one. */
      readonly ahead?: boolean | undefined;
    }
  | { readonly kind: 'accept'; readonly image: UntrustedImage }
  | { readonly kind: 'show'; readonly image: UntrustedImage; readonly words: string };

export type ToChild = StartMessage | WorkMessage;

/** Networks are loaded and have run once. */
export interface ReadyMessage {
  readonly type: 'ready';
  readonly model: ModelId;
}

/** The child could not start and exits. */
export interface FailedMessage {
  readonly type: 'failed';
  readonly error: ErrorReport;
}

/** One more photo of the batch is decoded or read: the child has not hung. */
export interface AliveMessage {
  readonly type: 'alive';
}

/** The accepted image of a job that asked for it ahead of its result; once. */
export interface AcceptedMessage {
  readonly type: 'accepted';
  /** The job's place in the batch, from 0. */
  readonly place: number;
  readonly image: AcceptedImage;
}

export interface DoneMessage {
  readonly type: 'done';
  /** In the order of the jobs. */
  readonly results: readonly SentResult[];
  /** Resident set size of the child, in bytes. */
  readonly rss: number;
}

export type JobResult =
  | { readonly kind: 'read'; readonly outcome: FaceOutcome }
  | { readonly kind: 'accept'; readonly outcome: ImageOutcome }
  | { readonly kind: 'show'; readonly outcome: ShowOutcome }
  | { readonly kind: 'error'; readonly error: ErrorReport };

/** What a job's result is without the image that went ahead of it. */
export type Imageless = FaceOutcome extends infer Outcome
  ? Outcome extends { readonly image: AcceptedImage }
    ? Omit<Outcome, 'image'>
    : never
  : never;

/** A result as it crosses the channel: `rest` follows an `AcceptedMessage`. */
export type SentResult = JobResult | { readonly kind: 'rest'; readonly outcome: Imageless };

export type FromChild = ReadyMessage | FailedMessage | AliveMessage | AcceptedMessage | DoneMessage;

/** An error's parts that may cross processes: no stack, no cause, whose texts can quote data. */
export interface ErrorReport {
  readonly code: ErrorCode;
  readonly message: string;
  readonly facts: ErrorFacts;
}

export const isReport = (error: ErrorReport | undefined): error is ErrorReport =>
  typeof error?.code === 'string' && typeof error.message === 'string' && typeof error.facts === 'object';
