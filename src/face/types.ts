import type { PhotoQuality } from './quality/assess.js';

/** 8-bit sRGB pixels, row by row, three bytes a pixel: `data.length === width * height * 3`. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Pixels of the decoded, upright photo; the origin is its top left corner. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Pixels of the decoded, upright photo; may reach outside it. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Detection {
  readonly box: Box;
  /** The detector's own confidence, 0 to 1, higher is surer. */
  readonly confidence: number;
}

declare const modelIdBrand: unique symbol;
/** A model card's `id@version`: scores and embeddings mean something only beside it. */
export type ModelId = string & { readonly [modelIdBrand]: true };

/** Length is the card's `output.length`; Euclidean length 1; every value finite. */
export type Embedding = Float32Array;

export type ImageFormat = 'jpeg' | 'png' | 'webp';

export type ImageRefusal =
  | 'photo-empty'
  | 'photo-too-large'
  | 'unsupported-image'
  | 'image-type-mismatch'
  | 'image-too-many-pixels'
  | 'image-dimensions'
  | 'image-corrupt'
  | 'image-colour';

/** Good images that yield no embedding (ISO/IEC 19795-1: failure to acquire). */
export type FailureToAcquireReason = 'no-face' | 'multiple-faces' | 'face-too-small';

/** What is kept of an accepted image. */
export interface AcceptedImage {
  readonly format: ImageFormat;
  /** Of the upright image, in pixels. */
  readonly width: number;
  readonly height: number;
  /** The received compressed image, losslessly stripped of metadata and trailers. */
  readonly stripped: Uint8Array;
  /** SHA-256 of the decoded pixels, 32 bytes: equal for the same photo in another wrapping. Personal data: key it before it is stored. */
  readonly pixelDigest: Uint8Array;
}

/** What was measured on the face that was compared. */
export interface FaceMeasures {
  readonly box: Box;
  readonly confidence: number;
  /** Faces the detector reported in the photo, the compared one included. */
  readonly faces: number;
  /** Distance between the eye centres in pixels of the upright photo. */
  readonly interEyeDistance: number;
  /** 68 points in the order of the iBUG 300-W annotation, pixels of the upright photo. */
  readonly landmarks: readonly Point[];
  readonly quality: PhotoQuality;
}

/** Milliseconds. */
export interface StageTimings {
  readonly decode: number;
  readonly detect: number;
  readonly landmarks: number;
  readonly align: number;
  readonly embed: number;
  readonly quality: number;
}

export type FaceOutcome =
  | {
      readonly kind: 'embedded';
      readonly image: AcceptedImage;
      readonly model: ModelId;
      readonly embedding: Embedding;
      readonly measures: FaceMeasures;
      readonly timings: StageTimings;
    }
  | {
      readonly kind: 'failure-to-acquire';
      readonly image: AcceptedImage;
      readonly model: ModelId;
      readonly reason: FailureToAcquireReason;
      /** Faces the detector reported. */
      readonly faces: number;
      readonly timings: StageTimings;
    }
  | ImageRefused;

export interface ImageRefused {
  readonly kind: 'refused';
  readonly code: ImageRefusal;
  /** Limits and sizes behind the refusal, no content. */
  readonly facts: Readonly<Record<string, string | number>>;
}

export type ImageOutcome = { readonly kind: 'accepted'; readonly image: AcceptedImage } | ImageRefused;

/** A photo as people look at it. */
export interface ShownImage {
  /** Pixels of the picture, which is smaller than a large photo. */
  readonly width: number;
  readonly height: number;
  readonly jpeg: Uint8Array;
}

export type ShowOutcome = { readonly kind: 'shown'; readonly picture: ShownImage } | ImageRefused;

export interface UntrustedImage {
  readonly bytes: Uint8Array;
  /** Media type the sender declared; when given it must agree with the content. */
  readonly declaredType?: string | undefined;
}

/**
 * Untrusted bytes in, typed outcomes out. Implemented by the pool of child processes; throws
 * `busy` (queue full), `deadline-exceeded` (a child hung and was replaced) or `reading-failed` (a child died).
 */
export interface FaceReader {
  /** The embedder whose embeddings `read` returns. */
  readonly model: ModelId;
  /** Decode, detect, align, embed. */
  read(photo: UntrustedImage, options?: ReadOptions): Promise<FaceOutcome>;
  /** Decode and strip only (signatures). */
  accept(image: UntrustedImage, options?: TurnOptions): Promise<ImageOutcome>;
  /** A picture to look at, with `words` on it: who looks, and when. */
  show(image: UntrustedImage, words: string, options?: TurnOptions): Promise<ShowOutcome>;
  close(): Promise<void>;
}

export interface TurnOptions {
  readonly signal?: AbortSignal | undefined;
  /** Low gives way to normal whenever both wait. */
  readonly priority?: 'normal' | 'low' | undefined;
  /** On whose behalf: while photos wait, the parties take turns. */
  readonly party?: string | undefined;
}

export interface ReadOptions extends TurnOptions {
  /**
   * Called once the photo is accepted, while it is still looked at for a face, with the very `image` of the outcome:
   * at most once, never for a photo that is refused, and never after the read has settled. If it throws, the read
   * rejects with that.
   */
  readonly accepted?: ((image: AcceptedImage) => void) | undefined;
}
