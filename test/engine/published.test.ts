import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before, type TestContext } from 'node:test';
import { isFacematchError } from '../../src/errors.js';
import type { Engine } from '../../src/face/engine/engine.js';
import { createOnnxEngine } from '../../src/face/engine/onnx.js';
import { type ModelCard, requireCard } from '../../src/models/card.js';
import { createSourceReader, type SourceReader } from '../../src/models/source.js';
import * as ort from '../../src/onnxRuntime.js';
import { buildDir, builtCards, cards } from '../models/support.js';
import { faceCrops, largestDifference } from './support.js';

const detector = requireCard(cards, 'ultraface-320');
let engine: Engine;
let workDir: string;
let sources: SourceReader;

before(async () => {
  engine = await createOnnxEngine({ cards: await builtCards(...cards.keys()), buildDir, threads: 1 });
  workDir = await mkdtemp(join(tmpdir(), 'facematch-published-'));
  sources = createSourceReader({ workDir, from: process.env['FACEMATCH_WEIGHTS_TARBALL'] });
});
after(async () => {
  await Promise.all([engine?.close(), rm(workDir, { recursive: true })]);
});

/** The network as its authors published it, fed with floats prepared here. */
async function published(t: TestContext, card: ModelCard) {
  try {
    const { weights } = await sources.read(card);
    const session = await ort.InferenceSession.create(Buffer.from(weights), { intraOpNumThreads: 1 });
    t.after(() => session.release());
    return session;
  } catch (error) {
    if (!isFacematchError(error, 'weights-unavailable')) throw error;
    t.skip(`${error.message} Or set FACEMATCH_WEIGHTS_TARBALL.`);
    return undefined;
  }
}

/** `height × width × channels` bytes to planes in the published order, (x - mean) / scale; `order` picks source channels. */
function planes(pixels: Uint8Array, order: readonly number[], mean: number, scale: number): Float32Array {
  const area = pixels.length / order.length;
  return Float32Array.from({ length: pixels.length }, (_, i) => {
    const channel = order[Math.floor(i / area)]!;
    return (pixels[(i % area) * order.length + channel]! - mean) / scale;
  });
}

test('MobileFaceNet with its PReLUs rewritten gives what the published graph gives', async (t) => {
  const card = requireCard(cards, 'mobilefacenet-512');
  const session = await published(t, card);
  if (!session) return;
  for (const crop of await faceCrops(engine, detector, card)) {
    const input = new ort.Tensor('float32', planes(crop, [2, 1, 0], 127.5, 127.5), [1, 3, 112, 112]);
    const { output } = await session.run({ input });
    assert.ok(largestDifference(await engine.embed(card, crop, 1), output!.data as Float32Array) < 1e-5);
  }
});

test('the small landmark network gives what the published graph gives', async (t) => {
  const card = requireCard(cards, 'landmark-68-small');
  const session = await published(t, card);
  if (!session) return;
  for (const crop of await faceCrops(engine, detector, card)) {
    const input = new ort.Tensor('float32', planes(crop, [0], 0, 256), [1, 1, 64, 64]);
    const { output } = await session.run({ input });
    assert.ok(largestDifference(await engine.landmarks(card, crop, 1), output!.data as Float32Array) < 1e-5);
  }
});

test('UltraFace gives what the published graph gives, the score of the face alone', async (t) => {
  const session = await published(t, detector);
  if (!session) return;
  for (const photo of await faceCrops(engine, detector, detector)) {
    const input = new ort.Tensor('float32', planes(photo, [0, 1, 2], 127, 128), [1, 3, 240, 320]);
    const { scores, boxes } = await session.run({ input });
    const ours = await engine.detect(detector, photo, 1);
    const faceScores = (scores!.data as Float32Array).filter((_, i) => i % 2 === 1);
    assert.ok(largestDifference(ours.scores, faceScores) < 1e-5);
    assert.ok(largestDifference(ours.boxes, boxes!.data as Float32Array) < 1e-5);
  }
});

for (const card of cards.values()) {
  test(`${card.id}: a batch gives what its images give one by one`, async () => {
    const crops = (await faceCrops(engine, detector, card)).slice(0, 3);
    const run = async (pixels: Uint8Array, batch: number): Promise<Float32Array> => {
      if (card.role === 'embedder') return engine.embed(card, pixels, batch);
      if (card.role === 'landmarks') return engine.landmarks(card, pixels, batch);
      const { scores, boxes } = await engine.detect(card, pixels, batch);
      return Float32Array.from([...scores, ...boxes]);
    };
    const together = await run(Buffer.concat(crops), crops.length);
    const alone = await Promise.all(crops.map((crop) => run(crop, 1)));
    const expected =
      card.role === 'detector'
        ? [
            ...alone.map((o) => o.subarray(0, card.output.length)),
            ...alone.map((o) => o.subarray(card.output.length)),
          ]
        : alone;
    const values = expected.flatMap((output) => [...output]);
    const scale = Math.max(1, ...values.map(Math.abs));
    assert.ok(largestDifference(together, values) < 1e-5 * scale, `${largestDifference(together, values)}`);
    assert.ok(largestDifference(alone[0]!, alone[1]!) > 1e-3, 'different faces give different outputs');
  });
}
