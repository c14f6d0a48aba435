import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { figuresOf } from '../../src/benchmark/processes.js';
import type { Row } from '../../src/benchmark/trial.js';
import { measureEnrolment } from '../../src/benchmark/trials/enrolment.js';
import { measureHttp } from '../../src/benchmark/trials/http.js';
import { measureMemory } from '../../src/benchmark/trials/memory.js';
import { measureOverhead } from '../../src/benchmark/trials/overhead.js';
import { measureReembedding } from '../../src/benchmark/trials/reembedding.js';
import { measureSearch } from '../../src/benchmark/trials/search.js';
import { trials } from '../../src/benchmark/trials.js';

const cli = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const linux = existsSync('/proc/self/stat') ? false : 'figures of processes come from /proc';

const bench = (args: readonly string[]) =>
  new Promise<{ status: number; out: string; err: string }>((resolve) => {
    execFile(process.execPath, [cli, 'bench', ...args], (error, out, err) => {
      resolve({ status: error ? Number(error.code) : 0, out, err });
    });
  });

function progressed(): { seen: [number, number][]; progress: (done: number, total: number) => void } {
  const seen: [number, number][] = [];
  return { seen, progress: (done, total) => seen.push([done, total]) };
}

/** Every figure is there and plausible. */
function requirePositive(rows: readonly Row[], but: readonly string[] = []): void {
  for (const { name, values } of rows)
    for (const [column, value] of Object.entries(values))
      if (!but.includes(column))
        assert.ok(typeof value === 'number' && value > 0, `${name}, ${column}: ${value}`);
}

test('http: a service of its own answers the load, its health is watched', { skip: linux }, async () => {
  const { seen, progress } = progressed();
  const plan = { stores: [20, 40], concurrency: [1, 3], seconds: 0.4 };
  const { rows } = await measureHttp(plan, undefined, progress);
  assert.deepEqual(
    rows.map(({ name }) => name),
    [
      '20 documents, 1 at a time',
      '20 documents, 3 at a time',
      '40 documents, 1 at a time',
      '40 documents, 3 at a time',
    ],
  );
  // The kernel counts processor time in hundredths of a second.
  requirePositive(rows, ['CPU ms: service']);
  assert.ok(rows.every(({ values }) => (values['p50 ms'] as number) <= (values['p99 ms'] as number)));
  const [done, total] = seen.at(-1)!;
  assert.equal(done, total);
});

test('memory: looked at after every so many comparisons', { skip: linux }, async () => {
  const { progress } = progressed();
  const { rows } = await measureMemory({ documents: 20, comparisons: 32, every: 16 }, undefined, progress);
  assert.deepEqual(
    rows.map(({ name }) => name),
    ['after 16', 'after 32'],
  );
  requirePositive(rows);
});

test('overhead: the pool alone and the whole comparison, on the same photos', async () => {
  const { seen, progress } = progressed();
  const { rows } = await measureOverhead({ documents: 20, rounds: 6, warmUp: 8 }, undefined, progress);
  const [bare, whole, added] = rows.map(({ values }) => values['median ms'] as number);
  // Which takes longer is the machine's matter in six rounds.
  assert.ok(bare! > 0 && whole! > 0 && Number.isFinite(added));
  assert.equal(seen.length, 6);
});

test('enrolment: stored once, known the second time', async () => {
  const { progress } = progressed();
  const { rows } = await measureEnrolment({ documents: 12 }, undefined, progress);
  assert.deepEqual(
    rows.map(({ values }) => values['stored']),
    [12, 0],
  );
  assert.ok(rows.every(({ values }) => (values['per second'] as number) > 0));
});

test('reembedding: the set grows with and without comparisons beside it', async () => {
  const { progress } = progressed();
  const { rows } = await measureReembedding({ documents: 160, seconds: 0.5 }, undefined, progress);
  const [alone, both, embedding] = rows.map(({ values }) => values);
  for (const latency of [alone!['p50 ms'], both!['p50 ms']]) assert.ok((latency as number) > 0);
  // How many in half a second is the machine's matter; the trial ends when all of them are there.
  for (const { 'embedded a minute': rate } of [both!, embedding!]) assert.ok(Number.isFinite(rate));
});

test('search: real faces are found among synthetic ones, and the process is measured', {
  skip: linux,
}, async () => {
  const { seen, progress } = progressed();
  const plan = { documents: 3000, photos: 10, probes: 12, swept: 2000 };
  const { rows, notes } = await measureSearch(plan, undefined, progress);
  assert.deepEqual(
    rows.map(({ name }) => name),
    ['3,000 documents', '10,000,000, calculated', 'sweep of 2,000'],
  );
  assert.equal(rows[0]!.values['first as in float32'], '12 of 12');
  for (const column of ['loading s', 'scan ms, median', 'with float32 ms, median', 'memory MB']) {
    assert.ok((rows[0]!.values[column] as number) > 0, column);
    assert.ok((rows[1]!.values[column] as number) > (rows[0]!.values[column] as number), column);
  }
  assert.ok((rows[2]!.values['million pairs/s'] as number) > 0);
  assert.match(notes[0]!, /44 cut-outs of the 22 faces/);
  assert.deepEqual(seen.at(-1), [6000, 6000]);
});

test('the command runs a trial in a process of its own and writes its figures', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'facematch-bench-test-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'figures.json');
  const { status, out, err } = await bench(['cosine', '--quick', '--json', file]);
  assert.equal(status, 0, err);
  assert.match(out, /float32 ms/);
  const { about, results } = JSON.parse(await readFile(file, 'utf8')) as {
    about: Record<string, unknown>;
    results: Record<string, { rows: Row[] }>;
  };
  assert.deepEqual(Object.keys(results), ['cosine']);
  assert.equal(about['node'], process.version);
  assert.ok(about['processor'] && about['cores'] && about['networks'] && about['onnxruntime-node']);
  requirePositive(results['cosine']!.rows);
});

test('a trial that fails makes the command fail', async () => {
  const { status, err } = await bench(['stages', '--quick', '--photos', join(tmpdir(), 'no-such-folder')]);
  assert.equal(status, 1);
  assert.match(err, /The trial stages failed/);
  const unknown = await bench(['nonsense']);
  assert.equal(unknown.status, 1);
  assert.match(unknown.err, /no trial called nonsense/);
});

test('a quick run leaves out the slow trials only', () => {
  assert.deepEqual(
    trials.filter(({ slow }) => slow).map(({ name }) => name),
    ['reembedding', 'memory', 'query'],
  );
});

test('the figures of a process count its children, ended ones too', { skip: linux }, async () => {
  const spin = (ms: number) => `const end = Date.now() + ${ms}; while (Date.now() < end);`;
  const parent = spawn(process.execPath, [
    '-e',
    `require('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(spin(300))}]);
     console.log('done'); setTimeout(() => {}, 60000);`,
  ]);
  try {
    await new Promise((resolve) => parent.stdout.once('data', resolve));
    const figures = figuresOf(parent.pid!)!;
    assert.ok(figures.childrenCpuMs >= 100, `${figures.childrenCpuMs}`);
    assert.ok(figures.residentBytes > 10 * 2 ** 20);
    assert.equal(figures.childrenResidentBytes, 0);
  } finally {
    parent.kill('SIGKILL');
    await new Promise((resolve) => parent.once('exit', resolve));
  }
  assert.equal(figuresOf(parent.pid!), undefined);
});
