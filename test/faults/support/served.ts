import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { localToken } from '../../../src/cli/localToken.js';
import { loadConfig } from '../../../src/config.js';
import { afterwards } from './cleanup.js';
import { facematch } from './program.js';

export interface Served {
  readonly url: string;
  readonly pid: number;
  readonly env: Readonly<Record<string, string>>;
  token(
    scopes: readonly string[],
    claims?: { office?: string; person?: string; role?: string },
  ): Promise<string>;
  /** What it logged so far, where its log is the usual file. */
  log(): string;
  /** What it told its operator. */
  said(): string;
  /** The processes that read photos. */
  children(): number[];
  readonly process: ChildProcess;
  readonly ended: Promise<{ status: number | null; signal: NodeJS.Signals | null }>;
  /** SIGTERM, and what it ended with. */
  stop(): Promise<{ status: number | null; signal: NodeJS.Signals | null }>;
}

export interface ServedOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What runs the service: a tracer, or a program that changes its clock. */
  readonly under?: readonly string[];
  /** Where its log goes instead of a file in the folder. */
  readonly stdout?: number | 'pipe';
}

/** Settings of a service that keeps everything in one folder. */
export function settingsIn(
  folder: string,
  change: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    FACEMATCH_MODE: 'development',
    FACEMATCH_PORT: '0',
    FACEMATCH_WORKERS: '1',
    // Photos wait for a child that a test stopped, however slow the machine is.
    FACEMATCH_QUEUE_MS: '60000',
    FACEMATCH_DATABASE: join(folder, 'facematch.db'),
    FACEMATCH_KEYRING: join(folder, 'keyring', 'keyring.db'),
    FACEMATCH_KEYRING_MIRROR: join(folder, 'keyring-mirror', 'keyring.db'),
    FACEMATCH_TOKEN_KEY: join(folder, 'token-key.json'),
    ...change,
  };
}

/** `facematch serve` as a process of its own; whatever the test does, it is gone afterwards. */
export async function serve(
  t: TestContext,
  folder: string,
  { env: change = {}, under = [], stdout }: ServedOptions = {},
): Promise<Served> {
  const env = settingsIn(folder, change);
  const logFile = join(folder, 'log');
  const out = stdout ?? openSync(logFile, 'a', 0o600);
  const [program = '', ...args] = [...under, process.execPath, facematch, 'serve'];
  const child = spawn(program, args, {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', out, 'pipe'],
  });
  if (typeof out === 'number' && stdout === undefined) closeSync(out);
  let said = '';
  child.stderr?.on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
  const ended = new Promise<Awaited<Served['ended']>>((resolve) => {
    child.once('close', (status, signal) => resolve({ status, signal }));
  });
  afterwards(t, async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const url = await Promise.race([addressIn(() => said), ended.then(() => undefined)]);
  if (url === undefined) throw new Error(`The service did not start: ${said}`);
  const config = loadConfig(env);
  const pid = under.length === 0 ? (child.pid ?? 0) : (childrenOf(child.pid ?? 0)[0] ?? 0);
  return {
    url,
    pid,
    env,
    token: (scopes, { person = 'clerk-1', ...claims } = {}) =>
      localToken(config, {
        client: 'test',
        subject: 'test',
        person,
        ...claims,
        scopes,
        lifetimeSeconds: 3600,
      }),
    log: () => readFileSync(logFile, 'utf8'),
    said: () => said,
    children: () => childrenOf(pid),
    process: child,
    ended,
    stop: () => {
      process.kill(pid, 'SIGTERM');
      return ended;
    },
  };
}

async function addressIn(said: () => string): Promise<string> {
  for (;;) {
    const address = /listens on (http:\S+)/.exec(said())?.[1];
    if (address !== undefined) return address;
    await sleep(10);
  }
}

export function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}

/** Resolves when it holds; fails after so many seconds. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  seconds = 60,
): Promise<void> {
  const deadline = performance.now() + 1000 * seconds;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`in ${seconds} seconds not: ${what}`);
    await sleep(20);
  }
}
