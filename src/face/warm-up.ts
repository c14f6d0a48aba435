import { ChipBatch } from './chips.js';
import { letterbox } from './detection.js';
import type { RecognitionParts } from './recognition.js';
import type { RgbImage } from './types.js';
import { warp } from './warp.js';

/** After so many photos the loops over pixels are compiled. */
const rounds = 8;

/**
 * Does on a blank picture what every photo goes through, so that the first photo does not pay for what networks set
 * up late and loops that are not compiled yet.
 */
export async function warmUp({ engine, looks, landmarks, embedder }: RecognitionParts): Promise<void> {
  const detector = looks[0]?.card;
  for (let round = 0; round < rounds; round++) {
    const blank: RgbImage = { width: 600, height: 800, data: new Uint8Array(600 * 800 * 3) };
    for (const { input } of [embedder, landmarks, ...(detector === undefined ? [] : [detector])])
      warp(blank, letterbox(blank, input, 1), new ChipBatch(input, 1).target(0));
  }
  if (detector !== undefined) await engine.detect(detector, new ChipBatch(detector.input, 1).data, 1);
  await engine.landmarks(landmarks, new ChipBatch(landmarks.input, 1).data, 1);
  await engine.embed(embedder, new ChipBatch(embedder.input, 1).data, 1);
}
