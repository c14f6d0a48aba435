import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import type { Engine } from '../../src/face/engine/engine.js';
import { createOnnxEngine } from '../../src/face/engine/onnx.js';
import { createTfjsEngine, type TfjsEngine } from '../../src/face/engine/tfjs.js';
import { requireCard } from '../../src/models/card.js';
import { buildDir, builtCards, cards } from '../models/support.js';
import { candidates, corner, cosine, faceCrops, largestDifference, photos } from './support.js';

const ids = ['ssd-mobilenet-v1', 'face-landmark-68', 'dlib-resnet-128'] as const;
const [detector, landmarks, embedder] = ids.map((id) => requireCard(cards, id)) as [
  ReturnType<typeof requireCard>,
  ReturnType<typeof requireCard>,
  ReturnType<typeof requireCard>,
];
let onnx: Engine;
let faceApi: TfjsEngine;

before(async () => {
  onnx = await createOnnxEngine({ cards: await builtCards(...ids), buildDir, threads: 1 });
  faceApi = await createTfjsEngine({ cards: [detector, landmarks, embedder], backend: 'wasm' });
});
after(async () => {
  await Promise.all([onnx?.close(), faceApi?.close()]);
});

test("on the same chip, dlib-resnet-128 agrees with face-api's descriptor", async () => {
  const crops = await faceCrops(onnx, detector, embedder);
  assert.ok(crops.length >= 6);
  for (const crop of crops) {
    const [ours, theirs] = [await onnx.embed(embedder, crop, 1), await faceApi.embed(embedder, crop, 1)];
    assert.ok(cosine(ours, theirs) >= 0.9999, `cosine ${cosine(ours, theirs)}`);
    assert.ok(largestDifference(ours, theirs) < 1e-4);
  }
});

test("on the same crop, landmarks agree with face-api's to a tenth of a pixel", async () => {
  for (const crop of await faceCrops(onnx, detector, landmarks)) {
    const difference = largestDifference(
      await onnx.landmarks(landmarks, crop, 1),
      await faceApi.landmarks(landmarks, crop, 1),
    );
    assert.ok(difference * landmarks.input.width < 0.1, `${difference * landmarks.input.width} pixels`);
  }
});

test("boxes agree with face-api's on its 512 × 512 canvas to a fifth of a pixel", async () => {
  let faces = 0;
  for (const photo of photos) {
    // face-api sees black where our smaller input ends, so what lies near its right and bottom edge differs a little.
    const pixels = await corner(photo, detector.input, 160);
    const ours = candidates(detector, await onnx.detect(detector, pixels, 1), 0.5);
    const theirs = candidates(detector, await faceApi.detect(detector, pixels, 1), 0.4);
    for (const face of ours) {
      const nearest = Math.min(...theirs.map(({ box }) => largestDifference(box, face.box)));
      assert.ok(nearest < 0.2, `${photo}: ${nearest} pixels`);
      faces++;
    }
    const missed = theirs.filter(
      ({ score, box }) => score > 0.6 && !ours.some((face) => largestDifference(box, face.box) < 0.2),
    );
    assert.deepEqual(missed, [], photo);
  }
  assert.ok(faces >= 8, `${faces} faces`);
});

test('face-api leaves no tensor behind, alone or in batches, and refuses what is not its own', async () => {
  const crops = await faceCrops(onnx, detector, embedder);
  const count = faceApi.tensorCount();
  const together = await faceApi.embed(embedder, Buffer.concat(crops.slice(0, 3)), 3);
  for (const [i, crop] of crops.slice(0, 3).entries()) {
    const alone = await faceApi.embed(embedder, crop, 1);
    assert.ok(largestDifference(alone, together.subarray(i * 128, (i + 1) * 128)) < 1e-5);
  }
  const photo = await corner(photos[0]!, detector.input, 256);
  const two = await faceApi.detect(detector, Buffer.concat([photo, photo]), 2);
  assert.equal(two.scores.length, 2 * two.anchors);
  await assert.rejects(faceApi.embed(embedder, new Uint8Array(3), 1), { code: 'internal' });
  assert.equal(faceApi.tensorCount(), count);

  const other = requireCard(cards, 'mobilefacenet-512');
  await assert.rejects(createTfjsEngine({ cards: [other] }), { code: 'engine-unsupported' });
  await assert.rejects(faceApi.embed(other, new Uint8Array(112 * 112 * 3), 1), {
    code: 'engine-unsupported',
  });
});
