import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { folder } from '../support/cleanup.js';
import { fill, smallDisk } from '../support/disk.js';
import { fault } from '../support/fault.js';
import { compare, enrolOne, type People } from '../support/people.js';
import { type Served, serve } from '../support/served.js';

const row = 'full log disk';

/** Ordinary work goes on, and the figure of lost lines says what the log missed. */
async function requireAtWork(service: Served, people: People): Promise<void> {
  const { status, text } = await compare(service, people, people.genuine);
  assert.equal(status, 201, text);
}

async function lostLines(service: Served): Promise<number> {
  const authorization = `Bearer ${await service.token(['metrics:read'])}`;
  const text = await (await fetch(`${service.url}/metrics`, { headers: { authorization } })).text();
  return Number(/^facematch_log_lines_lost_total (\d+)$/m.exec(text)?.[1]);
}

/** More than what pipes and the service keep for a reader. */
async function logMuch(service: Served, lines: number): Promise<void> {
  for (let done = 0; done < lines; done += 50) {
    await Promise.all(
      Array.from({ length: 50 }, async () => (await fetch(`${service.url}/health/live`)).text()),
    );
  }
}

fault(row, 'the log is a file on a disk that fills up', { root: true }, async (t, tried) => {
  const place = folder(t);
  const disk = smallDisk(t, join(place, 'logs'), '64k');
  const log = join(disk, 'log');
  const out = openSync(log, 'a');
  const service = await serve(t, place, { stdout: out });
  closeSync(out);
  const people = await enrolOne(service);
  fill(disk);
  await logMuch(service, 300);
  await requireAtWork(service, people);
  const lost = await lostLines(service);
  assert.ok(lost >= 100, `${lost}`);
  rmSync(join(disk, 'ballast'));
  await requireAtWork(service, people);
  // A request is logged once its answer is out.
  const compared = /"route":"\/v1\/comparisons".*"status":201/;
  const read = () => readFileSync(log, 'utf8').trim().split('\n');
  for (let waited = 0; waited < 5_000 && !compared.test(read().at(-1) ?? ''); waited += 20) await sleep(20);
  const lines = read();
  const note = lines.map((line) => (line.startsWith('{"level":40') ? line : '')).find((line) => line !== '');
  assert.match(note ?? '', /"event":"log-lines-lost","lines":\d+/);
  assert.match(lines.at(-1) ?? '', compared);
  assert.equal((await service.stop()).status, 0);
  tried(`${lost} lines lost, counted and noted in the log once there was room; no request failed`);
});

fault(row, 'the log is a pipe that nobody reads', {}, async (t, tried) => {
  const service = await serve(t, folder(t), { stdout: 'pipe' });
  const people = await enrolOne(service);
  await logMuch(service, 5_000);
  await requireAtWork(service, people);
  const lost = await lostLines(service);
  assert.ok(lost > 0);
  assert.equal((await service.stop()).status, 0);
  tried(`5,000 requests; ${lost} lines lost and counted; no request waited for the reader`);
});

fault(row, 'the log is a pipe whose reader is gone', {}, async (t, tried) => {
  const service = await serve(t, folder(t), { stdout: 'pipe' });
  service.process.stdout?.destroy();
  const people = await enrolOne(service);
  await requireAtWork(service, people);
  const lost = await lostLines(service);
  assert.ok(lost > 0);
  assert.equal((await service.stop()).status, 0);
  tried(`${lost} lines lost and counted; no request failed`);
});
