import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Creates an empty file only its owner can read, and makes its name durable; an existing file stays as it is.
 * SQLite gives its journals the rights of the file they belong to.
 */
export function createPrivate(path: string): void {
  if (existsSync(path)) return;
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'wx', 0o600));
  syncFolder(folder);
}

/** Whether only the owner has rights on the file; Windows has no such mode and counts as private. */
export function isPrivate(path: string): boolean {
  return process.platform === 'win32' || (statSync(path).mode & 0o077) === 0;
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
