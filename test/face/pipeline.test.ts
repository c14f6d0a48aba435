import assert from 'node:assert/strict';
import { after, before, describe as group, test } from 'node:test';
import sharp from 'sharp';
import { openPipeline } from '../../src/face/open.js';
import type { Pipeline } from '../../src/face/pipeline.js';
import { defaultNetworks } from '../../src/face/settings.js';
import type { AcceptedImage, FaceMeasures, FaceOutcome } from '../../src/face/types.js';
import { greyPng, zipWith } from './images.js';
import { cosine, describe, embeddingOf, otherPortrait, portrait, settings } from './support.js';

const upright = await portrait;
const other = await otherPortrait;
const opaque = (bytes: Buffer) => sharp(bytes).removeAlpha();

/** Both on one white canvas, at these places and sizes. */
async function together(...placed: [bytes: Buffer, left: number, height: number][]): Promise<Buffer> {
  const canvas = sharp({ create: { width: 800, height: 480, channels: 3, background: 'white' } });
  const layers = placed.map(async ([bytes, left, height]) => ({
    input: await sharp(bytes).resize({ height }).toBuffer(),
    left,
    top: Math.round((480 - height) / 2),
  }));
  return canvas
    .composite(await Promise.all(layers))
    .jpeg({ quality: 95 })
    .toBuffer();
}

group('photo to embedding', () => {
  let pipeline: Pipeline;
  let reference: Float32Array;
  const read = async (bytes: Uint8Array): Promise<FaceOutcome> => (await pipeline.read([{ bytes }]))[0]!;
  const scoreOf = async (bytes: Uint8Array) => cosine(reference, embeddingOf(await read(bytes)));

  before(async () => {
    pipeline = await openPipeline(settings());
    reference = embeddingOf(await read(upright));
  });
  after(() => pipeline.close());

  test('an embedding has length 1, the model, what was measured and how long it took', async () => {
    const outcome = await read(upright);
    if (outcome.kind !== 'embedded') throw new Error(describe(outcome));
    assert.equal(outcome.model, 'mobilefacenet-512@1.0.0');
    assert.equal(outcome.embedding.length, 512);
    assert.ok(Math.abs(cosine(outcome.embedding, outcome.embedding) - 1) < 1e-5);
    const { measures, timings } = outcome;
    assert.equal(measures.faces, 1);
    assert.ok(measures.confidence > 0.9 && measures.confidence <= 1);
    assert.equal(measures.landmarks.length, 68);
    assert.ok(
      measures.interEyeDistance > 60 && measures.interEyeDistance < 150,
      `${measures.interEyeDistance}`,
    );
    assert.ok((measures.quality.components.Sharpness.value ?? 0) > 0.3);
    const { x, y, width, height } = measures.box;
    const inside = measures.landmarks.filter(
      (p) => p.x > x - width / 4 && p.x < x + width * 1.25 && p.y > y && p.y < y + height * 1.25,
    );
    assert.ok(inside.length >= 60, `${inside.length} landmarks are on the face`);
    for (const [stage, ms] of Object.entries(timings)) assert.ok(ms > 0, `${stage} ${ms}`);
  });

  test('reading the stripped photo gives the identical embedding', async () => {
    const jpeg = await opaque(upright)
      .withExif({ IFD0: { Artist: 'a' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    const first = await read(Buffer.concat([jpeg, zipWith('tail')]));
    if (first.kind === 'refused') throw new Error(first.code);
    const second = await read(first.image.stripped);
    if (second.kind === 'refused') throw new Error(second.code);
    assert.deepEqual(embeddingOf(second), embeddingOf(first));
    assert.deepEqual(second.image, first.image);
  });

  test('a face turned by its EXIF orientation scores as the upright one', async () => {
    const lying = await opaque(upright).rotate(-90).toBuffer();
    for (const format of ['jpeg', 'png', 'webp'] as const) {
      const bytes = await sharp(lying)
        .withMetadata({ orientation: 6 })
        .toFormat(format, format === 'webp' ? { lossless: true } : { quality: 95 })
        .toBuffer();
      // Of the three PNG loses most here: quality makes it a palette.
      assert.ok((await scoreOf(bytes)) >= 0.98, format);
    }
  });

  test('colour models and formats agree: CMYK, grey, 16 bits with alpha, WebP', async () => {
    const deep = await sharp(upright).ensureAlpha().toColourspace('rgb16').png().toBuffer();
    assert.equal(deep[24], 16);
    assert.ok((await scoreOf(deep)) >= 0.99);
    assert.ok((await scoreOf(await opaque(upright).webp({ quality: 90 }).toBuffer())) >= 0.98);
    assert.ok(
      (await scoreOf(await opaque(upright).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer())) >= 0.9,
    );
    assert.ok((await scoreOf(await opaque(upright).greyscale().jpeg({ quality: 95 }).toBuffer())) >= 0.85);
  });

  test('a large photo is averaged down, not skipped over: six times the size, the same face', async () => {
    const large = await opaque(upright)
      .resize({ width: 2160, kernel: 'nearest' })
      .jpeg({ quality: 90 })
      .toBuffer();
    assert.ok((await scoreOf(large)) >= 0.98);
  });

  test('a photo decoded smaller is measured in its own pixels', async () => {
    const [small, large] = [
      await read(upright),
      await read(await opaque(upright).resize(2160).jpeg().toBuffer()),
    ];
    if (small.kind !== 'embedded' || large.kind !== 'embedded') throw new Error(describe(large));
    assert.deepEqual([large.image.width, large.image.height], [2160, 2760]);
    const ratio = (of: (measures: FaceMeasures) => number) => of(large.measures) / of(small.measures);
    for (const [name, found] of Object.entries({
      eyes: ratio((measures) => measures.interEyeDistance),
      box: ratio((measures) => measures.box.height),
      left: ratio((measures) => measures.landmarks[0]!.x),
      chin: ratio((measures) => measures.landmarks[8]!.y),
    }))
      assert.ok(Math.abs(found - 6) < 0.3, `${name}: ${found}`);
  });

  test('a small face in a large photo is looked at with all its pixels', async () => {
    const wide = await opaque(upright)
      .extend({ left: 900, right: 900, top: 700, bottom: 700, background: '#dddddd' })
      .jpeg({ quality: 95 })
      .toBuffer();
    const outcome = await read(wide);
    assert.equal(describe(outcome), 'embedded');
    const distance = outcome.kind === 'embedded' ? outcome.measures.interEyeDistance : 0;
    // Decoded at half size, its eyes would be half as far apart: too little to go by.
    assert.ok(distance > 60 && distance < 128, `${distance}`);
    assert.ok((await scoreOf(wide)) >= 0.95);
  });

  test('another person scores far lower than the same one cut differently', async () => {
    const closer = await sharp(upright)
      .extract({ left: 20, top: 20, width: 320, height: 420 })
      .png()
      .toBuffer();
    assert.ok((await scoreOf(closer)) > 0.9);
    assert.ok((await scoreOf(other)) < 0.3);
  });

  test('failures to acquire: blank, two people, a tiny face; the image is kept all the same', async () => {
    const tiny = await opaque(upright)
      .resize({ height: 60 })
      .extend({ top: 90, bottom: 90, left: 96, right: 97, background: 'white' })
      .png()
      .toBuffer();
    const expected: [string, Buffer, number][] = [
      ['no-face', greyPng(300, 300), 0],
      ['multiple-faces', await together([upright, 20, 440], [other, 440, 440]), 2],
      ['face-too-small', tiny, 1],
    ];
    for (const [reason, bytes, faces] of expected) {
      const outcome = await read(bytes);
      if (outcome.kind !== 'failure-to-acquire') throw new Error(`${reason}: ${describe(outcome)}`);
      assert.deepEqual([outcome.reason, outcome.faces], [reason, faces]);
      assert.equal(outcome.image.pixelDigest.length, 32);
      assert.ok(outcome.image.stripped.length > 0);
    }
  });

  test('with a small bystander the main face is the one compared', async () => {
    const outcome = await read(await together([other, 20, 150], [upright, 230, 460]));
    assert.equal(outcome.kind === 'embedded' && outcome.measures.faces, 2);
    assert.ok(cosine(reference, embeddingOf(outcome)) > 0.9);
  });

  test('a batch gives what its photos give alone, each outcome in its place', async () => {
    const blank = greyPng(200, 200);
    const photos = [
      upright,
      Buffer.from('no photo'),
      other,
      blank,
      await opaque(upright).flop().jpeg().toBuffer(),
    ];
    const batch = await pipeline.read(photos.map((bytes) => ({ bytes })));
    assert.deepEqual(batch.map(describe), [
      'embedded',
      'unsupported-image',
      'embedded',
      'no-face',
      'embedded',
    ]);
    for (const i of [0, 2, 4]) {
      const alone = embeddingOf(await read(photos[i]!));
      const shared = embeddingOf(batch[i]);
      for (const [k, value] of alone.entries()) assert.ok(Math.abs(value - shared[k]!) <= 1e-5);
    }
  });

  test('an image is accepted before its photo is looked at for a face', async () => {
    const events: string[] = [];
    const images: AcceptedImage[] = [];
    const outcomes = await pipeline.read(
      [upright, Buffer.from('no photo'), other].map((bytes) => ({ bytes })),
      {
        onProgress: () => events.push('step'),
        onAccepted: (index, image) => {
          events.push(`accepted ${index}`);
          images.push(image);
        },
      },
    );
    assert.deepEqual(events, ['step', 'accepted 0', 'step', 'step', 'accepted 2', 'step', 'step']);
    const kept = outcomes.flatMap((outcome) => (outcome.kind === 'refused' ? [] : [outcome.image]));
    assert.equal(kept.length, 2);
    for (const [i, image] of kept.entries()) assert.equal(image, images[i]);
  });

  test('an empty batch is an empty answer', async () => assert.deepEqual(await pipeline.read([]), []));

  test('the other engine runs the same pipeline on face-api itself', async () => {
    const networks = defaultNetworks.tfjs;
    const open = [openPipeline(settings({ ...networks, engine: 'tfjs' })), openPipeline(settings(networks))];
    const [theirs, ours] = await Promise.all(open);
    const [a, b] = [await theirs!.read([{ bytes: upright }]), await ours!.read([{ bytes: upright }])];
    await Promise.all([theirs!.close(), ours!.close()]);
    assert.equal(embeddingOf(a[0]).length, 128);
    assert.ok(cosine(embeddingOf(a[0]), embeddingOf(b[0])) > 0.999);
  });

  test('a network in the wrong role is refused by name', async () => {
    await assert.rejects(openPipeline(settings({ embedder: 'ultraface-320' })), { code: 'config-invalid' });
    await assert.rejects(openPipeline(settings({ embedder: 'no-such-net' })), { code: 'model-unknown' });
  });
});
