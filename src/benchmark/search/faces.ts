import { join } from 'node:path';
import { type SampleName, sampleFaces } from '../../cli/demo/faces.js';
import { derivedPortraitOf, portraitOf } from '../../cli/demo/portraits.js';
import { loadConfig } from '../../config.js';
import { byIdentity } from '../../evaluation/data/pairs.js';
import { photosIn } from '../../evaluation/data/photos.js';
import { defaultCacheFolder, openEmbeddingCache } from '../../evaluation/embedding/embeddingCache.js';
import {
  embeddedOf,
  embedPhotos,
  embedSources,
  type PhotoSource,
} from '../../evaluation/embedding/embeddings.js';
import { pipelineFingerprint } from '../../evaluation/embedding/fingerprint.js';
import { createFacePool } from '../../face/pool/face-pool.js';
import type { Embedding } from '../../face/types.js';
import { poolOptionsOf, prepareNetworks } from '../../networks.js';

export interface RealFaces {
  /** `id@version` of the network. */
  readonly model: string;
  /** Where they come from, for the notes. */
  readonly what: string;
  /** One of each person, to be found. */
  readonly enrolled: readonly Embedding[];
  /** Another photo of a person who is enrolled, and which of `enrolled` that is. */
  readonly probes: readonly { readonly of: number; readonly embedding: Embedding }[];
  readonly all: readonly Embedding[];
}

/**
 * Embeddings of real photos through the whole pipeline, kept in the evaluation's cache: of a folder with a subfolder for
 * each person, or of the faces of face-api's package, each cut out in two ways.
 *
 * @param most photos
 */
export async function realFaces(
  folder: string | undefined,
  most: number,
  onProgress: (done: number, total: number) => void,
): Promise<RealFaces> {
  const config = loadConfig(process.env);
  const networks = await prepareNetworks(config, () => {});
  const pool = await createFacePool(poolOptionsOf(config, networks));
  const cache = await openEmbeddingCache(defaultCacheFolder(), pipelineFingerprint(networks.settings));
  try {
    const photos = folder === undefined ? [] : photosIn(folder).slice(0, most);
    const acquired =
      folder === undefined
        ? await embedSources(pool, sampleSources(), { cache, onProgress })
        : await embedPhotos(pool, folder, photos, { cache, onProgress });
    const embedded = embeddedOf(acquired);
    const people = [...byIdentity(embedded.keys()).values()];
    const enrolled = people.map(([first = '']) => embedded.get(first) as Embedding);
    const probes = people.flatMap(([, ...others], of) =>
      others.map((photo) => ({ of, embedding: embedded.get(photo) as Embedding })),
    );
    const what =
      folder === undefined
        ? `${embedded.size} cut-outs of the ${people.length} faces of face-api's package: no photo of its own for any probe, so the agreement says little; --photos names a folder with a subfolder for each person`
        : `${embedded.size} photos of ${people.length} people`;
    return { model: networks.embedder, what, enrolled, probes, all: [...embedded.values()] };
  } finally {
    cache.close();
    await pool.close();
  }
}

function sampleSources(): PhotoSource[] {
  return (Object.keys(sampleFaces) as SampleName[]).flatMap((name) => [
    { name: join(name, 'portrait'), load: () => portraitOf(name) },
    { name: join(name, 'derived'), load: () => derivedPortraitOf(name) },
  ]);
}
