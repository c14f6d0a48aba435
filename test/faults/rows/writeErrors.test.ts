import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { acknowledgedIn, linesOf, requireKept } from '../support/acknowledged.js';
import { fault, long } from '../support/fault.js';
import { callsOf, storeToBreak, withFailing } from '../support/injected.js';
import { inLanes } from '../support/program.js';

interface Case {
  readonly fault: string;
  readonly calls: 'fsync,fdatasync' | 'pwrite64';
  readonly error: 'EIO' | 'ENOSPC';
  /** Every so many of the positions in the short form. */
  readonly every: number;
  /** The disk stays as it is from there on. */
  readonly lasting?: true;
}

const cases: readonly Case[] = [
  { fault: 'fsync EIO', calls: 'fsync,fdatasync', error: 'EIO', every: 4 },
  { fault: 'fsync EIO', calls: 'fsync,fdatasync', error: 'EIO', every: 24, lasting: true },
  { fault: 'write ENOSPC', calls: 'pwrite64', error: 'ENOSPC', every: 50 },
  { fault: 'write ENOSPC', calls: 'pwrite64', error: 'ENOSPC', every: 300, lasting: true },
  { fault: 'write EIO', calls: 'pwrite64', error: 'EIO', every: 150 },
];

for (const { fault: row, calls, error, every, lasting } of cases) {
  const what = `${calls} fails ${lasting ? 'from' : 'once,'} at each position${lasting ? ' on' : ''}`;
  fault(row, what, { tools: ['strace'] }, async (t, tried) => {
    const from = await storeToBreak(t);
    const all = await callsOf(t, from, calls);
    const positions = Array.from({ length: all }, (_, n) => n + 1).filter((n) => long || n % every === 0);
    let refused = 0;
    let kept = 0;
    await inLanes(2, positions, async (position) => {
      const ended = await withFailing(t, from, calls, error, `${position}${lasting ? '+' : ''}`);
      const where = `${calls} ${position} of ${all}: ${ended.output}${ended.errors}`;
      assert.ok(readFileSync(join(ended.path, 'calls'), 'utf8').includes('(INJECTED)'), where);
      // A refusal that says so, and never a crash.
      assert.equal(ended.signal, null, where);
      assert.equal(ended.errors, '', where);
      const refusals = linesOf(ended.output).filter((line) => line.startsWith('refused'));
      for (const line of refusals) {
        assert.match(line, /^refused (open|write) (store-unavailable|storage-full)$/, where);
      }
      if (!lasting && linesOf(ended.output).includes('open')) {
        assert.ok(linesOf(ended.output).includes('closed'), where);
      }
      const acknowledged = acknowledgedIn(ended.output);
      await requireKept(ended.path, acknowledged).catch((problem: unknown) => {
        throw new Error(where, { cause: problem });
      });
      rmSync(ended.path, { recursive: true });
      refused += refusals.length;
      kept += acknowledged.length;
    });
    tried(
      `${positions.length} of ${all} positions; ${refused} writes refused, ${kept} acknowledged and kept`,
    );
    assert.ok(refused > 0 && kept > 0);
  });
}
