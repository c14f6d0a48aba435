import assert from 'node:assert/strict';
import { closeSync, existsSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { createLogger } from '../../src/http/log.js';
import { fileOutput, streamOutput } from '../../src/http/logOutput.js';

const lines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; lines?: number });

test('a log line that a full disk does not take is counted, and ends nothing', {
  skip: existsSync('/dev/full') ? false : 'no /dev/full here',
}, () => {
  const full = openSync('/dev/full', 'w');
  const output = fileOutput(full);
  const logger = createLogger('info', output);
  for (let n = 0; n < 3; n++) logger.info({ event: 'request' });
  assert.equal(output.lost(), 3);
  closeSync(full);
});

test('once there is room again the log says what it missed', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'facematch-log-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'log');
  // A file that is not open for writing refuses as a full disk does.
  const readable = openSync(file, 'w+');
  let fd = openSync(file, 'r');
  const output = fileOutput(fd);
  const logger = createLogger('info', output);
  logger.info({ event: 'lost' });
  logger.info({ event: 'lost' });
  closeSync(fd);
  // The number is taken anew by a file that can be written.
  const again = openSync(file, 'a');
  assert.equal(again, fd);
  fd = again;
  logger.info({ event: 'kept' });
  assert.equal(output.lost(), 2);
  const [note, kept] = lines(readFileSync(file, 'utf8'));
  assert.deepEqual([note?.event, note?.lines, kept?.event], ['log-lines-lost', 2, 'kept']);
  ftruncateSync(readable);
  for (const each of [fd, readable]) closeSync(each);
});

test('a reader that is slow costs lines, not memory; one that is gone costs lines alone', async () => {
  const stream = new PassThrough({ highWaterMark: 1024 });
  const output = streamOutput(stream);
  const line = `${'x'.repeat(999)}\n`;
  for (let n = 0; n < 1000; n++) output.write(line);
  assert.ok(output.lost() > 500 && stream.writableLength < 600_000);
  const before = output.lost();
  stream.resume();
  await output.flush(5000);
  assert.equal(stream.writableLength, 0);
  let read = '';
  stream.on('data', (data: Buffer) => {
    read += data.toString();
  });
  output.write('{"event":"kept"}\n');
  await new Promise(setImmediate);
  const [note, kept] = lines(read);
  assert.deepEqual([note?.event, note?.lines, kept?.event], ['log-lines-lost', before, 'kept']);
  stream.destroy(new Error('gone'));
  await new Promise(setImmediate);
  for (let n = 0; n < 3; n++) output.write(line);
  await new Promise(setImmediate);
  assert.equal(output.lost(), before + 3);
});
