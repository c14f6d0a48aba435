import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openStore } from '../../../src/store/store.js';
import { newDocument, storeOptions } from '../../store/fixture.js';
import { folder } from './cleanup.js';
import { type Ended, programAt, run } from './program.js';

const writer = programAt('./writer.js');

/** What a writer does between its start and its end, a few rounds and a clean close, for each position. */
const writing = ['1', '3'];

/** A store with a document in it, closed: each position begins with a copy. */
export async function storeToBreak(t: TestContext): Promise<string> {
  const path = folder(t);
  const store = await openStore(storeOptions(path));
  await store.documents.create(newDocument(store));
  await store.close();
  return path;
}

/** How often a writer makes one of these system calls, so that each of them can fail once. */
export async function callsOf(t: TestContext, from: string, calls: string): Promise<number> {
  const path = copyOf(t, from);
  const log = join(path, 'calls');
  await run([
    ...['strace', '-f', '-qq', '--seccomp-bpf', '-o', log, '-e', `trace=${calls}`],
    ...[process.execPath, writer, path, ...writing],
  ]);
  const seen = readFileSync(log, 'utf8').match(/^\d+ +\w+\(/gm)?.length;
  if (seen === undefined) throw new Error(`no ${calls} was seen`);
  return seen;
}

export interface Injected extends Ended {
  readonly path: string;
}

/** The writer with one call of it, or all from one on (`3+`), failing. */
export async function withFailing(
  t: TestContext,
  from: string,
  calls: string,
  error: 'EIO' | 'ENOSPC',
  when: string,
): Promise<Injected> {
  const path = copyOf(t, from);
  const injected = `inject=${calls}:error=${error}:when=${when}`;
  const ended = await run([
    ...[
      'strace',
      '-f',
      '-qq',
      '--seccomp-bpf',
      '-o',
      join(path, 'calls'),
      '-e',
      `trace=${calls}`,
      '-e',
      injected,
    ],
    ...[process.execPath, writer, path, ...writing],
  ]);
  return { ...ended, path };
}

function copyOf(t: TestContext, from: string): string {
  const path = folder(t);
  cpSync(from, path, { recursive: true });
  return path;
}
