import type { DetectorCard } from '../models/card.js';
import type { Affine } from './affine.js';
import { ChipBatch } from './chips.js';
import type { Engine, RawDetections } from './engine/engine.js';
import { suppressOverlaps } from './suppression.js';
import type { Box, Detection, RgbImage } from './types.js';
import { warp } from './warp.js';

/** One way of showing a photo to a detector. */
export interface Look {
  readonly card: DetectorCard;
  /**
   * Share of the network's input that the photo fills, in its tighter direction; the rest is padding. A detector
   * misses faces larger than its largest anchors, so one trained on groups sees portraits shrunk.
   */
  readonly share: number;
  /** A face at least this sure ends the search; otherwise the next look is taken too. */
  readonly enough: number;
  /**
   * Only a single face ends the search, and otherwise what this look saw does not count: for a look at few pixels,
   * which settles the usual portrait and leaves every other photo to finer looks. Photos wider than high, which it
   * would show smallest, it does not take at all.
   */
  readonly alone: boolean;
}

interface Search {
  readonly photo: RgbImage;
  faces: Detection[];
  best: number;
  over: boolean;
}

/**
 * Looks at all photos in turn, each look one batch of those still without a sure face. A photo's faces are those
 * of the look that found its surest one. Boxes are in pixels of the photo.
 */
export async function detectFaces(
  engine: Engine,
  looks: readonly Look[],
  photos: readonly RgbImage[],
): Promise<Detection[][]> {
  const searches = photos.map((photo): Search => ({ photo, faces: [], best: 0, over: false }));
  for (const look of looks) {
    const pending = searches.filter(
      ({ over, photo }) => !over && !(look.alone && photo.width > photo.height),
    );
    if (pending.length === 0) continue;
    const results = await takeLook(
      engine,
      look,
      pending.map((search) => search.photo),
    );
    pending.forEach((search, i) => {
      const faces = results[i] ?? [];
      const best = faces[0]?.confidence ?? 0;
      if (look.alone && (best < look.enough || faces.length > 1)) return;
      if (best > search.best) Object.assign(search, { faces, best });
      search.over = search.best >= look.enough;
    });
  }
  return searches.map((search) => search.faces);
}

/** One batch through one detector. Surest face first. */
async function takeLook(engine: Engine, look: Look, photos: readonly RgbImage[]): Promise<Detection[][]> {
  const { input, detection } = look.card;
  const frames = new ChipBatch(input, photos.length);
  const shown = photos.map((photo, i) => {
    const toInput = letterbox(photo, input, look.share);
    warp(photo, toInput, frames.target(i));
    return toInput;
  });
  const raw = await engine.detect(look.card, frames.data, photos.length);
  return shown.map((toInput, i) => {
    const candidates = candidatesOf(raw, i, detection.minConfidence).map(
      ({ box, confidence }): Detection => ({ confidence, box: fromInput(box, input, toInput) }),
    );
    return suppressOverlaps(candidates, detection.nmsIou);
  });
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Scales a photo to fill `share` of a frame in its tighter direction, centred. From photo to frame pixels. */
export function letterbox(photo: Size, frame: Size, share: number): Affine {
  const scale = share * Math.min(frame.width / photo.width, frame.height / photo.height);
  return {
    a: scale,
    b: 0,
    c: (frame.width - scale * photo.width) / 2,
    d: 0,
    e: scale,
    f: (frame.height - scale * photo.height) / 2,
  };
}

/** Boxes as fractions of the network's input. */
function candidatesOf(raw: RawDetections, image: number, minConfidence: number): Detection[] {
  const candidates: Detection[] = [];
  for (let anchor = image * raw.anchors; anchor < (image + 1) * raw.anchors; anchor++) {
    const confidence = raw.scores[anchor] ?? 0;
    if (!(confidence >= minConfidence)) continue;
    const [x = 0, y = 0, right = 0, bottom = 0] = raw.boxes.subarray(anchor * 4, anchor * 4 + 4);
    if (!(right > x && bottom > y)) continue;
    candidates.push({ confidence, box: { x, y, width: right - x, height: bottom - y } });
  }
  return candidates;
}

function fromInput(box: Box, frame: Size, { a: scale, c: left, f: top }: Affine): Box {
  return {
    x: (box.x * frame.width - left) / scale,
    y: (box.y * frame.height - top) / scale,
    width: (box.width * frame.width) / scale,
    height: (box.height * frame.height) / scale,
  };
}
