import assert from 'node:assert/strict';
import test from 'node:test';
import { defaultFaceLimits } from '../../src/face/limits.js';
import { prominence, selectFace } from '../../src/face/selection.js';
import type { Detection } from '../../src/face/types.js';

const photo = { width: 400, height: 300 }; // half the diagonal: 250
const face = (x: number, y: number, side: number, confidence = 1): Detection => ({
  confidence,
  box: { x: x - side / 2, y: y - side / 2, width: side, height: side },
});
const select = (...faces: Detection[]) => selectFace(faces, photo, defaultFaceLimits.rivalProminence);

test('prominence: size times how central, squared', () => {
  assert.equal(prominence(face(200, 150, 80).box, photo), 80);
  assert.equal(prominence(face(325, 150, 80).box, photo), 20); // halfway: (1 - 0.5)²
  assert.equal(prominence(face(0, 0, 80).box, photo), 0);
});

test('no face, no selection', () => assert.equal(select(), undefined));

test('the central face wins over a larger one at the edge, surer or not', () => {
  const subject = face(200, 150, 90, 0.6);
  assert.deepEqual(select(face(370, 150, 130), subject), { main: subject, rival: false });
});

test('the larger of two wins', () => {
  const large = face(180, 150, 120);
  assert.deepEqual(select(face(230, 150, 60), large), { main: large, rival: false });
});

test('two alike side by side are rivals', () => {
  assert.equal(select(face(100, 150, 100), face(300, 150, 100))?.rival, true);
  assert.equal(select(face(100, 150, 100), face(300, 150, 90))?.rival, true);
  assert.equal(select(face(100, 150, 100), face(300, 150, 60))?.rival, false);
});
