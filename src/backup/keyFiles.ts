import { chmodSync, existsSync } from 'node:fs';
import { copyFile, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FacematchError } from '../errors.js';
import { createPrivate } from '../store/files.js';
import { ledgerPaths } from '../store/ledgerFiles.js';
import type { KeyPlace } from '../store/openKeys.js';
import type { PairOfPaths } from '../store/pairedFiles.js';
import { keyringName, ledgerName } from './keyringBackup.js';
import { verifiedManifest } from './manifest.js';

/** Where keyring and ledger come from when they are not in place. */
export interface KeyCopies {
  /** Folder of a keyring backup; only where no keyring is in place. */
  readonly keyringFrom?: string | undefined;
  /**
   * Folder of the newest keyring backup, whose ledger is to be believed; only where no ledger is in place, as what
   * was destroyed since that copy comes back until somebody destroys it again.
   */
  readonly ledgerFrom?: string | undefined;
}

/**
 * Puts the files of keyring and ledger in place where they are not; none where it fails.
 *
 * @returns those that were put there.
 * @throws FacematchError `keyring-invalid`, `ledger-invalid` where they are missing, `input-invalid` where a copy would
 * take the place of one, `backup-invalid`
 */
export async function placeKeyFiles(
  { keyringFrom, ledgerFrom }: KeyCopies,
  { keyringPaths, keyringUrl }: Pick<KeyPlace, 'keyringPaths' | 'keyringUrl'>,
): Promise<readonly string[]> {
  if (keyringUrl !== undefined) {
    if ((keyringFrom ?? ledgerFrom) === undefined) return [];
    throw new FacematchError(
      'input-invalid',
      'FACEMATCH_KEYRING_URL says where the keyring and the ledger are: they are put back there, before the database is (docs/storage.md).',
    );
  }
  const placed: string[] = [];
  try {
    await place(keyringFrom, keyringName, keyringPaths, placed, 'keyring');
    await place(ledgerFrom, ledgerName, ledgerPaths(keyringPaths), placed, 'ledger');
    return placed;
  } catch (error) {
    await removeFiles(placed);
    throw error;
  }
}

export async function removeFiles(files: readonly string[]): Promise<void> {
  for (const file of files) await rm(file, { force: true });
}

/** Both copies of a key file from one in a backup, where neither is in place. */
async function place(
  folder: string | undefined,
  name: string,
  paths: PairOfPaths,
  placed: string[],
  what: 'keyring' | 'ledger',
): Promise<void> {
  const present = paths.filter((path) => existsSync(path));
  if (folder === undefined) {
    if (present.length > 0) return;
    throw new FacematchError(
      what === 'keyring' ? 'keyring-invalid' : 'ledger-invalid',
      what === 'keyring'
        ? 'No keyring is in place: without it nothing of a backup can be read.'
        : 'The destruction ledger is not in place: without it what was destroyed would come back.',
      { file: paths[0] },
    );
  }
  if (present.length > 0) {
    throw new FacematchError('input-invalid', `A ${what} is in place, and is newer than any copy of it.`, {
      file: present[0] ?? '',
    });
  }
  await verifiedManifest(folder, 'keyring');
  for (const path of paths) {
    placed.push(path);
    await copyPrivate(join(folder, name), path);
  }
}

export async function copyPrivate(from: string, to: string): Promise<void> {
  createPrivate(to);
  await copyFile(from, to);
  chmodSync(to, 0o600);
  const handle = await open(to, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
