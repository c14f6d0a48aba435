import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { openPipeline } from '../../src/face/open.js';
import { cosine, describe, embeddingOf, root, settings } from './support.js';

const lfw = process.env['FACEMATCH_LFW'] ?? join(root, '..', 'shared', 'data', 'lfw');
const skip = existsSync(join(lfw, 'pairsDevTest.csv'))
  ? false
  : 'Labeled Faces in the Wild is not here; set FACEMATCH_LFW to its folder.';

/** Every 16th pair of View 1's test half: 32 mated, 32 non-mated. */
function samplePairs(): { a: string; b: string; mated: boolean }[] {
  const lines = readFileSync(join(lfw, 'pairsDevTest.csv'), 'utf8').trim().split(/\r?\n/).slice(1);
  return lines
    .filter((_, i) => i % 16 === 0)
    .map((line) => {
      const [a = '', b = '', mated] = line.split(',');
      return { a, b, mated: mated === '1' };
    });
}

test('photos in the wild: mated pairs score over 0.3, non-mated under it', { skip }, async () => {
  const pairs = samplePairs();
  assert.ok(pairs.filter(({ mated }) => mated).length >= 30);
  const pipeline = await openPipeline(settings());
  const names = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))];
  const embeddings = new Map<string, Float32Array>();
  for (let i = 0; i < names.length; i += 8) {
    const some = names.slice(i, i + 8);
    const outcomes = await pipeline.read(
      some.map((name) => ({ bytes: readFileSync(join(lfw, 'images', name)), declaredType: 'image/jpeg' })),
    );
    for (const [k, name] of some.entries()) {
      assert.equal(describe(outcomes[k]), 'embedded', name);
      embeddings.set(name, embeddingOf(outcomes[k]));
    }
  }
  await pipeline.close();
  const wrong = pairs.filter(
    ({ a, b, mated }) => cosine(embeddings.get(a)!, embeddings.get(b)!) > 0.3 !== mated,
  );
  assert.ok(wrong.length <= 1, `${wrong.length} of ${pairs.length} on the wrong side`);
});
