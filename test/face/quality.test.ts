import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import sharp from 'sharp';
import { openPipeline } from '../../src/face/open.js';
import type { Pipeline } from '../../src/face/pipeline.js';
import { outsideLimits, type PhotoQuality } from '../../src/face/quality/assess.js';
import { type ComponentName, componentNames } from '../../src/face/quality/components.js';
import { goodPortrait, spoilt } from './goodPortrait.js';
import { describe as kindOf, otherPortrait, portrait, settings } from './support.js';

/** Per spoilt copy: the component it must hit, and those that the same fault may hit too. */
const faults: readonly [keyof typeof spoilt, ComponentName, ComponentName[]?][] = [
  ['dark', 'UnderExposurePrevention', ['DynamicRange']],
  ['bright', 'OverExposurePrevention', ['NaturalColour', 'BackgroundUniformity']],
  ['blurred', 'Sharpness'],
  ['rotated', 'HeadPoseRoll'],
  ['cropped', 'LeftwardCropOfTheFaceImage'],
  ['small', 'InterEyeDistance'],
  ['compressed', 'CompressionArtifacts'],
  ['unevenlyLit', 'IlluminationUniformity'],
  ['grey', 'NaturalColour'],
];

describe('the quality of photos', () => {
  let pipeline: Pipeline;
  before(async () => {
    pipeline = await openPipeline(settings());
  });
  after(() => pipeline.close());

  async function qualityOf(bytes: Uint8Array): Promise<PhotoQuality> {
    const [outcome] = await pipeline.read([{ bytes }]);
    if (outcome?.kind !== 'embedded') throw new Error(kindOf(outcome));
    return outcome.measures.quality;
  }

  test('a good portrait has every component within its limit', async () => {
    const quality = await qualityOf(await goodPortrait);
    assert.deepEqual(outsideLimits(quality), []);
    assert.ok(quality.unified! >= 80, `${quality.unified}`);
    for (const name of componentNames) {
      const { value, score } = quality.components[name];
      assert.ok(Number.isFinite(value) && score! >= 0 && score! <= 100, `${name} ${value} ${score}`);
    }
  });

  for (const [fault, component, related = []] of faults) {
    test(`${fault}: ${component}, and nothing unrelated`, async () => {
      const fine = await qualityOf(await goodPortrait);
      const quality = await qualityOf(await spoilt[fault]());
      const outside = outsideLimits(quality);
      assert.ok(outside.includes(component), `${component} ${quality.components[component].value}`);
      const unrelated = outside.filter((name) => name !== component && !related.includes(name));
      assert.deepEqual(unrelated, [], JSON.stringify(quality.components));
      assert.ok(quality.components[component].score! < fine.components[component].score!);
    });
  }

  test('a blurred photo of which the face reaches the edge is blurred all the same', async () => {
    const sharpPortrait = await portrait;
    const tight = sharp(
      await sharp(sharpPortrait).extract({ left: 90, top: 60, width: 180, height: 230 }).png().toBuffer(),
    );
    const blurred = await qualityOf(await tight.blur(6).png().toBuffer());
    assert.ok(blurred.components.Sharpness.value! < 0.25, `${blurred.components.Sharpness.value}`);
    assert.ok((await qualityOf(sharpPortrait)).components.Sharpness.value! > 0.3);
  });

  test('the unified score falls as a photo is blurred away', async () => {
    const fine = await goodPortrait;
    const scores = [await qualityOf(fine)];
    for (const sigma of [6, 12]) scores.push(await qualityOf(await sharp(fine).blur(sigma).png().toBuffer()));
    const [first, second, third] = scores.map(({ unified }) => unified!);
    assert.ok(first! > second! && second! > third! && third! < 50, `${first} ${second} ${third}`);
  });

  test('a large photo that is decoded smaller has the eye distance of the whole', async () => {
    const { width = 0 } = await sharp(await goodPortrait).metadata();
    const enlarged = await sharp(await goodPortrait)
      .resize(6 * width)
      .jpeg()
      .toBuffer();
    const once = (await qualityOf(await goodPortrait)).components.InterEyeDistance.value!;
    const six = (await qualityOf(enlarged)).components.InterEyeDistance.value!;
    assert.ok(Math.abs(six / once - 6) < 0.4, `${once} ${six}`);
  });

  test('measuring is cheap beside reading the face', async () => {
    const photos = await Promise.all([goodPortrait, portrait, otherPortrait]);
    const spent: number[] = [];
    for (let round = 0; round < 15; round++) {
      for (const bytes of photos) {
        const [outcome] = await pipeline.read([{ bytes }]);
        if (outcome?.kind !== 'embedded') continue;
        const { quality, ...others } = outcome.timings;
        spent.push(quality / Object.values(others).reduce((sum, ms) => sum + ms, 0));
      }
    }
    assert.equal(spent.length, 45);
    // About a seventh: both are of the same moment, however busy the machine is.
    const median = spent.sort((a, b) => a - b)[spent.length >> 1]!;
    assert.ok(median < 0.5, `${median} of the rest`);
  });
});
