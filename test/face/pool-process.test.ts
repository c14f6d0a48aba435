import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { plainJpegPath } from '../../src/face/plainJpeg.js';
import { settings } from './support.js';

/** A program that starts a pool of one child, prints its process id, and then does `rest`. */
function program(rest: string, env: NodeJS.ProcessEnv = process.env): ChildProcess {
  const module = new URL('../../src/face/pool/face-pool.js', import.meta.url).href;
  const code = `
    const { createFacePool } = await import(${JSON.stringify(module)});
    const pool = await createFacePool({ settings: ${JSON.stringify(settings())}, children: 1 });
    console.log(pool.pids()[0]);
    ${rest}`;
  const args = ['--input-type=module', '-e', code];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
}

async function pidPrinted(running: ChildProcess): Promise<number> {
  const [text] = (await once(running.stdout!, 'data')) as [Buffer];
  return Number(text.toString().trim());
}

async function gone(pid: number): Promise<boolean> {
  for (let i = 0; i < 300; i++) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await delay(10);
  }
  return false;
}

test('a pool at rest does not keep its program alive, and its child goes with it', async () => {
  const running = program('await pool.read({ bytes: new Uint8Array(3) });');
  const exit = once(running, 'exit');
  const pid = await pidPrinted(running);
  assert.deepEqual(await exit, [0, null]);
  assert.ok(await gone(pid));
});

test('children do not outlive a parent that is killed', async () => {
  const running = program('setInterval(() => {}, 1000);');
  const pid = await pidPrinted(running);
  running.kill('SIGKILL');
  assert.ok(await gone(pid));
});

test('a child gets none of the secrets in its parent’s environment', {
  skip: process.platform !== 'linux',
}, async () => {
  const env = { ...process.env, FACEMATCH_MASTER_KEY: 'secret-7731', NODE_OPTIONS: '--no-warnings' };
  const running = program(
    `const { readFileSync } = await import('node:fs');
     console.log(readFileSync('/proc/' + pool.pids()[0] + '/environ', 'latin1'));
     await pool.close();`,
    env,
  );
  let output = '';
  running.stdout!.on('data', (text: Buffer) => {
    output += text;
  });
  assert.deepEqual(await once(running, 'close'), [0, null]);
  assert.match(output, /PATH=/);
  assert.doesNotMatch(output, /secret-7731|NODE_OPTIONS/);
});

test('a child decodes plain photos with the decoder that was built', {
  skip: process.platform === 'linux' && existsSync(plainJpegPath) ? false : 'no C compiler built the decoder',
}, async () => {
  const running = program(
    `const { readFileSync } = await import('node:fs');
     console.log(readFileSync('/proc/' + pool.pids()[0] + '/maps', 'latin1'));
     await pool.close();`,
  );
  let output = '';
  running.stdout!.on('data', (text: Buffer) => {
    output += text;
  });
  assert.deepEqual(await once(running, 'close'), [0, null]);
  assert.ok(output.includes(plainJpegPath));
});
