import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { fitAffine, scaledAbout, then, turned } from '../../src/evaluation/alternatives/affines.js';
import { comparisonWith, wayOf } from '../../src/evaluation/alternatives/compare.js';
import { costs } from '../../src/evaluation/alternatives/cost.js';
import { areaOf, readLandmarks } from '../../src/evaluation/alternatives/landmarkReading.js';
import { openAlternatives } from '../../src/evaluation/alternatives/open.js';
import { embedBy } from '../../src/evaluation/alternatives/reader.js';
import { fillOf } from '../../src/evaluation/alternatives/sampling.js';
import { retone } from '../../src/evaluation/alternatives/tone.js';
import { tryAlternatives } from '../../src/evaluation/alternatives/trial.js';
import { triedOn } from '../../src/evaluation/alternatives/tried.js';
import { apply } from '../../src/face/affine.js';
import { openPipeline } from '../../src/face/open.js';
import { cosine, describe, embeddingOf, otherPortrait, portrait, settings } from '../face/support.js';
import { madeUpPeople } from './faces.js';

const parts = await openAlternatives(settings(), () => {});
const pipeline = await openPipeline(settings());
after(async () => {
  await parts.engine.close();
  await pipeline.close();
});

test('without a difference an alternative is the pipeline', async () => {
  for (const photo of [await portrait, await otherPortrait]) {
    const [outcome] = await pipeline.read([{ bytes: photo }]);
    assert.equal(describe(outcome), 'embedded');
    const own = await embedBy(parts, { name: 'nothing' }, await parts.decode(photo));
    assert.ok(cosine(own!, embeddingOf(outcome)) > 0.9999);
  }
});

test('every alternative that was tried embeds a portrait much as the pipeline does, and not the same', async () => {
  const photo = await parts.decode(await portrait);
  const base = (await embedBy(parts, { name: 'nothing' }, photo))!;
  const alternatives = triedOn(parts.embedder, parts.meanShape);
  assert.equal(new Set(alternatives.map(({ name }) => name)).size, alternatives.length);
  for (const alternative of alternatives) {
    const embedding = await embedBy(parts, alternative, photo);
    assert.ok(embedding !== undefined, alternative.name);
    const score = cosine(base, embedding);
    assert.ok(score > 0.35 && score < 0.99999, `${alternative.name}: ${score}`);
    assert.ok(Math.abs(cosine(embedding, embedding) - 1) < 1e-5, alternative.name);
  }
});

test('landmarks read in a mirror and upright are near those read directly, each in its place', async () => {
  const photo = await parts.decode(await portrait);
  const [outcome] = await pipeline.read([{ bytes: await portrait }]);
  assert.ok(outcome?.kind === 'embedded');
  const { box, landmarks, interEyeDistance } = outcome.measures;
  const card = parts.landmarks(parts.settings.landmarks);
  const read = (how: object) => readLandmarks(parts.engine, [card], how, photo, box);
  const direct = await read({});
  const apart = (points: typeof direct) =>
    points.map(({ x, y }, i) => Math.hypot(x - direct[i]!.x, y - direct[i]!.y) / interEyeDistance);
  assert.ok(Math.max(...apart([...landmarks])) < 1e-3);
  for (const how of [{ mirrored: true }, { upright: true }, { crops: [{ scale: 0.85 }, { scale: 0.95 }] }]) {
    const distances = apart(await read(how));
    assert.ok(Math.max(...distances) < 0.15, JSON.stringify(how));
    assert.ok(Math.max(...distances) > 1e-4, JSON.stringify(how));
  }
});

test('crops of a face box', () => {
  const box = { x: 10, y: 20, width: 60, height: 80 };
  assert.deepEqual(areaOf({ scale: 1 }, box), { x: 0, y: 20, width: 80, height: 80 });
  assert.deepEqual(areaOf({ scale: 0.5, stretched: true }, box), { x: 25, y: 40, width: 30, height: 40 });
  assert.deepEqual(areaOf({ scale: 1, shift: [0.25, -0.5] }, box), { x: 20, y: -20, width: 80, height: 80 });
});

test('affine maps', () => {
  const map = { a: 1.2, b: 0.3, c: -4, d: -0.2, e: 0.9, f: 7 };
  const from = [
    { x: 0, y: 0 },
    { x: 10, y: 1 },
    { x: 3, y: 8 },
    { x: 9, y: 9 },
  ];
  const fitted = fitAffine(
    from,
    from.map((point) => apply(map, point)),
  );
  for (const [key, value] of Object.entries(map))
    assert.ok(Math.abs(fitted![key as keyof typeof map] - value) < 1e-9, key);
  assert.equal(
    fitAffine(
      [0, 1, 2].map((x) => ({ x, y: 2 * x })),
      from.slice(0, 3),
    ),
    undefined,
  );
  const second = scaledAbout(112, 1.5, 2, -3);
  const both = apply(then(map, second), from[1]!);
  const oneByOne = apply(second, apply(map, from[1]!));
  assert.ok(Math.hypot(both.x - oneByOne.x, both.y - oneByOne.y) < 1e-9);
  assert.deepEqual(apply(scaledAbout(112, 1.5), { x: 56, y: 56 }), { x: 56, y: 56 });
  // A line that runs down to the right by 30 degrees becomes level.
  const level = turned(scaledAbout(112, 1), Math.PI / 6, { x: 5, y: 5 });
  const centre = apply(level, { x: 5, y: 5 });
  const end = apply(level, { x: 5 + Math.cos(Math.PI / 6), y: 5 + Math.sin(Math.PI / 6) });
  assert.ok(Math.hypot(centre.x - 5, centre.y - 5) < 1e-9 && Math.hypot(end.x - 6, end.y - 5) < 1e-9);
});

test('each sampling gives back a ramp', () => {
  const width = 64;
  const data = Uint8Array.from({ length: width * width * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return [2 * x, 3 * y, x + y][i % 3]!;
  });
  // The chip's (0, 0) is the photo's (16, 16), a step of it 1.25 pixels.
  const toChip = { a: 0.8, b: 0, c: -12.8, d: 0, e: 0.8, f: -12.8 };
  for (const sampling of [undefined, 'area', 'bicubic', 'bicubic-area'] as const) {
    const target = {
      data: new Uint8Array(20 * 20 * 3),
      offset: 0,
      width: 20,
      height: 20,
      channels: 3,
      padding: 0,
    } as const;
    fillOf(sampling)({ width, height: width, data }, toChip, target);
    for (let row = 0; row < 20; row++) {
      for (let column = 0; column < 20; column++) {
        const x = (column + 0.5) * 1.25 + 16 - 0.5;
        const y = (row + 0.5) * 1.25 + 16 - 0.5;
        const at = (row * 20 + column) * 3;
        [2 * x, 3 * y, x + y].forEach((expected, channel) => {
          assert.ok(Math.abs(target.data[at + channel]! - expected) <= 1, `${sampling} ${row} ${column}`);
        });
      }
    }
  }
});

test('tones', () => {
  // Red is twice green, blue half of it.
  const chip = () =>
    Uint8Array.from({ length: 300 }, (_, i) => (40 + (Math.floor(i / 3) % 50)) * [2, 1, 0.5][i % 3]!);
  const mean = (of: Uint8Array, channel?: number) => {
    const values = [...of].filter((_, i) => channel === undefined || i % 3 === channel);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  const toned = (tone: Parameters<typeof retone>[1]) => {
    const changed = chip();
    retone(changed, tone);
    return changed;
  };
  const world = toned('grey-world');
  for (const channel of [0, 1, 2]) assert.ok(Math.abs(mean(world, channel) - mean(chip())) < 1);
  const balanced = toned('white-balance');
  for (const channel of [0, 1, 2]) {
    const own = balanced.filter((_, i) => i % 3 === channel);
    assert.deepEqual([Math.min(...own), Math.max(...own)], [0, 255]);
  }
  assert.ok(Math.abs(mean(toned('gamma')) - 118) < 15);
  assert.ok(Math.max(...toned('stretched')) === 255 && Math.max(...chip()) < 200);
  const grey = toned('grey');
  assert.ok(grey.every((value, i) => value === grey[i - (i % 3)]));
  const lumas = (of: Uint8Array) => of.filter((_, i) => i % 3 === 1);
  const equalised = [...lumas(toned('equalised'))].sort((a, b) => a - b);
  assert.ok(equalised[0]! < 64 && new Set(equalised).size > 40);
});

const pairsOf = (photos: readonly string[]) =>
  photos.flatMap((a, i) =>
    photos.slice(i + 1, i + 4).map((b) => ({ a, b, mated: a.split('/')[0] === b.split('/')[0] })),
  );

test('a way compared with itself differs nowhere; a spoilt one is worse beyond chance', () => {
  const good = madeUpPeople(120, () => 4, { noise: 0.6 });
  const spoilt = madeUpPeople(120, () => 4, { noise: 1.1 });
  const pairs = pairsOf([...good.keys()]);
  const [base, worse] = [wayOf(good, pairs, pairs), wayOf(spoilt, pairs, pairs)];
  const compare = comparisonWith(base, { replicates: 200, seed: 1 });
  const same = compare(base);
  assert.ok(same.cross.length > 0);
  assert.ok(
    same.cross.every(({ difference, interval }) => difference === 0 && interval.every((end) => end === 0)),
  );
  assert.deepEqual([same.accuracy.difference, same.accuracy.interval], [0, [0, 0]]);
  const { cross, accuracy } = compare(worse);
  assert.ok(cross.every(({ difference, interval }) => difference > 0 && interval[0] > 0));
  assert.ok(accuracy.difference < 0 && accuracy.interval[1] < 0);
});

test('a photo that one way failed on takes no part in the differences', () => {
  const good = madeUpPeople(120, () => 4, { noise: 0.6 });
  const pairs = pairsOf([...good.keys()]);
  const fewer = new Map([...good].filter((_, i) => i % 10 !== 0));
  const compare = comparisonWith(wayOf(good, pairs, pairs), { replicates: 100, seed: 1 });
  const { cross, accuracy } = compare(wayOf(fewer, pairs, pairs));
  assert.ok(cross.every(({ difference }) => difference === 0));
  // In the list it counts as a non-match.
  assert.ok(accuracy.difference < 0);
});

test('the cost of a second chip shows', async () => {
  const [one, two] = await costs(
    parts,
    [{ name: 'one' }, { name: 'four', chips: [1, 1.01, 1.02, 1.03].map((scale) => scaledAbout(112, scale)) }],
    Array.from({ length: 9 }, () => async () => parts.decode(await portrait)),
  );
  assert.equal(one!.ratio, 1);
  assert.ok(two!.ratio > 1.1 && two!.milliseconds > one!.milliseconds, JSON.stringify([one, two]));
});

test('a trial from photos to differences', async () => {
  const photos = new Map([
    ['a/1.png', await portrait],
    ['a/2.png', await portrait],
    ['b/1.png', await otherPortrait],
  ]);
  const [base, mirrored] = await tryAlternatives(parts, {
    pairs: [
      { a: 'a/1.png', b: 'a/2.png', mated: true },
      { a: 'a/1.png', b: 'b/1.png', mated: false },
    ],
    training: [],
    alternatives: triedOn(parts.embedder, parts.meanShape).filter(({ name }) => name.includes('mirrored')),
    timed: 1,
    replicates: 100,
    seed: 1,
    decode: (photo) => parts.decode(photos.get(photo)!),
    progress: () => () => {},
  });
  assert.deepEqual([base?.failures, base?.accuracy.base, mirrored?.accuracy.variant], [0, 1, 1]);
  assert.equal(mirrored?.name, 'two chips: as it is and mirrored');
});

test('another template than five points is refused', () => {
  assert.throws(
    () => triedOn({ ...parts.embedder, alignment: parts.meanShape }, parts.meanShape),
    /five points/,
  );
});
