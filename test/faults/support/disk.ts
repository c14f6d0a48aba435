import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { afterwards } from './cleanup.js';

/** A small disk in memory at the path, gone after the test. @param size as mount takes it */
export function smallDisk(t: TestContext, path: string, size: string): string {
  mkdirSync(path, { recursive: true });
  const { status, stderr } = spawnSync('mount', [
    '-t',
    'tmpfs',
    '-o',
    `size=${size},mode=0700`,
    'tmpfs',
    path,
  ]);
  if (status !== 0) throw new Error(`no disk was mounted: ${stderr}`);
  afterwards(t, () => {
    // Lazily: a process may end a moment after its test.
    spawnSync('umount', ['-l', path]);
  });
  return path;
}

/** Fills a disk to its last byte with a file named ballast. */
export function fill(disk: string): void {
  const file = openSync(join(disk, 'ballast'), 'a');
  try {
    for (let size = 65_536; size >= 1; ) {
      try {
        writeSync(file, Buffer.alloc(size));
      } catch {
        size = size === 1 ? 0 : Math.ceil(size / 2);
      }
    }
  } finally {
    closeSync(file);
  }
}
