import { SingleBar } from 'cli-progress';
import { FacematchError } from '../errors.js';

/** What a command tells its user goes to standard error, so that standard output holds only its result. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A progress bar with rate and time left on a terminal; a line every tenth of the way elsewhere. */
export function progress(what: string): { update(done: number, total: number): void; stop(): void } {
  if (!process.stderr.isTTY) {
    let told = -1;
    return {
      update(done, total) {
        const tenth = Math.floor((10 * done) / Math.max(1, total));
        if (tenth > told) say(`${what}: ${done} of ${total}`);
        told = Math.max(told, tenth);
      },
      stop() {},
    };
  }
  const bar = new SingleBar({
    format: `${what} {bar} {value}/{total} | {rate} a second | {eta_formatted} left`,
    stream: process.stderr,
    hideCursor: true,
  });
  const started = performance.now();
  let running = false;
  return {
    update(done, total) {
      const rate = ((1000 * done) / Math.max(1, performance.now() - started)).toFixed(1);
      if (!running) bar.start(total, done, { rate });
      else bar.update(done, { rate });
      running = true;
    },
    stop() {
      if (running) bar.stop();
    },
  };
}

/** Runs a command; a failure is one sentence on standard error and exit status 1. */
export async function run(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof FacematchError)) throw error;
    say(`facematch: ${error.message} (${error.code})`);
    process.exitCode = 1;
  }
}
