import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Place, placeIn } from '../../src/benchmark/servedProcess.js';
import { localToken } from '../../src/cli/localToken.js';
import { databaseSetting } from '../support/postgres.js';

export interface FuzzedService {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** True as long as the process that was started first runs. */
  alive(): boolean;
  /** All that it wrote to its log. */
  log(): string;
  token(who: { role?: string; person?: string; office?: string; scopes: readonly string[] }): Promise<string>;
  stop(): Promise<void>;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** For one photo. */
export const decoderDeadlineMs = 20_000;

const command = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

/** `facematch serve` as a process of its own, on a store of its own, with everything that can be switched on. */
export async function startFuzzedService(): Promise<FuzzedService> {
  const folder = mkdtempSync(join(tmpdir(), 'facematch-fuzz-'));
  const place: Place = placeIn(folder, {
    FACEMATCH_LOG_LEVEL: 'info',
    FACEMATCH_SEARCH: 'on',
    FACEMATCH_SWEEP_GROUND: 'a decision of the minister',
    FACEMATCH_KEYRING_BACKUPS: join(folder, 'keyring-backups'),
    FACEMATCH_WORKERS: '1',
    // Refused tokens are among what is tried.
    FACEMATCH_REFUSED_TOKENS: 'off',
    // A machine that does much else is no hung decoder.
    FACEMATCH_DEADLINE_MS: String(decoderDeadlineMs),
    ...databaseSetting(folder),
  });
  const logFile = join(folder, 'log');
  const out = openSync(logFile, 'w');
  const child = spawn(process.execPath, [command, 'serve'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...place.env },
    stdio: ['ignore', out, 'pipe'],
  });
  closeSync(out);
  // However this process ends, the service must not outlive it.
  const abandon = () => child.kill('SIGKILL');
  process.once('exit', abandon);
  // A signal ends a process without its "exit" event, unless somebody listens.
  const signalled = (signal: NodeJS.Signals) => {
    abandon();
    process.kill(process.pid, signal);
  };
  for (const signal of signals) process.once(signal, signalled);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (data: Buffer) => {
      said += data.toString();
      const address = /listens on (http:\S+)/.exec(said)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.once('exit', () => reject(new Error(`The service did not start: ${said.slice(-300)}`)));
  });
  return {
    url,
    port: Number(new URL(url).port),
    pid: child.pid ?? 0,
    alive: () => child.exitCode === null && child.signalCode === null,
    log: () => readFileSync(logFile, 'utf8'),
    token: ({ scopes, ...who }) =>
      localToken(place.config, {
        client: 'fuzzer',
        subject: 'fuzzer',
        lifetimeSeconds: 3000,
        scopes,
        person: who.person,
        office: who.office,
        role: who.role,
      }),
    async stop() {
      child.kill('SIGTERM');
      await ended;
      process.off('exit', abandon);
      for (const signal of signals) process.off(signal, signalled);
      await place.remove();
    },
  };
}
