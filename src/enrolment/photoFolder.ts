import { open, realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { FacematchError } from '../errors.js';
import type { UntrustedImage } from '../face/types.js';

export interface PhotoFolder {
  /**
   * The file of this relative path.
   *
   * @throws FacematchError `photo-missing` (no such file below the folder), `photo-empty`, `photo-too-large`
   */
  read(path: string): Promise<UntrustedImage>;
}

/** @throws FacematchError `input-invalid` when the folder cannot be read */
export async function openPhotoFolder(folder: string, mostBytes: number): Promise<PhotoFolder> {
  const root = await realpath(folder).catch((cause) => {
    throw new FacematchError('input-invalid', `The folder ${folder} cannot be read.`, {}, { cause });
  });
  return {
    async read(path) {
      // Also through links: a list of photos must not reach other files of the machine.
      const real = await realpath(resolve(root, path)).catch(() => undefined);
      if (!real?.startsWith(root.endsWith(sep) ? root : root + sep)) throw missing();
      const file = await open(real, 'r').catch(() => {
        throw missing();
      });
      try {
        const stat = await file.stat();
        if (!stat.isFile()) throw missing();
        if (stat.size === 0) throw new FacematchError('photo-empty', 'A photo is empty.');
        if (stat.size > mostBytes) {
          throw new FacematchError('photo-too-large', 'A photo is over its limit.', { maxBytes: mostBytes });
        }
        return { bytes: await file.readFile() };
      } finally {
        await file.close();
      }
    },
  };
}

const missing = () => new FacematchError('photo-missing', 'A photo is not in the folder.');
