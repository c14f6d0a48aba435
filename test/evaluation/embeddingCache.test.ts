import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openEmbeddingCache, photoHash } from '../../src/evaluation/embedding/embeddingCache.js';
import type { Acquired } from '../../src/evaluation/embedding/embeddings.js';

const parent = mkdtempSync(join(tmpdir(), 'cache-'));
after(() => rmSync(parent, { recursive: true }));
const folder = join(parent, 'embeddings');
const first = photoHash(Buffer.from('one'));
const second = photoHash(Buffer.from('two'));
const acquired: Acquired = {
  kind: 'embedded',
  embedding: Float32Array.of(0.1, -0.7, 0.3),
  sharpness: 12.5,
  landmarks: Array.from({ length: 68 }, (_, i) => ({ x: i + 0.25, y: 2 * i })),
};

test('an interrupted run goes on: what was put is there for the same pipeline and nobody else', async () => {
  const cache = await openEmbeddingCache(folder, 'pipeline 1');
  cache.put(first, acquired);
  cache.put(second, { kind: 'failed', reason: 'no-face' });
  cache.close();
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  const [file] = readdirSync(folder) as [string];
  assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600);

  // A killed process leaves half a line, which the next run cuts off before it appends.
  appendFileSync(join(folder, file), '{"photo":"half a li');
  const again = await openEmbeddingCache(folder, 'pipeline 1');
  assert.deepEqual(again.get(first), acquired);
  assert.deepEqual(again.get(second), { kind: 'failed', reason: 'no-face' });
  const third = photoHash(Buffer.from('three'));
  again.put(third, acquired);
  again.close();
  const last = await openEmbeddingCache(folder, 'pipeline 1');
  assert.deepEqual(last.get(third), acquired);
  assert.deepEqual(last.get(first), acquired);
  last.close();

  const other = await openEmbeddingCache(folder, 'pipeline 2');
  assert.equal(other.get(first), undefined);
  other.close();
});

test('a folder that others can read is refused', async () => {
  chmodSync(folder, 0o755);
  await assert.rejects(openEmbeddingCache(folder, 'pipeline 1'), { code: 'input-invalid' });
});
