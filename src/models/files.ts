import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FacematchError } from '../errors.js';

const temporaryPrefix = '.unfinished-';
/** A build takes seconds; what has lain there for an hour was left by one that was killed. */
const staleAfterMs = 3_600_000;
const fullDiskCodes: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const forbiddenCodes: ReadonlySet<unknown> = new Set(['EACCES', 'EPERM', 'EROFS']);

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** As npm writes it: `sha512-` and base64. */
export async function integrityOf(path: string): Promise<string> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(path), hash);
  return `sha512-${hash.digest('base64')}`;
}

/** Undefined when there is no such file. */
export async function readIfPresent(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Name for a file or folder that is being made in `folder`; `sweepUnfinished` removes what a killed process leaves. */
export function unfinishedPath(folder: string): string {
  return join(folder, `${temporaryPrefix}${randomUUID()}`);
}

/**
 * Under its own name the file is either absent, the old one or complete: written beside, synced, then renamed.
 * @throws FacematchError `storage-full`
 */
export async function writeAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(path);
  const temporary = unfinishedPath(folder);
  await storing(async () => {
    await mkdir(folder, { recursive: true });
    try {
      const file = await open(temporary, 'wx', 0o644);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    } finally {
      await rm(temporary, { force: true });
    }
  });
}

/** @throws FacematchError `storage-full` when the disk is full, `config-invalid` when this process may not write there */
export async function storing<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    const code = errorCode(cause);
    if (fullDiskCodes.has(code)) throw storageFull(cause);
    if (forbiddenCodes.has(code)) {
      throw new FacematchError(
        'config-invalid',
        `The folder for built networks cannot be written (${code}).`,
        {},
        { cause },
      );
    }
    throw cause;
  }
}

export function storageFull(cause: unknown): FacematchError {
  return new FacematchError(
    'storage-full',
    'The disk is full: the networks were not built; free some space and build again.',
    {},
    { cause },
  );
}

export async function sweepUnfinished(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(temporaryPrefix));
  for (const name of names) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > staleAfterMs) await rm(path, { recursive: true, force: true });
  }
}

export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
