import assert from 'node:assert/strict';
import test from 'node:test';
import { detectFaces, type Look } from '../../src/face/detection.js';
import type { Engine } from '../../src/face/engine/engine.js';
import { requireCard } from '../../src/models/card.js';
import { cards } from '../models/support.js';

const detector = requireCard(cards, 'ultraface-320');
assert.ok(detector.role === 'detector');
const portrait = { width: 240, height: 320, data: new Uint8Array(240 * 320 * 3) };

/** Which faces each look is given to see, by the confidence of each; boxes side by side. */
async function see(looks: readonly { alone: boolean; faces: readonly number[] }[], photo = portrait) {
  let taken = 0;
  const engine = {
    async detect() {
      const { faces } = looks[taken++]!;
      const boxes = faces.flatMap((_, i) => [i / 4, 0, i / 4 + 0.2, 0.5]);
      return { anchors: faces.length, scores: Float32Array.from(faces), boxes: Float32Array.from(boxes) };
    },
  } as unknown as Engine;
  const asked = looks.map(({ alone }): Look => ({ card: detector as never, share: 1, enough: 0.9, alone }));
  const [found] = await detectFaces(engine, asked, [photo]);
  return { taken, found: found!.map(({ confidence }) => Number(confidence.toFixed(2))) };
}

test('a single sure face ends the search at the first look', async () => {
  assert.deepEqual(
    await see([
      { alone: true, faces: [0.95] },
      { alone: false, faces: [0.99] },
    ]),
    {
      taken: 1,
      found: [0.95],
    },
  );
});

test('a look for single faces says nothing about two, nor about an unsure one', async () => {
  for (const faces of [[0.99, 0.98], [0.8], []]) {
    const second = { alone: false, faces: [0.91] };
    assert.deepEqual(await see([{ alone: true, faces }, second]), { taken: 2, found: [0.91] });
  }
  assert.deepEqual(
    await see([
      { alone: true, faces: [0.8] },
      { alone: false, faces: [] },
    ]),
    {
      taken: 2,
      found: [],
    },
  );
});

test('a look for single faces is not taken at a photo wider than high', async () => {
  const wide = { ...portrait, width: 320, height: 240 };
  const twice = [true, false].map((alone) => ({ alone, faces: [0.99, 0.98] }));
  assert.equal((await see(twice)).taken, 2);
  assert.equal((await see(twice, wide)).taken, 1);
});

test('any other look ends the search with several faces, and an unsure one is kept until a surer comes', async () => {
  const two = { alone: false, faces: [0.97, 0.96] };
  assert.deepEqual(await see([two, { alone: false, faces: [0.99] }]), { taken: 1, found: [0.97, 0.96] });
  const unsure = { alone: false, faces: [0.8] };
  assert.deepEqual(await see([unsure, { alone: false, faces: [0.7] }]), { taken: 2, found: [0.8] });
});
