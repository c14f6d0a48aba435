import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageRoot } from '../packageRoot.js';

/** Where `npm run build` puts the program that confines a child before it becomes one: `confine.c`. */
export const launcherPath = join(packageRoot, 'dist', 'native', 'confine');

/** The launcher, where there is one: on Linux, once a C compiler has built it. */
export function launcher(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    accessSync(launcherPath, constants.X_OK);
    return launcherPath;
  } catch {
    return undefined;
  }
}

/** What Node needs of the system: shared libraries, the processors it may use, and its own size. */
const systemPaths = [
  '/lib',
  '/lib64',
  '/usr/lib',
  '/usr/lib64',
  '/usr/local/lib',
  '/nix/store',
  '/etc/ld.so.cache',
  '/etc/localtime',
  '/dev/null',
  '/dev/urandom',
  '/proc/self',
  '/proc/cpuinfo',
  '/proc/meminfo',
  '/sys/devices/system/cpu',
  join(dirname(process.execPath), '..', 'lib'),
];

/** The product's own code and what it depends on. Neither data nor keys live there. */
const codePaths = ['dist/src', 'dist/native', 'src', 'node_modules', 'package.json'].map((path) =>
  join(packageRoot, path),
);

export interface Confinement {
  /** Files and folders that may be read besides the code and the system's libraries. */
  readonly readable: readonly string[];
  /** Most memory the program may have for itself, in MiB, threads' stacks included; undefined leaves it open. */
  readonly dataMiB: number | undefined;
}

/** The launcher's options for it. */
export function launcherOptions({ readable, dataMiB }: Confinement): string[] {
  const paths = [...systemPaths, ...codePaths, ...readable].filter((path) => existsSync(path));
  return [
    ...paths.flatMap((path) => ['--read', path]),
    ...(dataMiB === undefined ? [] : ['--data', String(dataMiB)]),
  ];
}
