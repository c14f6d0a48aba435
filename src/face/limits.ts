/** What an untrusted image may be. Checked from its header, before a pixel is decoded. */
export interface ImageLimits {
  readonly maxBytes: number;
  /** Width × height. 25 MP decode to 75 MB; a 442 KB PNG of 144 MP took 490 MB. */
  readonly maxPixels: number;
  /** Shortest side, in pixels. */
  readonly minSide: number;
  /** Longest side, in pixels. */
  readonly maxSide: number;
}

export const defaultImageLimits: ImageLimits = {
  maxBytes: 10 * 1024 * 1024,
  maxPixels: 25_000_000,
  minSide: 32,
  maxSide: 16_384,
};

/** What a face must be to be compared. */
export interface FaceLimits {
  /** Between the eye centres, in pixels of the upright photo; under it the outcome is `face-too-small`. */
  readonly minInterEyeDistance: number;
  /**
   * A second face whose prominence (`selection.ts`) reaches this share of the main face's makes the photo
   * `multiple-faces`. 1 would refuse only exact ties.
   */
  readonly rivalProminence: number;
}

export const defaultFaceLimits: FaceLimits = {
  minInterEyeDistance: 16,
  rivalProminence: 0.75,
};
