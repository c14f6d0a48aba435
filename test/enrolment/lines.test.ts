import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { countLines, readLines } from '../../src/enrolment/lines.js';

test('lines keep their numbers; blank ones are left out, overlong ones are told apart', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'facematch-lines-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'list');
  const read = async (content: string, most = 10) => {
    writeFileSync(file, content);
    const lines: [number, string | undefined][] = [];
    for await (const { number, bytes } of readLines(file, most)) lines.push([number, bytes?.toString()]);
    assert.equal(await countLines(file), lines.length);
    return lines;
  };
  assert.deepEqual(await read('a\nb\n'), [
    [1, 'a'],
    [2, 'b'],
  ]);
  assert.deepEqual(await read('a\r\n\r\n \n\nb'), [
    [1, 'a'],
    [5, 'b'],
  ]);
  assert.deepEqual(await read('0123456789\n0123456789+\nc'), [
    [1, '0123456789'],
    [2, undefined],
    [3, 'c'],
  ]);
  assert.deepEqual(await read(''), []);
  assert.deepEqual(await read('\n\n'), []);
  // Longer than what is read at a time.
  const long = 'é'.repeat(400_000);
  assert.deepEqual(await read(`${long}\n${long}`, 1_000_000), [
    [1, long],
    [2, long],
  ]);
  await assert.rejects(countLines(join(folder, 'nothing')), { code: 'input-invalid' });
});
