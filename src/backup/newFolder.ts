import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes a folder of this name below `to` that was not there before: with a number behind the name where two copies
 * are made in one second. Returns its path.
 */
export function newFolder(to: string, name: string): string {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (let number = 1; ; number++) {
    const folder = join(to, number === 1 ? name : `${name}-${number}`);
    try {
      mkdirSync(folder, { mode: 0o700 });
      return folder;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
