import { fstatSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DestinationStream } from 'pino';

/** Where log lines go. Writing one never makes the service wait for a reader, and never ends it. */
export interface LogOutput extends DestinationStream {
  /** Lines that could not be written since the start: a full disk, or a reader that is slow or gone. */
  lost(): number;
  /** Gives what still waits for its reader so many milliseconds. */
  flush(deadlineMs: number): Promise<void>;
}

/** What may wait for a reader of a pipe, in bytes; more is lost rather than kept in memory. */
const mostWaiting = 256 * 1024;

/** Standard output as the log: what is recorded for good is in the audit trail, so that a lost line costs no answer. */
export function standardOutput(): LogOutput {
  const kind = fstatSync(1);
  return kind.isFIFO() || kind.isSocket() ? streamOutput(process.stdout) : fileOutput(1);
}

/** @param now the moment that a note of lost lines bears. */
export function fileOutput(fd: number, now: () => Date = () => new Date()): LogOutput {
  let lost = 0;
  let untold = 0;
  let torn = false;
  const put = (text: string): boolean => {
    const bytes = Buffer.from(text);
    try {
      const written = writeSync(fd, bytes);
      torn = written < bytes.length;
    } catch {
      return false;
    }
    return !torn;
  };
  return {
    write(line) {
      // A line that a full disk cut short is ended before the next one begins.
      const before = torn ? '\n' : '';
      if (put(before + (untold > 0 ? noteOf(untold, now()) : '') + line)) {
        untold = 0;
      } else {
        lost += 1;
        untold += 1;
      }
    },
    lost: () => lost,
    flush: async () => undefined,
  };
}

/** @param stream one that takes what its reader does not take yet into memory, and says how much that is. */
export function streamOutput(stream: NodeJS.WritableStream & { readonly writableLength: number }): LogOutput {
  let lost = 0;
  let untold = 0;
  // Nobody reads it any more: each line is then lost by itself.
  stream.on('error', () => undefined);
  const failed = (error?: Error | null) => {
    if (error) lost += 1;
  };
  return {
    write(line) {
      if (stream.writableLength > mostWaiting) {
        lost += 1;
        untold += 1;
        return;
      }
      stream.write(untold > 0 ? noteOf(untold, new Date()) + line : line, failed);
      untold = 0;
    },
    lost: () => lost,
    async flush(deadlineMs) {
      for (let waited = 0; stream.writableLength > 0 && waited < deadlineMs; waited += 10) await sleep(10);
    },
  };
}

const noteOf = (lines: number, at: Date): string =>
  `${JSON.stringify({ level: 40, time: at.toISOString(), event: 'log-lines-lost', lines })}\n`;
