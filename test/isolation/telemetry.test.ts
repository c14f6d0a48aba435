import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { settings } from '../face/support.js';

/** Opens the networks and runs them, in the process itself. */
const program = `
  const { openPipeline } = await import(${JSON.stringify(new URL('../../src/face/open.js', import.meta.url).href)});
  const pipeline = await openPipeline(${JSON.stringify(settings())});
  await pipeline.warmUp();`;

test('the networks run without a report to the maker of their runtime', {
  skip: process.platform !== 'linux',
}, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'no-telemetry-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const trace = join(folder, 'trace');
  const home = join(folder, 'home');
  // The runtime is silent under CI: so not here.
  const env = { PATH: process.env['PATH'], HOME: home, TMPDIR: folder, XDG_CACHE_HOME: join(home, 'cache') };
  const args = ['-f', '-qq', '-o', trace, '-e', 'trace=openat,socket,connect,mkdir', process.execPath];
  const ran = spawnSync('strace', [...args, '--input-type=module', '-e', program], { env, encoding: 'utf8' });
  assert.equal(ran.status, 0, ran.stderr);
  const calls = readFileSync(trace, 'utf8');
  assert.match(calls, /mobilefacenet-512\.onnx/, 'the trace shows the networks being opened');
  assert.doesNotMatch(calls, /onnxruntime\.db|deviceid|machine-id|mat-debug|DeveloperTools/);
  assert.doesNotMatch(calls, /AF_INET/);
  assert.deepEqual(readdirSync(folder), ['trace'], 'nothing was written beside the trace');
});
