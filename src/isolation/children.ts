import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../config.js';
import { FacematchError } from '../errors.js';
import { poolDefaults } from '../face/pool/options.js';
import { faceProgram } from '../face/pool/program.js';
import { searchProgram } from '../inquiry/search/program.js';
import { modelFolders } from '../networks.js';
import type { ChildProgram, IsolationSettings } from './confinedFork.js';

/** Every kind of child process that the service starts. */
export const childKinds = ['photos', 'search'] as const;
export type ChildKind = (typeof childKinds)[number];

/** What is started as each kind, as configured. */
export function childPrograms(config: Config): Readonly<Record<ChildKind, ChildProgram>> {
  const limits = { heapMiB: poolDefaults.heapMiB, maxRssBytes: config.pool.workerMemoryMb * 1024 ** 2 };
  return { photos: faceProgram(modelFolders(config), limits), search: searchProgram };
}

/** Files that no child may open, of those that are there: the stores, and whatever holds a key. */
export function secretPaths(config: Config, env: Readonly<Record<string, string | undefined>>): string[] {
  const { store, retention, audit, token } = config;
  const keyFiles = Object.entries(env).flatMap(([name, value]) =>
    name.startsWith('FACEMATCH_') && name.endsWith('_FILE') && value ? [value] : [],
  );
  const paths = [store.database, ...store.keyring, retention.keyringBackups, audit.headsFile, token.keyFile];
  return [...paths, ...keyFiles]
    .filter((path) => path !== undefined)
    .map((path) => resolve(path))
    .filter((path) => existsSync(path));
}

/** @throws FacematchError `config-invalid` where children were to run as a user that this process may not become */
export function requireUser({ user }: IsolationSettings): void {
  if (user === undefined || process.getuid?.() === 0) return;
  throw new FacematchError(
    'config-invalid',
    'FACEMATCH_WORKER_USER can only be used by a service that runs as root.',
    { variables: ['FACEMATCH_WORKER_USER'] },
  );
}
