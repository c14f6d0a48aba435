import { spawnSync } from 'node:child_process';
import { type ChildProgram, childEnvironment, type IsolationSettings, notConfined } from './confinedFork.js';
import { launcher, launcherOptions } from './launcher.js';

/** What a child is kept from. The first two hold on every system, the others on Linux. */
export const layers = ['environment', 'files', 'network', 'processes', 'memory', 'privileges'] as const;
export type Layer = (typeof layers)[number];

/** One thing that native code tried under the restrictions of a child. */
export interface Attempt {
  readonly layer: Layer;
  /** What was tried, in plain words. */
  readonly what: string;
  readonly possible: boolean;
}

export interface IsolationReport {
  readonly launcher: boolean;
  readonly holds: Readonly<Record<Layer, boolean>>;
  readonly attempts: readonly Attempt[];
}

const layerOf: Readonly<Record<string, Layer>> = {
  read: 'files',
  write: 'files',
  process: 'processes',
  network: 'network',
  memory: 'memory',
  privileges: 'privileges',
};

/**
 * Starts the launcher as for a child and has it try, in the child's place, what a child that was taken over would.
 *
 * @param secrets paths that a child must not open
 */
export function probeLayers(
  program: ChildProgram,
  { user }: IsolationSettings,
  secrets: readonly string[],
): IsolationReport {
  const confine = launcher();
  const attempts = confine === undefined ? [] : attemptsBy(confine, program, user, secrets);
  const holds = Object.fromEntries(
    layers.map((layer) => {
      const tried = attempts.filter((attempt) => attempt.layer === layer);
      return [
        layer,
        layer === 'environment' || (tried.length > 0 && tried.every(({ possible }) => !possible)),
      ];
    }),
  ) as Record<Layer, boolean>;
  return { launcher: confine !== undefined, holds, attempts };
}

function attemptsBy(
  confine: string,
  program: ChildProgram,
  user: IsolationSettings['user'],
  secrets: readonly string[],
): Attempt[] {
  const tries = secrets.flatMap((path) => ['--try', path]);
  const { stdout } = spawnSync(
    confine,
    [...launcherOptions(program), ...tries, '--probe', '--', process.execPath],
    { env: childEnvironment({}), encoding: 'utf8', ...user },
  );
  return (stdout ?? '').split('\n').flatMap((line) => {
    const [kind = '', of = '', outcome] = line.split('\t');
    const layer = layerOf[kind];
    // A child without a limit of its own is not one whose limit failed.
    if (layer === undefined || (program.dataMiB === undefined && of === 'more than its limit')) return [];
    const what = layer === 'files' ? `${kind} ${of}` : of;
    return [{ layer, what, possible: outcome !== 'refused' }];
  });
}

export const missingLayers = ({ holds }: IsolationReport): Layer[] => layers.filter((layer) => !holds[layer]);

/** @throws FacematchError `isolation-missing` where the settings require a layer that does not hold */
export function requireLayers(reports: Iterable<IsolationReport>, { required }: IsolationSettings): void {
  const missing = new Set([...reports].flatMap(missingLayers));
  if (required && missing.size > 0) throw notConfined([...missing]);
}
