import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import test, { type TestContext } from 'node:test';
import { Batch } from '../../src/face/pool/batch.js';
import { FaceChild } from '../../src/face/pool/face-child.js';
import type { AcceptedMessage, DoneMessage, Job, SentResult } from '../../src/face/pool/messages.js';
import { poolDefaults } from '../../src/face/pool/options.js';
import type { AcceptedImage } from '../../src/face/types.js';
import { greyPng } from './images.js';
import { portrait, settings } from './support.js';

// A child that was taken over sends whatever it likes. Each case changes one thing of a message that would be taken.

const received = { bytes: new Uint8Array(1_000) };
const read: Job = { kind: 'read', image: received };
const asks: Job = { kind: 'read', image: received, ahead: true };
const image: AcceptedImage = {
  format: 'jpeg',
  width: 30,
  height: 40,
  stripped: new Uint8Array(900),
  pixelDigest: new Uint8Array(32),
};
const embedded = { kind: 'embedded', embedding: new Float32Array(8) } as object;
const refused: SentResult = { kind: 'read', outcome: { kind: 'refused', code: 'photo-empty', facts: {} } };
const whole = { kind: 'read', outcome: { ...embedded, image } } as SentResult;
const rest = { kind: 'rest', outcome: embedded } as SentResult;
const failed: SentResult = { kind: 'error', error: { code: 'internal', message: '', facts: {} } };

const message = (place: unknown, sent: unknown) =>
  ({ type: 'accepted', place, image: sent }) as AcceptedMessage;
const done = (...results: unknown[]) => ({ type: 'done', results, rss: 1 }) as DoneMessage;

function batchOf(...jobs: Job[]) {
  const told: number[] = [];
  return { told, batch: new Batch(jobs, (place) => told.push(place)) };
}

test('an image goes ahead for a job at work that asked, once', () => {
  const { batch, told } = batchOf(read, asks, { kind: 'accept', image: received });
  for (const place of [0, 2, 3, -1, 0.5, '1', undefined, null, Number.NaN, 'length'])
    assert.equal(batch.accept(message(place, image)), false, String(place));
  assert.deepEqual(told, []);
  assert.equal(batch.accept(message(1, image)), true);
  assert.equal(batch.accept(message(1, image)), false);
  assert.deepEqual(told, [1]);
});

const wrongImages: readonly (readonly [string, unknown])[] = [
  ['none', undefined],
  ['null', null],
  ['text', 'image'],
  ['another format', { ...image, format: 'jpeg\r\nx: y' }],
  ['no width', { ...image, width: undefined }],
  ['a height that is none', { ...image, height: -1 }],
  ['a length instead of bytes', { ...image, stripped: 2 ** 31 }],
  ['a list instead of bytes', { ...image, stripped: [1, 2] }],
  ['more than was received', { ...image, stripped: new Uint8Array(1_257) }],
  ['a short digest', { ...image, pixelDigest: new Uint8Array(31) }],
  ['no digest', { ...image, pixelDigest: 32 }],
];
for (const [name, wrong] of wrongImages)
  test(`an image that cannot be: ${name}`, () => {
    const { batch, told } = batchOf(asks, read, { kind: 'accept', image: received });
    assert.equal(batch.accept(message(0, wrong)), false);
    assert.deepEqual(told, []);
    const accepted = { kind: 'accept', outcome: { kind: 'accepted', image: wrong } };
    assert.equal(
      batch.answers(done(refused, { kind: 'read', outcome: { ...embedded, image: wrong } }, failed)),
      undefined,
    );
    assert.equal(batch.answers(done(refused, refused, accepted)), undefined);
    assert.ok(batch.answers(done(refused, whole, { kind: 'accept', outcome: { kind: 'accepted', image } })));
  });

test('results are one for each job, of its kind', () => {
  const { batch } = batchOf(read);
  for (const results of [undefined, null, 1, {}, [], [whole, whole], [undefined], [null], [{ kind: 'read' }]])
    assert.equal(batch.answers({ type: 'done', results, rss: 1 } as unknown as DoneMessage), undefined);
  for (const sent of [
    rest,
    { kind: 'accept', outcome: { kind: 'accepted', image } },
    { kind: 'read', outcome: null },
    { kind: 'read', outcome: { image } },
    { kind: 'read', outcome: { kind: 'embedded', image, embedding: 512 } },
    { kind: 'error' },
    { kind: 'error', error: { code: 7, message: '', facts: {} } },
  ])
    assert.equal(batch.answers(done(sent)), undefined, JSON.stringify(sent));
  for (const sent of [whole, refused, failed]) assert.equal(batch.answers(done(sent))?.length, 1);
  const shown = batchOf({ kind: 'show', image: received, words: '' }).batch;
  for (const jpeg of [undefined, 2 ** 31])
    assert.equal(
      shown.answers(done({ kind: 'show', outcome: { kind: 'shown', picture: { jpeg } } })),
      undefined,
    );
});

test('after its image went ahead a job has the rest or an error, and is not refused', () => {
  const { batch } = batchOf(asks);
  for (const sent of [rest, whole]) assert.equal(batch.answers(done(sent)), undefined, 'nothing went ahead');
  assert.ok(batch.answers(done(refused)));
  assert.ok(batch.accept(message(0, image)));
  for (const sent of [whole, refused]) assert.equal(batch.answers(done(sent)), undefined);
  assert.ok(batch.answers(done(failed)));
  const [answer] = batch.answers(done(rest)) ?? [];
  assert.ok(answer?.kind === 'read' && answer.outcome.kind === 'embedded');
  assert.deepEqual(answer.outcome.image, image);
});

/** A child that has started, and a way to say something in its name. */
async function child(t: TestContext) {
  const ended: FaceChild[] = [];
  const started = await new Promise<FaceChild>((resolve) => {
    new FaceChild(
      settings(),
      { ...poolDefaults, deadlineMs: 30_000 },
      { onReady: resolve, onEnd: (one) => ended.push(one) },
    );
  });
  t.after(() => started.kill(new Error('the test is over') as never));
  const says = (words: unknown) =>
    (Reflect.get(started, 'process') as ChildProcess).emit('message', words, undefined);
  return { started, ended, says };
}

const photo = await portrait;
for (const [name, words] of [
  ['nothing', null],
  ['a kind of its own', { type: 'other' }],
  ['that it got ready again', { type: 'ready', model: 'x' }],
  ['that it failed, and not why', { type: 'failed' }],
  ['an image that nobody asked for', message(0, image)],
  ['a malformed answer', done({ kind: 'read' })],
] as const)
  test(`a child at work that says ${name} is killed, and costs its photos only`, async (t) => {
    const { started, ended, says } = await child(t);
    const work = started.run([{ kind: 'read', image: { bytes: photo } }], () => assert.fail());
    says(words);
    await assert.rejects(work, { code: 'reading-failed' });
    await started.exited;
    assert.deepEqual(ended, [started]);
  });

test('a child at rest that says something is killed', async (t) => {
  const { started, ended, says } = await child(t);
  const image = { bytes: greyPng(200, 200) };
  const told: AcceptedImage[] = [];
  await started.run([{ kind: 'read', image, ahead: true }], (_, one) => told.push(one));
  assert.equal(told.length, 1);
  assert.ok(started.idle);
  says(message(0, told[0]));
  await started.exited;
  assert.deepEqual(ended, [started]);
});
