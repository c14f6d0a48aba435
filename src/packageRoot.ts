import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FacematchError } from './errors.js';

/** The folder that holds package.json: found from here, whether this runs from sources or from a build. */
export const packageRoot = findPackageRoot(dirname(fileURLToPath(import.meta.url)));

function findPackageRoot(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    try {
      const text = readFileSync(join(folder, 'package.json'), 'utf8');
      if ((JSON.parse(text) as { name?: string }).name === 'passport-facematch') return folder;
    } catch {
      // no package.json here: look one folder up
    }
    if (folder === dirname(folder)) throw new FacematchError('internal', 'The package folder was not found.');
  }
}
