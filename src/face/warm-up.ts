import { ChipBatch } from './chips.js';
import type { RecognitionParts } from './recognition.js';

/** Runs every network once on a blank picture, so that the first photo does not pay for what they set up late. */
export async function warmUp({ engine, looks, landmarks, embedder }: RecognitionParts): Promise<void> {
  for (const card of new Set(looks.map((look) => look.card)))
    await engine.detect(card, new ChipBatch(card.input, 1).data, 1);
  await engine.landmarks(landmarks, new ChipBatch(landmarks.input, 1).data, 1);
  await engine.embed(embedder, new ChipBatch(embedder.input, 1).data, 1);
}
