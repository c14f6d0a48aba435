import type { Orientation } from './exif.js';

/** A compressed image reduced to what decoding needs: same pixels, no metadata, nothing behind its end. */
export interface Stripped {
  readonly kind: 'stripped';
  readonly bytes: Uint8Array;
  /** As encoded, before the orientation is applied; straight from the header, not yet believed. */
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
}

/** Animations are told apart: the frame a person sees need not be the frame that is compared. */
export type StripResult = Stripped | { readonly kind: 'corrupt' } | { readonly kind: 'animated' };

export const corrupt: StripResult = { kind: 'corrupt' };
export const animated: StripResult = { kind: 'animated' };

/** Colour profiles up to this many bytes, uncompressed, are kept: dropping one would change the colours. */
export const maxProfileBytes = 64 * 1024;
