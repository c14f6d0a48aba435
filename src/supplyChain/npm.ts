import { spawnSync } from 'node:child_process';
import { FacematchError } from '../errors.js';
import { npmCommand } from '../models/npm-pack.js';
import { packageRoot } from '../packageRoot.js';

/**
 * What npm prints as JSON, whatever its exit code: an audit that finds something ends with 1 too.
 *
 * @throws FacematchError `internal` where npm is missing or prints no JSON
 */
export function npmJson(...args: string[]): unknown {
  const [command, ...prefix] = npmCommand();
  const { stdout } = spawnSync(command, [...prefix, ...args], {
    cwd: packageRoot,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 ** 2,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    return JSON.parse(stdout);
  } catch (cause) {
    throw new FacematchError('internal', `npm ${args[0]} printed nothing that can be read.`, {}, { cause });
  }
}
