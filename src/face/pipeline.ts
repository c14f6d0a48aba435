import { modelId } from '../models/card.js';
import { createDecoder, type DecodedImage } from './decode.js';
import type { ImageLimits } from './limits.js';
import { type RecognitionParts, recognise } from './recognition.js';
import type { FaceOutcome, ImageOutcome, ModelId, UntrustedImage } from './types.js';
import { warmUp } from './warm-up.js';

export interface PipelineParts extends RecognitionParts {
  readonly imageLimits: ImageLimits;
}

export interface Pipeline {
  readonly model: ModelId;
  /**
   * One outcome per image, in order; images share a batch through each network. Throws `internal` when a network
   * gives values that are not finite.
   */
  read(images: readonly UntrustedImage[]): Promise<FaceOutcome[]>;
  /** Decodes and strips only. */
  accept(image: UntrustedImage): Promise<ImageOutcome>;
  /** Runs every network once, so that the first photo is as fast as the next. */
  warmUp(): Promise<void>;
  close(): Promise<void>;
}

/** Decoded photos held at once, in pixels: 150 MB. A batch that decodes to more goes through in parts. */
const maxHeldPixels = 50_000_000;

interface Held {
  readonly index: number;
  readonly decoded: DecodedImage;
  readonly decode: number;
}

/** Photo → embedding: decode, detect, choose the face, find its landmarks, align, embed. */
export function createPipeline(parts: PipelineParts): Pipeline {
  const decode = createDecoder(parts.imageLimits);
  const model = modelId(parts.embedder);

  async function recogniseHeld(held: readonly Held[], outcomes: FaceOutcome[]): Promise<void> {
    const recognitions = await recognise(
      parts,
      held.map(({ decoded }) => decoded.pixels),
    );
    recognitions.forEach((recognition, i) => {
      const { index, decoded, decode } = held[i] as Held;
      const timings = { decode, ...recognition.timings };
      outcomes[index] = { ...recognition, image: decoded.image, model, timings };
    });
  }

  return {
    model,
    async read(images) {
      const outcomes: FaceOutcome[] = new Array(images.length);
      let held: Held[] = [];
      let pixels = 0;
      for (const [index, image] of images.entries()) {
        const started = performance.now();
        const decoded = await decode(image);
        if (decoded.kind === 'refused') {
          outcomes[index] = decoded;
          continue;
        }
        const size = decoded.pixels.width * decoded.pixels.height;
        if (held.length > 0 && pixels + size > maxHeldPixels) {
          await recogniseHeld(held, outcomes);
          held = [];
          pixels = 0;
        }
        held.push({ index, decoded, decode: performance.now() - started });
        pixels += size;
      }
      if (held.length > 0) await recogniseHeld(held, outcomes);
      return outcomes;
    },
    async accept(image) {
      const decoded = await decode(image);
      return decoded.kind === 'refused' ? decoded : { kind: 'accepted', image: decoded.image };
    },
    warmUp: () => warmUp(parts),
    close: () => parts.engine.close(),
  };
}
