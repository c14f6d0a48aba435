import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CalibrationCurve } from '../../src/comparison/calibration.js';
import { seededRandom } from '../../src/evaluation/statistics/random.js';
import { newId } from '../../src/ids.js';
import { continuedRate, continuedScore, rateAmong, rateForOne } from '../../src/inquiry/search/falseMatch.js';
import { Int8Rows, quantise } from '../../src/inquiry/search/int8Rows.js';
import { nearestRows } from '../../src/inquiry/search/nearest.js';
import { SearchProcess } from '../../src/inquiry/search/searchProcess.js';
import { sweep } from '../../src/inquiry/search/sweep.js';
import { TopPairs } from '../../src/inquiry/search/topPairs.js';
import { code } from '../store/fixture.js';
import { manyDocuments, model, temporaryStore } from './manyDocuments.js';

const random = seededRandom(7);
const width = 64;
const direction = (): Float32Array => unit(Float32Array.from({ length: width }, () => random() - 0.5));
function unit(vector: Float32Array): Float32Array {
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
}
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, k) => sum + value * b[k]!, 0);
const near = (to: Float32Array, by: number) => unit(to.map((value) => value + by * (random() - 0.5)));

function rowsOf(vectors: readonly Float32Array[], holders: readonly string[] = []): Int8Rows {
  const rows = new Int8Rows(width);
  vectors.forEach((vector, i) => {
    rows.add(newId(), holders[i] ?? newId(), vector);
  });
  return rows;
}

test('int8: the largest number becomes 127, and the direction stays', () => {
  const into = new Int8Array(4);
  const length = quantise(Float32Array.of(0.5, -0.25, 0, 0.125), into);
  assert.ok(Math.abs(length - Math.hypot(127, 63, 32)) < 1e-9);
  assert.deepEqual([...into], [127, -63, 0, 32]);
  for (const bad of [
    [0, 0, 0, 0],
    [Number.NaN, 1, 0, 0],
    [Number.POSITIVE_INFINITY, 0, 0, 0],
  ]) {
    assert.equal(quantise(Float32Array.from(bad), into), 0);
  }
  const vectors = Array.from({ length: 300 }, direction);
  const rows = rowsOf(vectors);
  for (let i = 1; i < 300; i++) {
    assert.ok(Math.abs(rows.cosine(0, i) - dot(vectors[0]!, vectors[i]!)) < 0.01);
  }
  assert.throws(() => rows.add(newId(), newId(), new Float32Array(width)), code('integrity-failure'));
  assert.throws(() => rows.add(newId(), newId(), new Float32Array(3).fill(1)), code('integrity-failure'));
});

test('the nearest rows are those of a search in float32, over a border between pieces of memory', () => {
  const vectors = Array.from({ length: 66_000 }, direction);
  const probe = direction();
  vectors[65_535] = near(probe, 0.05);
  vectors[65_536] = near(probe, 0.1);
  const rows = rowsOf(vectors);
  assert.equal(rows.segments.length, 2);
  const exact = vectors
    .map((vector, row) => ({ row, score: dot(probe, vector) }))
    .sort((a, b) => b.score - a.score);
  const found = nearestRows(rows, probe, 50);
  assert.deepEqual(
    found.slice(0, 2).map(({ row }) => row),
    [65_535, 65_536],
  );
  const among = new Set(found.map(({ row }) => row));
  for (const { row } of exact.slice(0, 20)) assert.ok(among.has(row));
  for (const { row, near: cosine } of found) assert.ok(Math.abs(cosine - dot(probe, vectors[row]!)) < 0.01);
  assert.equal(nearestRows(rowsOf(vectors.slice(0, 3)), probe, 50).length, 3);
  assert.deepEqual(nearestRows(new Int8Rows(width), probe, 5), []);
});

test('a sweep finds every pair above its floor, wherever its tiles end, and none of one holder', async () => {
  const vectors = Array.from({ length: 2500 }, direction);
  const holders = vectors.map(() => newId());
  const planted: [number, number][] = [
    [0, 2499],
    [1023, 1024],
    [2047, 2048],
    [5, 70],
  ];
  for (const [a, b] of planted) vectors[b] = near(vectors[a]!, 0.1);
  vectors[300] = near(vectors[200]!, 0.05);
  holders[300] = holders[200]!;
  const rows = rowsOf(vectors, holders);
  const floor = 0.45;
  const expected: string[] = [];
  for (let a = 0; a < rows.count; a++) {
    for (let b = a + 1; b < rows.count; b++) {
      if (rows.cosine(a, b) >= floor && holders[a] !== holders[b]) expected.push(`${a} ${b}`);
    }
  }
  const seen: number[] = [];
  const { top, compared } = await sweep(rows, { floor, most: 10_000 }, (strip) => seen.push(strip.compared));
  assert.deepEqual(
    top
      .highest()
      .map(({ a, b }) => `${a} ${b}`)
      .sort(),
    expected.sort(),
  );
  assert.ok(expected.length > planted.length, 'some by chance');
  for (const [a, b] of planted) assert.ok(expected.includes(`${a} ${b}`));
  assert.equal(compared, (2500 * 2499) / 2);
  assert.deepEqual([seen.length, seen.at(-1)], [2, compared]);
  const few = await sweep(rows, { floor, most: 3 }, () => {});
  assert.deepEqual(few.top.highest(), top.highest().slice(0, 3));
});

test('only the highest pairs are kept, in bounded memory', () => {
  const top = new TopPairs(2, 0.5);
  for (const value of [0.6, 0.4, 0.9, 0.7, 0.8, Number.NaN]) top.offer({ a: 0, b: 1, near: value });
  assert.deepEqual(
    top.highest().map((pair) => pair.near),
    [0.9, 0.8],
  );
  assert.ok(top.floor > 0.5);
});

test('false match rates among many comparisons, and beyond the data', () => {
  assert.ok(Math.abs(rateAmong(0.5, 2) - 0.75) < 1e-12);
  assert.ok(Math.abs(rateAmong(1e-6, 1_000_000) - (1 - Math.exp(-1))) < 1e-6);
  assert.ok(Math.abs(rateAmong(1e-15, 1000) - 1e-12) < 1e-18, 'no digits are lost');
  assert.ok(Math.abs(rateForOne(rateAmong(1e-7, 500), 500) - 1e-7) < 1e-15);
  const curve = {
    nonMated: 1e6,
    mated: 1,
    thresholds: [],
    points: [
      [-1, 1],
      [0.2, 1e-2],
      [0.3, 1e-3],
      [0.35, 1e-4],
    ],
  } as unknown as CalibrationCurve;
  const within = continuedRate(curve, 0.3);
  assert.ok(!within.extrapolated && Math.abs(within.falseMatchRate - 1e-3) < 1e-12);
  // The last decade takes 0.05: a further one takes as much.
  const beyond = continuedRate(curve, 0.45);
  assert.ok(beyond.extrapolated && Math.abs(Math.log10(beyond.falseMatchRate) + 6) < 1e-9);
  assert.ok(Math.abs(continuedScore(curve, 1e-6) - 0.45) < 1e-9);
  assert.ok(Math.abs(continuedScore(curve, 1e-3) - 0.3) < 1e-9);
  assert.equal(continuedScore(curve, 1e-300), 1);
});

test('the process is given sealed embeddings, answers, and is gone; others get their turn meanwhile', async (t) => {
  const { store, dispose } = await temporaryStore();
  t.after(dispose);
  const { ids, vectors } = await manyDocuments(store, 1500, random);
  const { documents, last } = await store.embeddingBlocks.extent(model);
  assert.deepEqual([documents, last], [1500, ids.at(-1)]);

  const search = new SearchProcess();
  let turns = 0;
  let longest = 0;
  let before = performance.now();
  const timer = setInterval(() => {
    turns++;
    longest = Math.max(longest, performance.now() - before);
    before = performance.now();
  }, 1);
  const counted: number[] = [];
  const held = await search.load(model, store.embeddingBlocks.read(model, last), (count) =>
    counted.push(count),
  );
  clearInterval(timer);
  assert.equal(held, 1500);
  assert.equal(counted.at(-1), 1500);
  assert.ok(turns >= counted.length - 1, `${turns} turns for ${counted.length} blocks`);
  const { found } = await search.nearest(vectors[77]!, 5);
  assert.equal(found[0]!.id, ids[77]);
  assert.ok(found[0]!.near > 0.999 && found[1]!.near < 0.5);

  const { pid } = search;
  await search.end();
  assert.throws(() => process.kill(pid!, 0), { code: 'ESRCH' });
  await assert.rejects(search.nearest(vectors[77]!, 5), code('search-stopped'));
});

test('a reading goes up to where it was to end, and past what was destroyed meanwhile', async (t) => {
  const { store, dispose } = await temporaryStore();
  t.after(dispose);
  const { ids } = await manyDocuments(store, 300, random);
  const order = { client: 'test', actor: 'test', ground: 'test' };
  const read: string[] = [];
  for await (const block of store.embeddingBlocks.read(model, ids[249]!)) {
    read.push(...block.map(({ id }) => id));
    if (read.length < 100) await store.destruction.destroyNow('document', ids[200]!, order);
  }
  assert.deepEqual(
    read,
    ids.slice(0, 250).filter((id) => id !== ids[200]),
  );
  const some = await store.embeddingBlocks.some(model, [ids[1]!, ids[200]!, newId()]);
  assert.deepEqual(
    some.map(({ id }) => id),
    [ids[1]],
  );
});

test('a process that dies, or is told to stop, fails what was asked of it', async (t) => {
  const { store, dispose } = await temporaryStore();
  t.after(dispose);
  const { ids, vectors } = await manyDocuments(store, 200, random);
  const dying = new SearchProcess();
  await dying.load(model, store.embeddingBlocks.read(model, ids.at(-1)!));
  const asked = dying.sweep({ floor: 0.5, most: 10 });
  process.kill(dying.pid!, 'SIGKILL');
  await assert.rejects(asked, code('search-failed'));
  await dying.exited;
  await assert.rejects(dying.nearest(vectors[0]!, 1), code('search-failed'));

  const stopping = new AbortController();
  const stopped = new SearchProcess(stopping.signal);
  const loading = stopped.load(model, store.embeddingBlocks.read(model, ids.at(-1)!, stopping.signal));
  await sleep(1);
  stopping.abort();
  await assert.rejects(loading);
  await stopped.exited;
});

test('an embedding under another key or of another document is refused, and the process ends', async (t) => {
  const { store, dispose } = await temporaryStore();
  t.after(dispose);
  const { ids } = await manyDocuments(store, 3, random);
  const search = new SearchProcess();
  t.after(() => search.end());
  async function* swapped() {
    for await (const [first, second] of store.embeddingBlocks.read(model, ids.at(-1)!)) {
      yield [{ ...first!, sealed: second!.sealed }];
    }
  }
  await assert.rejects(search.load(model, swapped()), code('integrity-failure'));
  await search.exited;
});
