import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Keyring } from '../store/keyring.js';
import type { Ledger } from '../store/ledger.js';
import { type Manifest, manifestName, manifestSchema, stampOf, writeManifest } from './manifest.js';
import { newFolder } from './newFolder.js';

export const keyringName = 'keyring.db';
export const ledgerName = 'keyring.ledger';
const prefix = 'keyring-';

/**
 * Copies the keyring and the ledger into a new folder below `to`. Whoever has it, the master key and an old copy of
 * the database reads what was destroyed since: it lives a few days only, and elsewhere than the database's copies.
 */
export async function backupKeyring(source: {
  readonly keyring: Keyring;
  readonly ledger: Ledger;
  readonly to: string;
  readonly now: Date;
  readonly version: string;
}): Promise<{ folder: string; manifest: Manifest }> {
  const { keyring, ledger, to, now, version } = source;
  const folder = newFolder(to, `${prefix}${stampOf(now)}`);
  await keyring.backup(join(folder, keyringName));
  await ledger.backup(join(folder, ledgerName));
  const description = { kind: 'keyring', madeAt: now.toISOString(), version } as const;
  return { folder, manifest: await writeManifest(folder, description, [keyringName, ledgerName]) };
}

/**
 * Removes copies of the keyring made more than so many days ago, and those that were cut short.
 *
 * @returns how many were removed.
 */
export async function pruneKeyringBackups(to: string, now: Date, days: number): Promise<number> {
  const oldest = now.getTime() - days * 24 * 60 * 60 * 1000;
  let removed = 0;
  for (const name of await readdir(to).catch(() => [])) {
    if (!name.startsWith(prefix)) continue;
    const folder = join(to, name);
    const madeAt = await madeAtOf(folder);
    if (madeAt !== undefined && madeAt >= oldest) continue;
    await rm(folder, { recursive: true, force: true });
    removed += 1;
  }
  return removed;
}

async function madeAtOf(folder: string): Promise<number | undefined> {
  try {
    const parsed = manifestSchema.parse(JSON.parse(await readFile(join(folder, manifestName), 'utf8')));
    return Date.parse(parsed.madeAt);
  } catch {
    return undefined;
  }
}
