import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openStore } from '../../src/store/store.js';
import { testOfSqlite } from '../support/postgres.js';
import { folder, storeOptions } from './fixture.js';

const writer = fileURLToPath(new URL('./writer.js', import.meta.url));

/** Runs the writer and kills it some time after it acknowledged so many writes; returns all it acknowledged. */
async function killed(path: string, writes: number): Promise<string[]> {
  const child = spawn(process.execPath, [writer, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  // The last line may be cut short.
  const acknowledged = () =>
    output
      .split('\n')
      .slice(0, -1)
      .filter((line) => line !== 'open');
  child.stdout.on('data', (bytes: Buffer) => {
    output += bytes.toString();
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  while (acknowledged().length < writes && child.exitCode === null) await sleep(1);
  await sleep(Math.random() * 20);
  child.kill('SIGKILL');
  await ended;
  assert.equal(child.signalCode, 'SIGKILL');
  return acknowledged();
}

test('ten times killed in the middle of writing, nothing acknowledged is lost', async (t) => {
  const path = folder(t);
  const acknowledged: string[] = [];
  for (let round = 0; round < 10; round++) {
    acknowledged.push(...(await killed(path, 1 + Math.floor(Math.random() * 20))));
    const store = await openStore(storeOptions(path));
    for (const line of acknowledged) {
      const [kind, id = ''] = line.split(' ');
      if (kind === 'document') assert.equal((await store.documents.open(id)).photo.length, 3000);
      else assert.equal((await store.comparisons.probe(id))?.photo.length, 2000);
    }
    const { documents, comparisons, auditEntries } = await store.stats();
    assert.ok(documents + comparisons >= acknowledged.length);
    assert.equal(documents + comparisons, auditEntries);
    assert.ok((await store.audit.verify()).intact);
    await store.close();
  }
  t.diagnostic(`${acknowledged.length} acknowledged`);
});

const strace = spawnSync('strace', ['-f', '-e', 'trace=none', 'true']).status === 0;

testOfSqlite('PostgreSQL syncs in a process of its own', 'every acknowledged write reaches the disk', (t) => {
  if (!strace) return t.skip('no strace here');
  const path = folder(t);
  const log = join(path, 'strace');
  const options = ['-f', '-y', '-o', log, '-e', 'trace=fsync,fdatasync'];
  const run = spawnSync('strace', [...options, process.execPath, writer, path, '40']);
  assert.equal(run.status, 0, run.stderr.toString());
  const synced = readFileSync(log, 'utf8').match(/sync\(\d+<[^>]*>\) += 0/g) ?? [];
  const database = synced.filter((line) => line.includes('records.db-wal')).length;
  t.diagnostic(`${database} syncs of the database and ${synced.length - database} others for 80 writes`);
  assert.ok(database >= 80);
});
