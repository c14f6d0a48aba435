import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, type TestContext, test } from 'node:test';
import { loadConfig } from '../../src/config.js';
import type { FacePool } from '../../src/face/pool/face-pool.js';
import { newId } from '../../src/ids.js';
import { prepareNetworks } from '../../src/networks.js';
import { Completion, type SetFigures } from '../../src/reembedding/completion.js';
import { reembed } from '../../src/reembedding/reembed.js';
import type { Made } from '../../src/reembedding/tally.js';
import { openBackground } from '../../src/reembeddingParts.js';
import { type NewDocument, openStore, type Store } from '../../src/store/store.js';
import { folder, newDocument, storeOptions } from '../store/fixture.js';
import { background, portraitOf } from '../support/samples.js';
import { children, dlib, nicenessOf } from './support.js';

const config = loadConfig({ FACEMATCH_MODE: 'development', FACEMATCH_EMBEDDER: 'dlib-resnet-128' });
const hour = 3_600_000;
const never = new AbortController().signal;
let face: Uint8Array;
let without: Uint8Array;
before(async () => {
  face = await portraitOf('1-right');
  without = await background();
});
const before_ = children();
after(() => assert.deepEqual(children(), before_, 'a child was left'));

async function filled(t: TestContext, photos: readonly Uint8Array[]) {
  const time = { at: Date.now() };
  const store = await openStore({ ...storeOptions(folder(t)), clock: () => new Date(time.at) });
  t.after(() => store.close());
  const documents: NewDocument[] = [];
  const add = async (photo: Uint8Array) => {
    const document = newDocument(store, { id: newId(), photo });
    await store.documents.create(document);
    documents.push(document);
    return document;
  };
  documents.push(...photos.map((photo) => newDocument(store, { id: newId(), photo })));
  await store.documents.createMany(documents);
  return { store, time, documents, add };
}

interface Watched {
  readonly completion: Completion;
  readonly figures: SetFigures[];
  readonly made: Made[];
  readonly unread: string[];
  readonly pools: FacePool[];
}

async function watched(
  store: Store,
  time: { readonly at: number },
  change: { makeWay?: () => Promise<boolean>; seen?: (figures: SetFigures) => void } = {},
): Promise<Watched> {
  const networks = await prepareNetworks(config, () => {});
  const [figures, made, unread, pools]: [SetFigures[], Made[], string[], FacePool[]] = [[], [], [], []];
  const completion = new Completion({
    model: dlib,
    kept: store,
    openPool: async () => {
      const pool = await openBackground(config, networks);
      pools.push(pool);
      return pool;
    },
    turn: async () => {},
    makeWay: change.makeWay ?? (async () => false),
    figures: (now) => {
      figures.push(now);
      change.seen?.(now);
    },
    started: async () => {},
    unread: (code) => unread.push(code),
    made: async (one) => {
      made.push(one);
    },
    clock: () => new Date(time.at),
    now: () => time.at,
  });
  return { completion, figures, made, unread, pools };
}

test('what the model has not seen is embedded by one child behind all others, which is gone then', async (t) => {
  const { store, time, documents } = await filled(t, [face, without, face]);
  const others = new Set(children());
  const niceness: number[] = [];
  const seen = () => niceness.push(...children().flatMap((pid) => (others.has(pid) ? [] : nicenessOf(pid))));
  const { completion, figures, made, pools } = await watched(store, time, { seen });
  assert.equal(await completion.run(never), 'complete');
  assert.deepEqual(made, [{ embedded: 2, withoutFace: 1, unread: 0 }]);
  assert.deepEqual(figures.at(0), { documents: 3, covered: 0, unread: 0 });
  assert.deepEqual(figures.at(-1), { documents: 3, covered: 3, unread: 0 });
  assert.deepEqual([...new Set(niceness)], [19]);
  assert.deepEqual(
    children().filter((pid) => !others.has(pid)),
    [],
  );
  for (const [n, { id }] of documents.entries()) {
    assert.equal((await store.documents.embedding(id, dlib))?.length, n === 1 ? undefined : 128);
  }
  assert.equal(await store.embeddings.failure(documents[1]!.id, dlib), 'no-face');
  // And there is nothing left to do, for which no child is started.
  time.at += hour;
  assert.equal(await completion.run(never), undefined);
  assert.equal(pools.length, 1);
});

test('documents that came since are taken by the next look, others when all are looked at', async (t) => {
  const { store, time, documents, add } = await filled(t, [face]);
  const { completion, figures, made } = await watched(store, time);
  assert.equal(await completion.run(never), 'complete');
  time.at += hour / 4;
  await add(face);
  assert.equal(await completion.run(never), 'complete');
  assert.deepEqual(figures.at(-1), { documents: 2, covered: 2, unread: 0 });
  time.at += 3 * hour;
  assert.equal(await completion.run(never), undefined);
  // Long ago, and lost again: as after a correction of its photo.
  await store.models.adopt('net@1');
  await store.models.discardOthers({ client: 't', actor: 't', action: 'model.discard', outcome: 'done' });
  time.at += hour / 4;
  assert.equal(await completion.run(never), undefined);
  time.at += 24 * hour;
  assert.equal(await completion.run(never), 'complete');
  assert.deepEqual(
    made.map(({ embedded }) => embedded),
    [1, 1, 2],
  );
  assert.deepEqual(await store.embeddings.missing(dlib, '', 10), []);
  await store.destruction.destroyNow('document', documents[0]!.id, {
    client: 'test',
    actor: 'test',
    ground: 'judgment',
  });
  time.at += 25 * hour;
  assert.equal(await completion.run(never), 'complete');
  assert.deepEqual(figures.at(-1), { documents: 1, covered: 1, unread: 0 });
});

test('a photo that cannot be read is told, and tried again a day later or by the command, not before', async (t) => {
  const { store, time, documents } = await filled(t, [face, randomBytes(3000), face]);
  const broken = documents[1]!.id;
  const { completion, figures, made, unread, pools } = await watched(store, time);
  assert.equal(await completion.run(never), 'complete');
  assert.deepEqual(unread, ['unsupported-image']);
  assert.deepEqual(figures.at(-1), { documents: 3, covered: 2, unread: 1 });
  assert.deepEqual(made, [{ embedded: 2, withoutFace: 0, unread: 1 }]);
  const at = new Date(time.at).toISOString();
  assert.deepEqual(await store.embeddingSurvey.unread(dlib), [{ id: broken, code: 'unsupported-image', at }]);

  for (const later of [hour / 4, 12 * hour]) {
    time.at += later;
    assert.equal(await completion.run(never), undefined);
  }
  // Nor by a process that starts now.
  const restarted = await watched(store, time);
  assert.equal(await restarted.completion.run(never), 'complete');
  assert.deepEqual(restarted.figures.at(-1), { documents: 3, covered: 2, unread: 1 });
  assert.deepEqual([pools.length, restarted.pools.length, restarted.made.length], [1, 0, 0]);

  time.at += 12 * hour;
  assert.equal(await completion.run(never), 'complete');
  assert.deepEqual(unread, ['unsupported-image', 'unsupported-image']);
  assert.deepEqual(figures.at(-1), { documents: 3, covered: 2, unread: 1 });

  const faces = await openBackground(config, await prepareNetworks(config, () => {}));
  t.after(() => faces.close());
  const tally = await reembed({ kept: store, faces, inFlight: 2 });
  assert.deepEqual(tally, { embedded: 0, withoutFace: 0, unread: [broken] });
  // What comes of it after all ends that.
  const { pixelsKey } = documents[1]!;
  await store.embeddings.put(broken, { model: dlib, pixelsKey, result: 'no-face' });
  assert.deepEqual(await store.embeddingSurvey.unread(dlib), []);
});

test('where nothing can be read it stops, and does not go on to the last photo', async (t) => {
  const { store, time } = await filled(
    t,
    Array.from({ length: 60 }, () => randomBytes(3000)),
  );
  const { completion, made } = await watched(store, time);
  await assert.rejects(completion.run(never), { code: 'reading-failed' });
  const tried = (await store.embeddingSurvey.unread(dlib)).length;
  assert.ok(tried >= 25 && tried < 30, String(tried));
  assert.deepEqual(made, [{ embedded: 0, withoutFace: 0, unread: tried }]);
});

test('a photo that takes its child along stops none of the others', async (t) => {
  const { store, time } = await filled(
    t,
    Array.from({ length: 8 }, () => face),
  );
  let killed = false;
  const seen = ({ covered }: SetFigures) => {
    if (covered < 2 || killed) return;
    killed = true;
    for (const pid of watching.pools[0]!.pids()) process.kill(pid, 'SIGKILL');
  };
  const watching = await watched(store, time, { seen });
  assert.equal(await watching.completion.run(never), 'complete');
  assert.equal(killed, true);
  const { covered, unread } = watching.figures.at(-1)!;
  // One at most was being read.
  assert.equal(covered + unread, 8);
  assert.ok(unread <= 1);
  assert.deepEqual([...new Set(watching.unread)], unread === 0 ? [] : ['reading-failed']);
});

test('stopped after a photo it goes on with the others, none of them twice, and leaves no child', async (t) => {
  const { store, time } = await filled(
    t,
    Array.from({ length: 12 }, () => face),
  );
  const stop = new AbortController();
  const first = await watched(store, time, {
    seen: ({ covered }) => {
      if (covered === 3) stop.abort();
    },
  });
  assert.equal(await first.completion.run(stop.signal), 'stopped');
  const { covered } = await store.embeddings.coverage(dlib);
  assert.ok(covered >= 3 && covered <= 5, String(covered));
  assert.deepEqual(await store.embeddingSurvey.unread(dlib), [], 'nothing is held against a photo');
  assert.equal(await first.completion.run(never), 'complete');
  const embedded = first.made.map((made) => made.embedded);
  assert.deepEqual(embedded, [covered, 12 - covered]);
  assert.equal((await store.embeddings.coverage(dlib)).covered, 12);
});

test('it makes way for whoever changes the models', async (t) => {
  const { store, time } = await filled(
    t,
    Array.from({ length: 120 }, () => face),
  );
  let asked = 0;
  const { completion, made } = await watched(store, time, { makeWay: async () => ++asked > 0 });
  const ended = await completion.run(never);
  const { covered } = await store.embeddings.coverage(dlib);
  // A machine that embeds them all in a second is asked nothing.
  assert.equal(ended, asked > 0 ? 'gave-way' : 'complete');
  assert.equal(made[0]?.embedded, covered);
  if (asked > 0) assert.ok(covered < 120);
});
