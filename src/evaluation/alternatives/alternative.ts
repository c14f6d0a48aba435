import type { Affine } from '../../face/affine.js';
import type { FaceSettings } from '../../face/settings.js';
import type { EmbedderCard } from '../../models/card.js';

/**
 * One way of getting from a decoded photo to an embedding that differs from the pipeline's where it says so, as data.
 * The pipeline itself has none of these choices: what pays is written into a card or into `src/face`.
 */
export interface Alternative {
  readonly name: string;
  /** Otherwise the pipeline's. */
  readonly looks?: FaceSettings['looks'];
  readonly landmarks?: LandmarkReading;
  /** In place of the embedder card's. */
  readonly alignment?: Pick<EmbedderCard['alignment'], 'template' | 'landmarks'>;
  /** From the landmarks to the template: similarity unless given. */
  readonly fit?: 'affine';
  /** How a chip is filled: the pipeline's bilinear sampling of the photo halved to size unless given. */
  readonly sampling?: 'area' | 'bicubic' | 'bicubic-area';
  /** What is done to a chip's pixels before the embedder sees them. */
  readonly tone?: Tone;
  /** Maps applied after the alignment, one chip each: their embeddings are averaged. */
  readonly chips?: readonly Affine[];
}

/** The landmarks are the mean of all networks, crops and mirror images named here. */
export interface LandmarkReading {
  /** Ids of cards; the pipeline's landmark network unless given. */
  readonly networks?: readonly string[];
  /** Otherwise the network's own crop. */
  readonly crops?: readonly Crop[];
  /** Each crop is also read in a mirror. */
  readonly mirrored?: true;
  /** A second reading of the same crops turned by the angle between the eyes that the first one found. */
  readonly upright?: true;
}

/** Part of the photo that a landmark network sees, relative to the face box. */
export interface Crop {
  /** Side of the crop in longer sides of the box; where it is stretched, in its own sides. */
  readonly scale: number;
  /** The box is stretched over the network's input instead of a square around it. */
  readonly stretched?: true;
  /** Shift to the right and down, in longer sides of the box. */
  readonly shift?: readonly [number, number];
}

export const tones = ['grey-world', 'gamma', 'equalised', 'stretched', 'white-balance', 'grey'] as const;
export type Tone = (typeof tones)[number];
