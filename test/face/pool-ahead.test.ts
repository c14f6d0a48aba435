import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createFacePool, type FacePool } from '../../src/face/pool/face-pool.js';
import type { FacePoolOptions, TaskReport } from '../../src/face/pool/options.js';
import type { AcceptedImage, FaceOutcome } from '../../src/face/types.js';
import { greyPng, pattern } from './images.js';
import { describe, otherPortrait, portrait, settings } from './support.js';

const photo = { bytes: await portrait };
const other = { bytes: await otherPortrait };
/** Larger than what the channel takes at once. */
const long = { bytes: await pattern(900, 700).png({ compressionLevel: 0 }).toBuffer() };
/** Keeps a child at work for long. */
const slow = { bytes: greyPng(5_000, 4_900) };

async function pool(t: TestContext, options: Partial<FacePoolOptions> = {}): Promise<FacePool> {
  const created = await createFacePool({ settings: settings(), children: 1, deadlineMs: 30_000, ...options });
  t.after(() => created.close());
  return created;
}

function pidOf(faces: FacePool): number {
  const [pid] = faces.pids();
  assert.ok(pid !== undefined);
  return pid;
}

/** Reads, and gives what came ahead beside the outcome. */
async function readAhead(faces: FacePool, image: { bytes: Uint8Array }) {
  const images: AcceptedImage[] = [];
  const outcome = await faces.read(image, { accepted: (accepted) => images.push(accepted) });
  return { outcome, images };
}

/** Without the times, which differ between any two reads. */
function timeless(outcome: FaceOutcome) {
  return outcome.kind === 'refused' ? outcome : { ...outcome, timings: undefined };
}

test('the image that goes ahead is the outcome’s own, and nothing else changes', async (t) => {
  const faces = await pool(t);
  for (const [image, kind] of [
    [photo, 'embedded'],
    [other, 'embedded'],
    [long, 'no-face'],
  ] as const) {
    const plain = await faces.read(image);
    const { outcome, images } = await readAhead(faces, image);
    assert.equal(describe(outcome), kind);
    assert.deepEqual(timeless(outcome), timeless(plain));
    assert.equal(images.length, 1);
    assert.equal(outcome.kind !== 'refused' && outcome.image, images[0]);
    for (const values of [images[0]!.stripped, images[0]!.pixelDigest])
      assert.equal(values.buffer.byteLength, values.byteLength, 'in memory of its own');
  }
});

test('nothing goes ahead of a photo that is refused', async (t) => {
  const faces = await pool(t);
  for (const bytes of [Buffer.from('no photo'), photo.bytes.subarray(0, 9_000), greyPng(8, 8)]) {
    const { outcome, images } = await readAhead(faces, { bytes });
    assert.equal(outcome.kind, 'refused');
    assert.deepEqual(images, []);
  }
});

test('in a batch only those that asked are told, each of its own photo, before any result', async (t) => {
  const reports: TaskReport[] = [];
  const faces = await pool(t, { maxBatch: 8, onTask: (report) => reports.push(report) });
  const events: string[] = [];
  const read = async (name: string, image: { bytes: Uint8Array }, asks: boolean) => {
    const images: AcceptedImage[] = [];
    const accepted = (one: AcceptedImage) => {
      images.push(one);
      events.push(`${name} accepted`);
      assert.equal(faces.stats().running, 5);
    };
    const outcome = await faces.read(image, asks ? { accepted } : {});
    events.push(name);
    if (asks && outcome.kind !== 'refused') assert.equal(outcome.image, images[0]);
    return outcome;
  };
  const first = faces.read(photo);
  const outcomes = await Promise.all([
    read('one', photo, true),
    read('plain', other, false),
    read('refused', { bytes: Buffer.from('no photo') }, true),
    faces.accept(photo),
    read('two', other, true),
  ]);
  await first;
  assert.deepEqual(
    reports.map(({ batch }) => batch),
    [1, 5, 5, 5, 5, 5],
  );
  assert.deepEqual(events.slice(0, 2), ['one accepted', 'two accepted']);
  assert.deepEqual(events.slice(2).sort(), ['one', 'plain', 'refused', 'two']);
  const [one, plain, , signature, two] = outcomes;
  assert.ok(one?.kind === 'embedded' && plain?.kind === 'embedded' && two?.kind === 'embedded');
  assert.deepEqual(signature?.kind === 'accepted' && signature.image, one.image);
  assert.deepEqual(plain.image, two.image);
});

test('after a batch failed and each photo is read alone, none is told twice', async (t) => {
  const faces = await pool(t);
  const first = faces.read(photo);
  const reads = [readAhead(faces, photo), readAhead(faces, other)];
  // Throws in the child, between the two and the end of their batch.
  const broken = faces.read({ bytes: photo.bytes, declaredType: 7 as unknown as string });
  await Promise.all([first, assert.rejects(broken, { code: 'internal' })]);
  for (const { outcome, images } of await Promise.all(reads)) {
    assert.ok(outcome.kind === 'embedded');
    assert.deepEqual(images, [outcome.image]);
  }
  assert.equal(faces.stats().replaced, 0);
});

test('it comes while the child is still at work; a child that dies then leaves no result', async (t) => {
  const faces = await pool(t);
  const first = faces.read(photo);
  let told = 0;
  const lost = faces.read(photo, {
    accepted: () => {
      told++;
      process.kill(pidOf(faces), 'SIGKILL');
    },
  });
  const neighbour = faces.read(slow);
  await first;
  await Promise.all([
    assert.rejects(lost, { code: 'reading-failed', facts: { signal: 'SIGKILL' } }),
    assert.rejects(neighbour, { code: 'reading-failed' }),
  ]);
  assert.equal(told, 1);
  assert.equal((await readAhead(faces, photo)).images.length, 1);
});

test('who has given up is not told', async (t) => {
  const faces = await pool(t, { maxBatch: 1 });
  const images: AcceptedImage[] = [];
  const giveUp = new AbortController();
  const pid = pidOf(faces);
  process.kill(pid, 'SIGSTOP');
  const reads = [1, 2].map(() =>
    faces.read(photo, { signal: giveUp.signal, accepted: (image) => images.push(image) }),
  );
  giveUp.abort();
  for (const read of reads) await assert.rejects(read, { name: 'AbortError' });
  process.kill(pid, 'SIGCONT');
  for (let i = 0; i < 1_000 && faces.stats().running > 0; i++) await delay(10);
  assert.deepEqual([faces.stats().running, faces.stats().answered, images.length], [0, 1, 0]);
});

test('what the caller’s function throws is the caller’s answer, and nobody else’s', async (t) => {
  const faces = await pool(t);
  const accepted = () => {
    throw new Error('of the caller');
  };
  await assert.rejects(faces.read(photo, { accepted }), /of the caller/);
  assert.equal((await readAhead(faces, photo)).outcome.kind, 'embedded');
  assert.equal(faces.stats().replaced, 0);
});
