import type { ModelCard } from '../../models/card.js';

/** Detector output for a batch, before suppression of overlapping boxes. */
export interface RawDetections {
  /** `batch × anchors`, 0 to 1, higher is surer. */
  readonly scores: Float32Array;
  /** `batch × anchors × 4`: left, top, right, bottom as fractions of the network's input. */
  readonly boxes: Float32Array;
  readonly anchors: number;
}

/**
 * Runs networks. Pixels come as bytes, `batch × height × width × channels` (3: RGB; 1: grey) in the size the
 * card names; channel order, mean and scale are applied behind this interface, as the card says.
 */
export interface Engine {
  detect(card: ModelCard, pixels: Uint8Array, batch: number): Promise<RawDetections>;
  /** `batch × 68 × 2`: x, y as fractions of the crop. */
  landmarks(card: ModelCard, pixels: Uint8Array, batch: number): Promise<Float32Array>;
  /** `batch × card.output.length`, not normalised. */
  embed(card: ModelCard, pixels: Uint8Array, batch: number): Promise<Float32Array>;
  close(): Promise<void>;
}
