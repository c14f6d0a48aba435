import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { copyFile, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../clock.js';
import { FacematchError } from '../errors.js';
import { createAuditHeads, type HeadSigner } from '../oversight/auditHeads.js';
import { createPrivate } from '../store/files.js';
import { ledgerPaths } from '../store/ledgerFiles.js';
import type { PairOfPaths } from '../store/pairedFiles.js';
import { openStore, type Store, type StoreOptions } from '../store/store.js';
import { databaseName } from './databaseBackup.js';
import { keyringName, ledgerName } from './keyringBackup.js';
import { verifiedManifest } from './manifest.js';

export interface RestoreOptions {
  /** Folder of a database backup. */
  readonly from: string;
  /** Folder of a keyring backup; only where no keyring is in place. */
  readonly keyringFrom?: string | undefined;
  /**
   * Folder of the newest keyring backup, whose ledger is to be believed; only where no ledger is in place, as what
   * was destroyed since that copy comes back until somebody destroys it again.
   */
  readonly ledgerFrom?: string | undefined;
  readonly store: StoreOptions;
  readonly signer: HeadSigner;
  readonly headsFile?: string | undefined;
  readonly clock: Clock;
  /** Who restores, as the trail notes it. */
  readonly actor: string;
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
  const { from, store: storeOptions, clock } = options;
  if (storeOptions.databaseUrl !== undefined) {
    throw new FacematchError(
      'input-invalid',
      'The records are on PostgreSQL, whose own tools put a copy in place (docs/storage.md). The service then destroys again what its ledger says was destroyed, before it answers.',
    );
  }
  const manifest = await verifiedManifest(from, 'database');
  const { databasePath, keyringPaths } = storeOptions;
  if (existsSync(databasePath)) {
    throw new FacematchError('input-invalid', 'A database is in place: move it away before restoring one.', {
      file: databasePath,
    });
  }
  const elsewhere = storeOptions.keyringUrl !== undefined;
  if (elsewhere && (options.keyringFrom ?? options.ledgerFrom) !== undefined) {
    throw new FacematchError(
      'input-invalid',
      'FACEMATCH_KEYRING_URL says where the keyring and the ledger are: they are put back there, before the database is (docs/storage.md).',
    );
  }
  const placed: string[] = [];
  const preparing = `${databasePath}.restoring`;
  try {
    if (!elsewhere) {
      await place(options.keyringFrom, keyringName, keyringPaths, placed, 'keyring');
      await place(options.ledgerFrom, ledgerName, ledgerPaths(keyringPaths), placed, 'ledger');
    }
    await removeDatabase(preparing);
    mkdirSync(dirname(databasePath), { recursive: true, mode: 0o700 });
    await copyPrivate(join(from, databaseName), preparing);
    const store = await openStore({ ...storeOptions, databasePath: preparing });
    let auditSeq = 0;
    try {
      auditSeq = await enter(store, options, manifest.madeAt);
    } finally {
      await store.close();
    }
    await rename(preparing, databasePath);
    await removeDatabase(preparing);
    return { madeAt: manifest.madeAt, destroyedAgain: store.resumed, auditSeq };
  } catch (error) {
    await removeDatabase(preparing);
    for (const file of placed) await rm(file, { force: true });
    throw error;
  }

  async function enter(store: Store, { actor, signer, headsFile }: RestoreOptions, madeAt: string) {
    await store.audit.append({
      client: 'facematch',
      actor,
      action: 'store.restored',
      outcome: 'done',
      facts: { backupMadeAt: madeAt, destroyedAgain: store.resumed, ledgerSeq: await store.ledger.lastSeq() },
    });
    const heads = createAuditHeads({
      trail: store.audit,
      signer,
      clock,
      file: headsFile,
      failed: () => undefined,
    });
    return (await heads.signHead()).seq;
  }
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

async function copyPrivate(from: string, to: string): Promise<void> {
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

async function removeDatabase(path: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) await rm(`${path}${suffix}`, { force: true });
}
