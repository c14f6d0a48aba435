import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { loadConfig } from '../../src/config.js';
import { checkIsolation } from '../../src/isolation/atStart.js';
import { bestEffort, confinedFork } from '../../src/isolation/confinedFork.js';
import { packageRoot } from '../../src/packageRoot.js';
import { portrait, settings } from '../face/support.js';
import { linux, programs } from './support.js';

/** MiB that a child of this limit gets hold of before it ends. */
async function most(dataMiB: number | undefined): Promise<number> {
  const entry = new URL('./hungry.js', import.meta.url);
  const readable = [fileURLToPath(entry)];
  const child = confinedFork({ ...programs.photos, entry, readable, dataMiB }, bestEffort);
  let held = 0;
  child.on('message', (mib: number) => {
    held = mib;
  });
  await once(child, 'exit');
  return held;
}

test('a child that asks for too much memory ends, at a limit of the kernel', linux, async () => {
  // Node itself claims up to 0.7 GiB before it runs anything.
  const limited = await most(1024);
  assert.ok(limited < 1000, `${limited} MiB under a limit of 1024`);
  assert.equal(await most(undefined), 1024);
});

const main = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

function isolation(command: string, env: Record<string, string>) {
  const { PATH } = process.env;
  return spawnSync(process.execPath, [command, 'isolation'], {
    env: { PATH, ...env },
    encoding: 'utf8',
    timeout: 120_000,
  });
}

test('a service that requires isolation refuses where a child could read its store', linux, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'isolation-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const inside = { FACEMATCH_MODELS: folder, FACEMATCH_DATABASE: join(folder, 'facematch.db') };
  writeFileSync(inside.FACEMATCH_DATABASE, 'x');
  const refused = isolation(main, { ...inside, FACEMATCH_ISOLATION: 'required' });
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /not: files\. \(isolation-missing\)/);
  assert.equal(isolation(main, { ...inside, FACEMATCH_ISOLATION: 'best-effort' }).status, 0);
  assert.equal(isolation(main, { FACEMATCH_ISOLATION: 'required' }).status, 0);
});

test('without the launcher children still start, and what they are not kept from is said', linux, (t) => {
  const copy = mkdtempSync(join(tmpdir(), 'isolation-'));
  t.after(() => rmSync(copy, { recursive: true }));
  cpSync(join(packageRoot, 'dist/src'), join(copy, 'dist/src'), { recursive: true });
  cpSync(join(packageRoot, 'package.json'), join(copy, 'package.json'));
  symlinkSync(join(packageRoot, 'node_modules'), join(copy, 'node_modules'));
  const command = join(copy, 'dist/src/cli/main.js');
  const plain = isolation(command, {});
  assert.equal(plain.status, 0, plain.stderr);
  assert.match(plain.stdout, /photos: the launcher is not built/);
  assert.match(plain.stdout, /127\.0\.0\.1 +connected/);
  const refused = isolation(command, { FACEMATCH_ISOLATION: 'required' });
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /isolation-missing/);
});

test('a start says which layers hold, in the log and in the figures', linux, async () => {
  const lines: string[] = [];
  const logger = pino({}, { write: (line: string) => void lines.push(line) });
  const registry = new Registry();
  const told: string[] = [];
  const say = (line: string) => void told.push(line);
  checkIsolation({ config: loadConfig({}), logger, registry, say });
  const entries = lines.map((line) => JSON.parse(line));
  assert.deepEqual(
    entries.map(({ event, child, missing }) => [event, child, missing]),
    [
      ['isolation', 'photos', []],
      ['isolation', 'search', []],
    ],
  );
  assert.deepEqual(told, []);
  const figures = await registry.metrics();
  assert.match(figures, /facematch_isolation_layer\{child="photos",layer="network"\} 1/);

  const folder = mkdtempSync(join(tmpdir(), 'isolation-'));
  const database = join(folder, 'facematch.db');
  writeFileSync(database, 'x');
  const exposed = loadConfig({ FACEMATCH_MODELS: folder, FACEMATCH_DATABASE: database });
  const other = new Registry();
  checkIsolation({ config: exposed, logger, registry: other, say });
  rmSync(folder, { recursive: true });
  assert.match(await other.metrics(), /facematch_isolation_layer\{child="photos",layer="files"\} 0/);
  assert.deepEqual(told, ['Child processes are not kept from: files (see "Child processes" in SECURITY.md)']);
});

test('the real child opens its own files only and tries no network', linux, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'isolation-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const photo = join(folder, 'photo');
  writeFileSync(photo, await portrait);
  const trace = join(folder, 'trace');
  const module = new URL('../../src/face/pool/face-pool.js', import.meta.url).href;
  const program = `
    const { createFacePool } = await import(${JSON.stringify(module)});
    const { readFileSync } = await import('node:fs');
    const pool = await createFacePool({ settings: ${JSON.stringify(settings())}, children: 1, deadlineMs: 60000,
      isolation: { required: true } });
    console.log(pool.pids()[0]);
    const { kind } = await pool.read({ bytes: readFileSync(${JSON.stringify(photo)}) });
    console.log(kind);
    await pool.close();`;
  const calls = 'trace=openat,open,creat,socket,connect,execve,unlink,mkdir,rename,clone,clone3';
  const args = [
    '-f',
    '-qq',
    '-o',
    trace,
    '-e',
    calls,
    process.execPath,
    '--input-type=module',
    '-e',
    program,
  ];
  const running = spawn('strace', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  running.stdout.on('data', (text: Buffer) => {
    output += text;
  });
  assert.deepEqual(await once(running, 'close'), [0, null]);
  const [pid = '', kind] = output.trim().split('\n');
  assert.equal(kind, 'embedded');

  const own = new Set([pid]);
  const lines = readFileSync(trace, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, thread = '', call = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
      if (!own.has(thread)) return [];
      const [, started] =
        /CLONE_THREAD.* = (\d+)$/.exec(call) ?? /clone.*resumed.* = (\d+)$/.exec(call) ?? [];
      if (started !== undefined) own.add(started);
      return [call];
    });
  const opened = lines.filter((call) => /^open/.test(call) && / = \d+$/.test(call));
  assert.ok(opened.some((call) => call.includes('mobilefacenet-512.onnx')));
  assert.ok(own.size > 1, 'its threads are in the trace');
  const launched = lines.findIndex((call) => /^execve\(".*node"/.test(call));
  assert.ok(launched >= 0 && lines.slice(launched + 1).every((call) => !call.startsWith('execve')));
  const after = lines.slice(launched).filter((call) => / = \d+$/.test(call));
  assert.deepEqual(
    after.filter((call) => /^(socket|connect|unlink|mkdir|rename|creat)|O_WRONLY|O_RDWR|O_CREAT/.test(call)),
    [],
  );
});
