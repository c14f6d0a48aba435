import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { beginProbe } from '../../src/comparison/probe.js';
import { createFacePool, type FacePool } from '../../src/face/pool/face-pool.js';
import { openStore, type Store } from '../../src/store/store.js';
import { portrait, settings } from '../face/support.js';
import { now, storeOptions } from '../store/fixture.js';

const place = mkdtempSync(join(tmpdir(), 'facematch-probe-'));
let faces: FacePool;
let store: Store;
before(async () => {
  store = await openStore(storeOptions(place));
  faces = await createFacePool({ settings: settings(), children: 1, deadlineMs: 30_000 });
});
after(async () => {
  await faces.close();
  await store.close();
  rmSync(place, { recursive: true });
});

const begin = async (signal?: AbortSignal) =>
  beginProbe({ store, faces, clock: () => now }, 'comparison-1', { bytes: await portrait }, { signal });

test('the photo is sealed once, as it was accepted, and nothing listens to the caller any more', async () => {
  const caller = new AbortController();
  const { read, sealed } = await begin(AbortSignal.any([caller.signal]));
  const outcome = await read;
  assert.ok(outcome.kind === 'embedded');
  const first = await sealed(outcome.image);
  assert.equal(await sealed(outcome.image), first);
  assert.equal(first.retentionEnds, '2026-06-15');
  const signal = AbortSignal.any([caller.signal]);
  await Promise.all([begin(signal).then((probe) => probe.read), begin(signal).then((probe) => probe.read)]);
  assert.deepEqual(getEventListeners(signal, 'abort'), [], 'else it would be kept, and the photo with it');
});

test('a read is given up by whoever began it and by the caller, also by one who has gone', async () => {
  const own = await begin();
  own.giveUp();
  await assert.rejects(own.read, { name: 'AbortError' });
  const caller = new AbortController();
  const theirs = await begin(caller.signal);
  caller.abort();
  await assert.rejects(theirs.read, { name: 'AbortError' });
  const late = await begin(AbortSignal.abort());
  await assert.rejects(late.read, { name: 'AbortError' });
});
