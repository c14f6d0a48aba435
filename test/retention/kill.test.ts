import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openStore } from '../../src/store/store.js';
import { code, folder, newComparison, newDocument, storeOptions } from '../store/fixture.js';
import { directDatabase } from '../support/directDatabase.js';
import { by, retentionOf, Time } from './support.js';

const destroyer = fileURLToPath(new URL('./destroyer.js', import.meta.url));
const rounds = Number(process.env['RETENTION_KILLS'] ?? 20);
const perRound = 24;
/** After the last round's month, and before the names of those who enrolled are to go. */
const later = '2036-02-01T00:00:00Z';

/** Starts a run and kills it at a random moment between opening the store and a little after what it took last time. */
async function killed(path: string, withinMs: number): Promise<{ output: string; tookMs: number }> {
  const child = spawn(process.execPath, [destroyer, path, later], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  let openedAt = Number.NaN;
  child.stdout.on('data', (bytes: Buffer) => {
    output += bytes.toString();
    if (Number.isNaN(openedAt) && output.includes('opening')) openedAt = performance.now();
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  while (!output.includes('opening') && child.exitCode === null) await sleep(1);
  const wait = Math.random() * withinMs;
  while (performance.now() - openedAt < wait && !output.includes('done')) await sleep(1);
  const tookMs = performance.now() - openedAt;
  child.kill('SIGKILL');
  await ended;
  return { output, tookMs };
}

test(`${rounds} times killed in the middle of a retention run, the store is consistent and the trail whole`, async (t) => {
  const path = folder(t);
  const keep: string[] = [];
  const due: string[] = [];
  let completed = 0;
  let underWay = 0;
  // As long as a whole run takes here, measured as the rounds go.
  let withinMs = 400;
  for (let round = 0; round < rounds; round++) {
    let store = await openStore(storeOptions(path));
    // A month of its own for each round: that of a round that ran to its end takes no new record.
    const ends = `${2027 + Math.floor(round / 12)}-${String((round % 12) + 1).padStart(2, '0')}-05`;
    for (let n = 0; n < perRound; n++) {
      const document = newDocument(store, { retentionEnds: n % 10 === 0 ? '2060-01-01' : ends });
      await store.documents.create(document);
      (n % 10 === 0 ? keep : due).push(document.id);
    }
    const comparison = newComparison(store, {
      retentionEnds: ends,
      probe: { photo: Buffer.alloc(2000, 1), retentionEnds: ends },
    });
    await store.comparisons.create(comparison);
    await store.close();

    const { output, tookMs } = await killed(path, withinMs);
    if (output.includes('done')) {
      completed += 1;
      withinMs = tookMs;
    } else withinMs *= 1.1;

    store = await openStore(storeOptions(path));
    if (store.resumed > 0) underWay += 1;
    assert.ok((await store.audit.verify()).intact, `round ${round}`);
    assert.equal(await store.ledger.verify(), undefined);
    assert.deepEqual((await store.keyring.verify()).damaged, []);
    for (const id of keep) assert.equal((await store.documents.open(id)).photo.length, 3000);
    let left = 0;
    const gone = new Set(
      (await store.ledger.after(0, 100_000)).flatMap(({ entries }) =>
        entries.map(({ recordKey }) => hex(recordKey)),
      ),
    );
    for (const id of due) {
      // Whole or gone: what the ledger names opens no more, what it does not name is complete.
      if (gone.has(hex(store.lookup.record(id))))
        await assert.rejects(store.documents.open(id), code('not-found'));
      else {
        assert.equal((await store.documents.open(id)).photo.length, 3000);
        left += 1;
      }
    }
    assert.equal((await store.stats()).documents, keep.length + left);
    await store.close();
    requireNoOrphans(path);
  }
  const time = new Time(new Date(later));
  const store = await openStore(storeOptions(path, { clock: time.clock }));
  t.after(() => store.close());
  await retentionOf(store, time).run({ by });
  assert.equal((await store.stats()).documents, keep.length);
  t.diagnostic(`${completed} runs ended before the kill; ${underWay} had records under way when killed`);
});

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

function requireNoOrphans(path: string): void {
  const db = directDatabase(storeOptions(path).databasePath, { readonly: true });
  const orphans = [
    'select count(*) from document_images where document_id not in (select id from documents)',
    'select count(*) from embeddings where document_id not in (select id from documents)',
    'select count(*) from document_identity_keys where document_id not in (select id from documents)',
    'select count(*) from holders where id not in (select holder_id from documents)',
    'select count(*) from destruction_intents',
  ];
  for (const sql of orphans) assert.equal(db.prepare(sql).pluck().get(), 0, sql);
  db.close();
}
