import { join } from 'node:path';
import { copyDatabase } from '../store/copyDatabase.js';
import { type Manifest, stampOf, writeManifest } from './manifest.js';
import { newFolder } from './newFolder.js';

export const databaseName = 'facematch.db';

/**
 * Copies the database as it is at one moment into a new folder below `to`, also while a service writes. Without its
 * keyring the copy opens nothing, and what is destroyed later cannot be read from it any more.
 *
 * @returns the new folder.
 * @throws FacematchError `store-unavailable`, `storage-full`
 */
export async function backupDatabase(source: {
  readonly databasePath: string;
  readonly to: string;
  readonly now: Date;
  readonly version: string;
}): Promise<{ folder: string; manifest: Manifest }> {
  const { databasePath, to, now, version } = source;
  const folder = newFolder(to, `database-${stampOf(now)}`);
  copyDatabase(databasePath, join(folder, databaseName));
  const description = { kind: 'database', madeAt: now.toISOString(), version } as const;
  return { folder, manifest: await writeManifest(folder, description, [databaseName]) };
}
