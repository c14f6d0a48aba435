import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** One thing a program did to a file, or a line it said on its output. */
export type DiskStep =
  | { readonly kind: 'write'; readonly file: string; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: 'cut'; readonly file: string; readonly length: number }
  | { readonly kind: 'sync' | 'remove'; readonly file: string }
  | { readonly kind: 'said'; readonly line: string };

/** For strace: everything is printed in hexadecimal, whole, with the paths of the descriptors. */
export const tracing = [
  ...['-f', '-qq', '-y', '-xx', '-s', '10000000', '--seccomp-bpf'],
  ...['-e', 'trace=pwrite64,ftruncate,fsync,fdatasync,unlink,write'],
];

const text = (hex: string): Buffer =>
  hex.startsWith('\\x') ? Buffer.from(hex.replaceAll('\\x', ''), 'hex') : Buffer.from(hex);

/** The steps that succeeded, in their order. */
export function diskSteps(log: string): DiskStep[] {
  const begun = new Map<string, string>();
  const steps: DiskStep[] = [];
  for (const line of log.split('\n')) {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const unfinished = /^(.*) <unfinished \.\.\.>$/.exec(rest)?.[1];
    if (unfinished !== undefined) {
      begun.set(thread, unfinished);
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest)?.[1];
    const whole = resumed === undefined ? rest : `${begun.get(thread) ?? ''}${resumed}`;
    const step = stepOf(whole);
    if (step !== undefined) steps.push(step);
  }
  return steps;
}

function stepOf(call: string): DiskStep | undefined {
  const [, name, args = '', result] = /^(\w+)\((.*)\) += (-?\d+)/.exec(call) ?? [];
  if (name === undefined || Number(result) < 0) return undefined;
  if (name === 'unlink') return { kind: 'remove', file: text(args.replaceAll('"', '')).toString() };
  const [, fd, path = '', rest = ''] = /^(\d+)<([^>]*)>(.*)$/.exec(args) ?? [];
  const file = text(path).toString();
  const [, hex = '', numbers = ''] = /^, "([^"]*)", (.*)$/.exec(rest) ?? [];
  switch (name) {
    case 'pwrite64':
      return {
        kind: 'write',
        file,
        at: Number(numbers.split(', ')[1]),
        bytes: text(hex).subarray(0, Number(result)),
      };
    case 'ftruncate':
      return { kind: 'cut', file, length: Number(rest.slice(2)) };
    case 'write':
      return fd === '1' ? { kind: 'said', line: text(hex).toString().trim() } : undefined;
    default:
      return { kind: 'sync', file };
  }
}

/** What of the steps that no sync made durable the disk kept when the power failed. */
export type Kept = 'nothing' | 'everything' | 'some';

const sector = 512;

/**
 * The files as a disk holds them after the power failed: what was synced, and of the rest as much as `kept` says, in
 * any order and perhaps torn within a write. Files begin empty; names that appeared or went are taken as durable.
 *
 * @param random from 0 to 1.
 */
export function afterPowerLoss(
  steps: readonly DiskStep[],
  kept: Kept,
  random: () => number,
): ReadonlyMap<string, Buffer | undefined> {
  const durable = new Map<string, Buffer | undefined>();
  const pending = new Map<string, DiskStep[]>();
  const apply = (file: string, step: DiskStep) => {
    durable.set(file, changed(durable.get(file) ?? Buffer.alloc(0), step));
  };
  for (const step of steps) {
    if (step.kind === 'said') continue;
    const waiting = pending.get(step.file) ?? [];
    if (step.kind === 'remove') {
      durable.set(step.file, undefined);
      pending.delete(step.file);
    } else if (step.kind === 'sync') {
      for (const each of waiting) apply(step.file, each);
      pending.delete(step.file);
    } else pending.set(step.file, [...waiting, step]);
  }
  for (const [file, waiting] of pending) {
    // A file that was made is there, if empty.
    durable.set(file, durable.get(file) ?? Buffer.alloc(0));
    for (const step of waiting) {
      if (kept === 'everything' || (kept === 'some' && random() < 0.5)) apply(file, torn(step, kept, random));
    }
  }
  return durable;
}

function torn(step: DiskStep, kept: Kept, random: () => number): DiskStep {
  if (step.kind !== 'write' || kept !== 'some' || random() < 0.7) return step;
  const sectors = Math.floor((random() * step.bytes.length) / sector);
  return { ...step, bytes: step.bytes.subarray(0, sectors * sector) };
}

function changed(before: Buffer, step: DiskStep): Buffer {
  if (step.kind === 'cut') {
    return step.length <= before.length
      ? Buffer.from(before.subarray(0, step.length))
      : Buffer.concat([before, Buffer.alloc(step.length - before.length)]);
  }
  if (step.kind !== 'write') return before;
  const end = step.at + step.bytes.length;
  const after =
    end > before.length ? Buffer.concat([before, Buffer.alloc(end - before.length)]) : Buffer.from(before);
  step.bytes.copy(after, step.at);
  return after;
}

export function writeImage(image: ReadonlyMap<string, Buffer | undefined>): void {
  for (const [file, bytes] of image) {
    if (bytes === undefined) continue;
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, bytes, { mode: 0o600 });
  }
}
