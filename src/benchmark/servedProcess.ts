import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { localToken } from '../cli/localToken.js';
import { type Config, loadConfig } from '../config.js';
import { FacematchError } from '../errors.js';
import { figuresOf, type ProcessFigures } from './processes.js';

/** Settings that shape what is measured; a benchmark has a store and keys of its own. */
const passedOn =
  /^FACEMATCH_(MODELS|ENGINE|EMBEDDER|LANDMARKS|LOOKS|WORKERS|THREADS|BATCH|QUEUE|QUEUE_MS|DEADLINE_MS|WORKER_MEMORY_MB|PHOTO_\w+)$/;

/** A folder that goes away, and the settings of a service in development mode that keeps everything in it. */
export interface Place {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly config: Config;
  remove(): Promise<void>;
}

export async function temporaryPlace(change: Record<string, string> = {}): Promise<Place> {
  return placeIn(await mkdtemp(join(tmpdir(), 'facematch-bench-')), change);
}

/** The same in a folder that is there. */
export function placeIn(folder: string, change: Record<string, string> = {}): Place {
  const env = {
    // More than the service can do is asked of it on purpose.
    FACEMATCH_QUEUE_MS: '600000',
    FACEMATCH_CALLER_REQUESTS: 'off',
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => passedOn.test(name))),
    FACEMATCH_MODE: 'development',
    FACEMATCH_PORT: '0',
    FACEMATCH_LOG_LEVEL: 'error',
    FACEMATCH_DATABASE: join(folder, 'facematch.db'),
    FACEMATCH_KEYRING: join(folder, 'keyring', 'keyring.db'),
    FACEMATCH_KEYRING_MIRROR: join(folder, 'keyring-mirror', 'keyring.db'),
    FACEMATCH_TOKEN_KEY: join(folder, 'token-key.json'),
    ...change,
  };
  return {
    folder,
    env: env as Record<string, string>,
    config: loadConfig(env),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

export interface ServedProcess {
  readonly url: string;
  readonly pid: number | undefined;
  /** For an hour, of a passport office. */
  readonly token: string;
  figures(): ProcessFigures | undefined;
  stop(): Promise<void>;
}

/** For an hour, of a passport office. */
export function officeToken(config: Config): Promise<string> {
  return localToken(config, {
    client: 'benchmark',
    subject: 'benchmark',
    person: 'clerk-1',
    office: 'gent',
    scopes: ['comparisons:write'],
    lifetimeSeconds: 3600,
  });
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const command = fileURLToPath(new URL('../cli/main.js', import.meta.url));

/**
 * `facematch serve` as a process of its own.
 *
 * @throws FacematchError `internal` when it ends instead of listening
 */
export async function serveIn({ folder, env, config }: Place): Promise<ServedProcess> {
  const child = spawn(process.execPath, [command, 'serve'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  // However this process ends, the service must not outlive it.
  const abandon = () => child.kill('SIGKILL');
  process.once('exit', abandon);
  // A signal ends a process without its "exit" event, unless somebody listens.
  const signalled = (signal: NodeJS.Signals) => {
    abandon();
    process.kill(process.pid, signal);
  };
  for (const signal of signals) process.once(signal, signalled);
  const url = await addressOf(child);
  const token = await officeToken(config);
  return {
    url,
    pid: child.pid,
    token,
    figures: () => (child.pid === undefined ? undefined : figuresOf(child.pid)),
    async stop() {
      child.kill('SIGTERM');
      await ended;
      process.off('exit', abandon);
      for (const signal of signals) process.off(signal, signalled);
    },
  };
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (data: Buffer) => {
      said += data.toString();
      const address = /listens on (http:\S+)/.exec(said)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.once('error', reject);
    child.once('exit', () =>
      reject(new FacematchError('internal', `The service did not start: ${said.trim().slice(-300)}`)),
    );
  });
}
