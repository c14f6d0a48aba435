import { modelId } from '../models/card.js';
import { createDecoder, type DecodedImage } from './decode.js';
import type { ImageLimits } from './limits.js';
import { type Recognition, type RecognitionParts, recognise } from './recognition.js';
import { shown } from './shown.js';
import type {
  AcceptedImage,
  FaceOutcome,
  ImageOutcome,
  ModelId,
  ShowOutcome,
  UntrustedImage,
} from './types.js';
import { inUprightPixels } from './upright.js';
import { warmUp } from './warm-up.js';

export interface PipelineParts extends RecognitionParts {
  readonly imageLimits: ImageLimits;
}

/** Told of a batch on its way. */
export interface ReadListener {
  /** After each step of the work on one photo, at most twice a photo. */
  onProgress(): void;
  /** The photo at `index` is accepted, and not yet looked at for a face. */
  onAccepted(index: number, image: AcceptedImage): void;
}

export interface Pipeline {
  readonly model: ModelId;
  /**
   * One outcome per image, in order; images share a batch through each network. Throws `internal` when a network
   * gives values that are not finite.
   */
  read(images: readonly UntrustedImage[], listener?: ReadListener): Promise<FaceOutcome[]>;
  /** Decodes and strips only. */
  accept(image: UntrustedImage): Promise<ImageOutcome>;
  /** Decodes, and makes a picture with these words on it. */
  show(image: UntrustedImage, words: string): Promise<ShowOutcome>;
  /** Runs every network once, so that the first photo is as fast as the next. */
  warmUp(): Promise<void>;
  close(): Promise<void>;
}

/** Decoded photos held at once, in pixels: 150 MB. A batch that decodes to more goes through in parts. */
const maxHeldPixels = 50_000_000;

/** Between the eye centres, in pixels of a picture smaller than its photo, under which the photo may show more. */
const coarseEyeDistance = 64;

interface Held {
  readonly index: number;
  readonly decoded: DecodedImage;
  readonly decode: number;
}

/** Photo → embedding: decode, detect, choose the face, find its landmarks, align, embed. */
export function createPipeline(parts: PipelineParts): Pipeline {
  const decode = createDecoder(parts.imageLimits);
  const model = modelId(parts.embedder);

  async function recogniseHeld(
    held: readonly Held[],
    outcomes: FaceOutcome[],
    listener?: ReadListener,
  ): Promise<void> {
    const recognitions = await recognise(
      parts,
      held.map(({ decoded }) => decoded.pixels),
    );
    for (const [i, { index, decoded, decode }] of held.entries()) {
      const first = recognitions[i] as Recognition;
      const { recognition, again } = await closer(decoded, first);
      listener?.onProgress();
      const timings = { decode: decode + again, ...recognition.timings };
      outcomes[index] = { ...recognition, image: decoded.image, model, timings };
    }
  }

  /** A small face in a large photo is looked at again with all its pixels; `again`: milliseconds to decode them. */
  async function closer(
    { image, pixels, whole }: DecodedImage,
    recognition: Recognition,
  ): Promise<{ recognition: Recognition; again: number }> {
    if (whole === undefined || !tooCoarse(recognition))
      return { recognition: inUprightPixels(recognition, pixels, image), again: 0 };
    const started = performance.now();
    const all = await whole();
    const again = performance.now() - started;
    const [second = recognition] = await recognise(parts, [all]);
    return { recognition: { ...second, timings: sum(recognition.timings, second.timings) }, again };
  }

  return {
    model,
    async read(images, listener) {
      const outcomes: FaceOutcome[] = new Array(images.length);
      let held: Held[] = [];
      let pixels = 0;
      for (const [index, image] of images.entries()) {
        const started = performance.now();
        const decoded = await decode(image);
        listener?.onProgress();
        if (decoded.kind === 'refused') {
          outcomes[index] = decoded;
          continue;
        }
        listener?.onAccepted(index, decoded.image);
        const size = decoded.pixels.width * decoded.pixels.height;
        if (held.length > 0 && pixels + size > maxHeldPixels) {
          await recogniseHeld(held, outcomes, listener);
          held = [];
          pixels = 0;
        }
        held.push({ index, decoded, decode: performance.now() - started });
        pixels += size;
      }
      if (held.length > 0) await recogniseHeld(held, outcomes, listener);
      return outcomes;
    },
    async accept(image) {
      const decoded = await decode(image);
      return decoded.kind === 'refused' ? decoded : { kind: 'accepted', image: decoded.image };
    },
    async show(image, words) {
      const decoded = await decode(image);
      return decoded.kind === 'refused' ? decoded : { kind: 'shown', picture: await shown(decoded, words) };
    },
    warmUp: () => warmUp(parts),
    close: () => parts.engine.close(),
  };
}

function tooCoarse(recognition: Recognition): boolean {
  return recognition.kind === 'embedded'
    ? recognition.measures.interEyeDistance < coarseEyeDistance
    : recognition.reason === 'face-too-small';
}

function sum<T extends Readonly<Record<string, number>>>(one: T, other: T): T {
  return Object.fromEntries(Object.entries(one).map(([key, value]) => [key, value + (other[key] ?? 0)])) as T;
}
