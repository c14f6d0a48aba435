import { existsSync, mkdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FacematchError } from '../errors.js';
import { openStore, type StoreOptions } from '../store/store.js';
import { databaseName } from './databaseBackup.js';
import { copyPrivate, type KeyCopies, placeKeyFiles, removeFiles } from './keyFiles.js';
import { verifiedManifest } from './manifest.js';
import { noteRestore, type RestoreNote } from './noteRestore.js';

export interface RestoreOptions extends KeyCopies, RestoreNote {
  /** Folder of a database backup. */
  readonly from: string;
  readonly store: StoreOptions;
}

export interface RestoreReport {
  readonly madeAt: string;
  /** Records of the backup that were destroyed after it was made, and are destroyed again. */
  readonly destroyedAgain: number;
  readonly auditSeq: number;
}

/**
 * Puts a backup of the database in place: checks its hashes, destroys again what the ledger says was destroyed, adds
 * a signed entry to its audit trail, and only then gives it its name.
 *
 * @throws FacematchError `backup-invalid`, `input-invalid` when a database is in place, `ledger-invalid` when the
 * ledger is not, `keyring-invalid`, `store-unavailable`, `storage-full`. Nothing is in place then that was not before.
 */
export async function restore(options: RestoreOptions): Promise<RestoreReport> {
  const { from, store: storeOptions } = options;
  if (storeOptions.databaseUrl !== undefined) {
    throw new FacematchError(
      'input-invalid',
      'The records are on PostgreSQL, whose own tools put a copy in place; then "facematch restore --in-place" checks it and notes it in the audit trail (docs/storage.md).',
    );
  }
  const manifest = await verifiedManifest(from, 'database');
  const { databasePath } = storeOptions;
  if (existsSync(databasePath)) {
    throw new FacematchError('input-invalid', 'A database is in place: move it away before restoring one.', {
      file: databasePath,
    });
  }
  const placed = await placeKeyFiles(options, storeOptions);
  const preparing = `${databasePath}.restoring`;
  try {
    await removeDatabase(preparing);
    mkdirSync(dirname(databasePath), { recursive: true, mode: 0o700 });
    await copyPrivate(join(from, databaseName), preparing);
    const store = await openStore({ ...storeOptions, databasePath: preparing });
    let auditSeq = 0;
    try {
      auditSeq = await noteRestore(store, options, { backupMadeAt: manifest.madeAt });
    } finally {
      await store.close();
    }
    await rename(preparing, databasePath);
    await removeDatabase(preparing);
    return { madeAt: manifest.madeAt, destroyedAgain: store.resumed, auditSeq };
  } catch (error) {
    await removeDatabase(preparing);
    await removeFiles(placed);
    throw error;
  }
}

async function removeDatabase(path: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) await rm(`${path}${suffix}`, { force: true });
}
