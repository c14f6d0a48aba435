import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FacematchError } from '../errors.js';

/** 32 random bytes. */
export function newKey(): Uint8Array {
  return new Uint8Array(randomBytes(32));
}

/**
 * Writes keys in base64, one a line and oldest first, durably and for its owner alone.
 *
 * @throws FacematchError `input-invalid` when the file exists: a key is never replaced.
 */
export async function writeKeyFile(path: string, keys: readonly Uint8Array[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  requireAbsent(path);
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(keys.map((key) => `${Buffer.from(key).toString('base64')}\n`).join(''));
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** @throws FacematchError `input-invalid` */
export function requireAbsent(path: string): void {
  if (existsSync(path)) {
    throw new FacematchError('input-invalid', `A file with keys is there already: ${path}.`, { file: path });
  }
}
