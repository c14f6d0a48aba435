import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sniffFormat } from '../../src/face/sniff.js';
import { strip } from '../../src/face/strip.js';
import { nextCase } from './photo/cases.js';
import { Corpus } from './photo/corpus.js';
import { jpeg } from './photo/jpeg.js';
import type { Mutation } from './photo/mutation.js';
import { png } from './photo/png.js';
import { photoSeeds } from './photo/seeds.js';
import { webp } from './photo/webp.js';
import { Random } from './random.js';

test('the same seed makes the same inputs, another seed others', async () => {
  const seeds = await photoSeeds();
  const first = (seed: number) => {
    const [corpus, random] = [new Corpus(seeds), new Random(seed)];
    return Array.from({ length: 40 }, () => nextCase(corpus, random));
  };
  const [once, again, other] = [first(5), first(5), first(6)];
  assert.deepEqual(once, again);
  assert.notDeepEqual(once, other);
});

const formats: Readonly<Record<string, Readonly<Record<string, Mutation>>>> = { jpeg, png, webp };
test('every mutation of a format changes a photo of it', async () => {
  const seeds = await photoSeeds();
  for (const [format, mutations] of Object.entries(formats)) {
    const photos = seeds.filter(({ bytes }) => sniffFormat(bytes) === format).map(({ bytes }) => bytes);
    for (const [name, mutation] of Object.entries(mutations)) {
      const random = new Random(1);
      const changes = photos.filter((bytes) =>
        [1, 2, 3, 4].some(
          () =>
            !mutation(bytes, { random, other: random.pick(photos), plant: () => random.marker() }).equals(
              bytes,
            ),
        ),
      );
      assert.ok(changes.length > 0, `${format}: ${name}`);
    }
  }
});

test('what is planted as metadata is in the photo that is sent, and in nothing that is kept', async () => {
  const seeds = await photoSeeds();
  let planted = 0;
  for (const [format, mutations] of Object.entries(formats)) {
    const photos = seeds.filter(({ bytes }) => sniffFormat(bytes) === format).map(({ bytes }) => bytes);
    for (const name of ['metadata', 'exif', 'behind the end']) {
      const mutation = mutations[name];
      for (const bytes of mutation === undefined ? [] : photos) {
        const random = new Random(planted);
        const marker = random.marker();
        const changed = mutation!(bytes, { random, other: bytes, plant: () => marker });
        assert.ok(changed.includes(marker), `${format}: ${name}`);
        const stripped = strip(changed, format as 'jpeg');
        if (stripped.kind === 'stripped') assert.ok(!Buffer.from(stripped.bytes).includes(marker));
        planted++;
      }
    }
  }
  assert.ok(planted > 30);
});
