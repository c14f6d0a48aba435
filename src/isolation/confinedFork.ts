import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { FacematchError } from '../errors.js';
import { type Confinement, launcher, launcherOptions } from './launcher.js';

export interface IsolationSettings {
  /** Whether a child may only start where every layer holds. */
  readonly required: boolean;
  /** The user and group that children run as; undefined keeps those of the service. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
}

/** As much as the machine offers. */
export const bestEffort: IsolationSettings = { required: false, user: undefined };

export interface ChildProgram extends Confinement {
  readonly entry: URL;
  /** Variables of its own, besides the few that each child gets. */
  readonly environment: Readonly<Record<string, string>>;
  readonly nodeOptions: readonly string[];
}

/** All a child gets of the parent's environment: keys and tokens live there too. */
const passedOn = ['PATH', 'LANG', 'SystemRoot'];

/** OpenSSL would read the system's configuration, which is not among the files a child may open. */
const noConfiguration = process.platform === 'win32' ? {} : { OPENSSL_CONF: '/dev/null' };

export function childEnvironment(own: Readonly<Record<string, string>>): Record<string, string> {
  const passed = passedOn.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(passed), ...noConfiguration, ...own };
}

/**
 * Starts a program of the product in a process that has a channel to this one and little else: no variable, no
 * descriptor and no output of the service's, and on Linux no other file, network, process or privilege.
 *
 * @throws FacematchError `isolation-missing` where the settings require what cannot be had
 */
export function confinedFork(program: ChildProgram, { required, user }: IsolationSettings): ChildProcess {
  const confine = launcher();
  if (confine === undefined && required) throw notConfined(['the launcher is not built']);
  const node =
    confine === undefined
      ? { execArgv: [...program.nodeOptions] }
      : {
          execPath: confine,
          execArgv: [
            ...launcherOptions(program),
            ...(required ? ['--required'] : []),
            '--',
            process.execPath,
            ...program.nodeOptions,
          ],
        };
  return fork(fileURLToPath(program.entry), [], {
    ...node,
    ...user,
    env: childEnvironment(program.environment),
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
}

export function notConfined(missing: readonly string[]): FacematchError {
  return new FacematchError(
    'isolation-missing',
    `Child processes must be isolated here, and are not: ${missing.join(', ')}.`,
    { missing: [...missing] },
  );
}
