import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { FacematchError } from '../errors.js';
import { packageRoot } from '../packageRoot.js';

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** Folder below the product's own, as in the lock file. */
  readonly folder: string;
  /** As its author declares it; undefined where nothing is declared. */
  readonly licence: string | undefined;
  /** Needed for building and testing only. */
  readonly development: boolean;
  readonly installScript: boolean;
  readonly integrity: string | undefined;
}

/** What the console imports: compiled into `dist/console`, so part of the product although npm need not install it. */
const bundled: ReadonlySet<string> = new Set(['oauth4webapi', 'react', 'react-dom', 'scheduler']);

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      integrity: z.string().optional(),
      dev: z.boolean().optional(),
      hasInstallScript: z.boolean().optional(),
    }),
  ),
});

/** A licence in a package's own file: a string today, an object or a list of them in old packages. */
const ownLicence = z.object({
  license: z.union([z.string(), z.object({ type: z.string() })]).optional(),
  licenses: z.array(z.object({ type: z.string() })).optional(),
});

/**
 * Every package that the lock file pins, those of other systems included, by folder.
 *
 * @throws FacematchError `input-invalid` where there is no lock file
 */
export function lockedPackages(root: string = packageRoot): LockedPackage[] {
  return Object.entries(lockOf(root).packages).flatMap(([folder, entry]) => {
    if (folder === '') return [];
    const { version = '', license, integrity, dev, hasInstallScript } = entry;
    const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
    return [
      {
        name,
        version,
        folder,
        licence: license ?? installedLicence(root, folder),
        development: dev === true && !bundled.has(name),
        installScript: hasInstallScript === true,
        integrity,
      },
    ];
  });
}

function lockOf(root: string): z.output<typeof lockSchema> {
  try {
    return lockSchema.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
  } catch (cause) {
    throw new FacematchError(
      'input-invalid',
      'There is no usable package-lock.json: run this in a checkout.',
      {},
      { cause },
    );
  }
}

function installedLicence(root: string, folder: string): string | undefined {
  try {
    const text = readFileSync(join(root, folder, 'package.json'), 'utf8');
    const { license, licenses } = ownLicence.parse(JSON.parse(text));
    if (license !== undefined) return typeof license === 'string' ? license : license.type;
    return licenses?.map(({ type }) => type).join(' OR ');
  } catch {
    return undefined; // a package of another system, or one that declares nothing
  }
}
