import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { requireKept } from '../support/acknowledged.js';
import { folder } from '../support/cleanup.js';
import {
  afterPowerLoss,
  type DiskStep,
  diskSteps,
  type Kept,
  tracing,
  writeImage,
} from '../support/diskTrace.js';
import { fault, rounds } from '../support/fault.js';
import { programAt, run } from '../support/program.js';

const writer = programAt('./writer.js');
const variants: readonly Kept[] = ['nothing', 'some', 'everything'];

/** Numbers from 0 to 1 that are the same each time (mulberry32). */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const what = 'what was not synced is lost, torn or in another order';

fault('power loss', what, { tools: ['strace'] }, async (t, tried) => {
  // Everything from an empty folder on is in the trace.
  const path = folder(t);
  const log = join(folder(t), 'trace');
  const ended = await run(['strace', ...tracing, '-o', log, process.execPath, writer, path, '2', '8']);
  assert.equal(ended.status, 0, ended.errors);
  const steps = diskSteps(readFileSync(log, 'utf8')).filter(
    (step) => step.kind === 'said' || (step.file.startsWith(`${path}/`) && !step.file.endsWith('-shm')),
  );
  const saidAt = steps.flatMap((step, n) => (step.kind === 'said' ? [n + 1] : []));
  const acknowledgedIn = (some: readonly DiskStep[]) =>
    some.flatMap((step) =>
      step.kind === 'said' && /^(document|comparison|claim|verdict) /.test(step.line) ? [step.line] : [],
    );
  const opened = steps.findIndex((step) => step.kind === 'said' && step.line === 'open');
  assert.ok(opened > 0 && acknowledgedIn(steps).length > 20);

  const random = sequence(20261122);
  const crash = (some: readonly DiskStep[], kept: Kept) => {
    // In the same place: the journals of the keyring's two files name their common one by its full path.
    rmSync(path, { recursive: true });
    mkdirSync(path);
    writeImage(afterPowerLoss(some, kept, random));
  };
  // A disk that never syncs loses what was acknowledged: this test would see it.
  crash(
    steps.filter(({ kind }) => kind !== 'sync'),
    'nothing',
  );
  await assert.rejects(requireKept(path, acknowledgedIn(steps)));
  // Right after each acknowledgement nothing is there to help it; elsewhere a write is under way.
  const moments = [
    ...saidAt,
    ...Array.from(
      { length: rounds(40, 2000) },
      () => opened + Math.floor(random() * (steps.length - opened)),
    ),
  ];
  let images = 0;
  let checked = 0;
  for (const [n, moment] of moments.entries()) {
    const before = steps.slice(0, moment);
    const kept = variants[n % variants.length] ?? 'nothing';
    crash(before, kept);
    const acknowledged = acknowledgedIn(before);
    await requireKept(path, acknowledged).catch((problem: unknown) => {
      throw new Error(`after step ${moment} of ${steps.length}, ${kept} kept`, { cause: problem });
    });
    images += 1;
    checked += acknowledged.length;
  }
  tried(
    `${images} moments of ${steps.length} disk operations: the store opened each time and held all ${checked} acknowledged`,
  );
});
