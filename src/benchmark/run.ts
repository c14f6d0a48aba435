import { fork } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { FacematchError } from '../errors.js';
import type { TrialOptions, TrialResult } from './trial.js';

/** What a trial's process reports. */
export type TrialMessage =
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  | { readonly type: 'result'; readonly result: TrialResult }
  | { readonly type: 'failed'; readonly message: string };

/**
 * Runs a trial in a process of its own, so that one leaves nothing to the next.
 *
 * @throws FacematchError `internal` when the trial fails
 */
export function runTrial(
  name: string,
  options: TrialOptions,
  progress: (done: number, total: number) => void,
): Promise<TrialResult> {
  return new Promise((resolve, reject) => {
    const child = fork(
      fileURLToPath(new URL('./child.js', import.meta.url)),
      [name, JSON.stringify(options)],
      {
        execArgv: ['--max-old-space-size=8192'],
      },
    );
    child.on('message', (message: TrialMessage) => {
      if (message.type === 'progress') progress(message.done, message.total);
      if (message.type === 'result') resolve(message.result);
      if (message.type === 'failed') reject(failed(name, message.message));
    });
    child.on('exit', (code, signal) => reject(failed(name, `its process ended (${signal ?? code})`)));
    child.on('error', (error) => reject(failed(name, error.message)));
  });
}

const failed = (name: string, why: string) =>
  new FacematchError('internal', `The trial ${name} failed: ${why}.`);

/** The machine and the versions that figures belong to. */
export function surroundings(versions: Record<string, string>): Record<string, string | number> {
  const processors = cpus();
  return {
    processor: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    'memory GB': Math.round(totalmem() / 2 ** 30),
    node: process.version,
    ...versions,
  };
}
