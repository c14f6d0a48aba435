import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { acknowledgedIn, linesOf, requireKept } from '../support/acknowledged.js';
import { fault, long } from '../support/fault.js';
import { callsOf, storeToBreak, withFailing } from '../support/injected.js';
import { inLanes } from '../support/program.js';

interface Case {
  readonly fault: string;
  readonly call: 'fdatasync' | 'fsync' | 'pwrite64';
  readonly error: 'EIO' | 'ENOSPC';
  /** Every so many of the positions in the short form. */
  readonly every: number;
  /** What a refusal may be called. */
  readonly codes: RegExp;
}

const unavailable = /^refused (open|write) (store-unavailable|storage-full)$/;

const cases: readonly Case[] = [
  { fault: 'fsync EIO', call: 'fdatasync', error: 'EIO', every: 2, codes: unavailable },
  { fault: 'fsync EIO', call: 'fsync', error: 'EIO', every: 1, codes: unavailable },
  { fault: 'write ENOSPC', call: 'pwrite64', error: 'ENOSPC', every: 8, codes: unavailable },
  { fault: 'write EIO', call: 'pwrite64', error: 'EIO', every: 16, codes: unavailable },
];

for (const { fault: row, call, error, every, codes } of cases) {
  fault(row, `${call} fails once, at each position`, { tools: ['strace'] }, async (t, tried) => {
    const from = await storeToBreak(t);
    const calls = await callsOf(t, from, call);
    const positions = Array.from({ length: calls }, (_, n) => n + 1).filter(
      (n) => long || n % every === 1 % every,
    );
    let refused = 0;
    let kept = 0;
    await inLanes(2, positions, async (position) => {
      const ended = await withFailing(t, from, call, error, String(position));
      const where = `${call} ${position} of ${calls}: ${ended.output}${ended.errors}`;
      const failed = readFileSync(join(ended.path, 'calls'), 'utf8').includes('(INJECTED)');
      assert.ok(failed, where);
      // An answer in each case, never a crash.
      assert.equal(ended.signal, null, where);
      assert.equal(ended.errors, '', where);
      const refusals = linesOf(ended.output).filter((line) => line.startsWith('refused'));
      for (const line of refusals) assert.match(line, codes, where);
      const acknowledged = acknowledgedIn(ended.output);
      await requireKept(ended.path, acknowledged).catch((problem: unknown) => {
        throw new Error(where, { cause: problem });
      });
      refused += refusals.length;
      kept += acknowledged.length;
    });
    tried(
      `${positions.length} of ${calls} positions; ${refused} writes refused, ${kept} acknowledged and kept`,
    );
    assert.ok(refused > 0 && kept > 0);
  });
}
