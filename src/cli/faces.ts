import { loadConfig } from '../config.js';
import { createFacePool } from '../face/pool/face-pool.js';
import type { FaceReader } from '../face/types.js';
import { type Networks, poolOptionsOf, prepareNetworks } from '../networks.js';
import { say } from './output.js';

/** Runs `use` with the configured networks in a pool of child processes, which is closed whatever happens. */
export async function withFaces<T>(
  models: { readonly embedder?: string | undefined },
  use: (faces: FaceReader, networks: Networks) => Promise<T>,
): Promise<T> {
  const env = models.embedder === undefined ? {} : { FACEMATCH_EMBEDDER: models.embedder };
  const config = loadConfig({ ...process.env, ...env });
  const networks = await prepareNetworks(config, say);
  const faces = await createFacePool(poolOptionsOf(config, networks));
  try {
    return await use(faces, networks);
  } finally {
    await faces.close();
  }
}
