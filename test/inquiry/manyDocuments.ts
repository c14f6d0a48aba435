import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/clock.js';
import type { Random } from '../../src/evaluation/statistics/random.js';
import { newId } from '../../src/ids.js';
import { openStore, type Store } from '../../src/store/store.js';

export const model = 'test@1';
const width = 128;

export async function temporaryStore(): Promise<{ store: Store; dispose: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'facematch-search-test-'));
  const store = await openStore({
    databasePath: join(folder, 'facematch.db'),
    keyringPaths: [join(folder, 'keyring.db'), join(folder, 'mirror.db')],
    masterKey: randomBytes(32),
    lookupKey: randomBytes(32),
    clock: systemClock,
  });
  return {
    store,
    async dispose() {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function unit(vector: Float32Array): Float32Array {
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
}

/**
 * Documents of one holder each, with random embeddings and real keys.
 *
 * @param alike places of two documents whose embeddings are nearly the same
 */
export async function manyDocuments(
  store: Store,
  count: number,
  random: Random,
  alike: readonly (readonly [number, number])[] = [],
): Promise<{ ids: string[]; vectors: Float32Array[] }> {
  const ids = Array.from({ length: count }, () => newId());
  const vectors = ids.map(() => unit(Float32Array.from({ length: width }, () => random() - 0.5)));
  for (const [like, at] of alike) {
    vectors[at] = unit(vectors[like]!.map((value) => value + 0.05 * (random() - 0.5)));
  }
  await store.documents.createMany(
    ids.map((id, i) => ({
      id,
      type: 'passport' as const,
      issuedOn: '2020-01-01',
      retentionEnds: '2040-01-01',
      numberKey: randomBytes(32),
      registerKey: undefined,
      identityKeys: [],
      pixelsKey: randomBytes(32),
      fingerprint: randomBytes(32),
      record: {},
      photo: randomBytes(8),
      embedding: { model, vector: vectors[i]! },
      audit: { client: 'test', actor: 'test', action: 'document.transfer', outcome: 'created' },
    })),
  );
  return { ids, vectors };
}
