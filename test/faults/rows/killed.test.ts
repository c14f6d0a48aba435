import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { acknowledgedIn, linesOf, requireKept } from '../support/acknowledged.js';
import { folder } from '../support/cleanup.js';
import { fault, rounds } from '../support/fault.js';
import { inLanes, programAt } from '../support/program.js';

const writer = programAt('./writer.js');
const perStore = 25;

/** Lets a writer work and kills it a random moment after it said something; everything it was told is stored. */
async function killedOnce(path: string): Promise<string[]> {
  const child = spawn(process.execPath, [writer, path, '4'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (bytes: Buffer) => {
    output += bytes.toString();
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  // From before the store is open, which finishes what the last kill left, to a hundred writes later.
  const lines = Math.floor(Math.random() * 100);
  while (linesOf(output).length < lines && child.exitCode === null) await sleep(1);
  await sleep(Math.random() * 5);
  child.kill('SIGKILL');
  await ended;
  assert.equal(child.signalCode, 'SIGKILL');
  assert.ok(!output.includes('refused'), output);
  return acknowledgedIn(output);
}

const all = rounds(50, 1000);

fault('kill -9 in a write', `${all} rounds`, {}, async (t, tried) => {
  let acknowledged = 0;
  let verdicts = 0;
  let done = 0;
  const stores = Array.from({ length: all / perStore }, () => folder(t));
  await inLanes(2, stores, async (path) => {
    const known: string[] = [];
    for (let round = 0; round < perStore; round++) {
      const fresh = await killedOnce(path);
      known.push(...fresh);
      done += 1;
      // All of it again at the end: recovering from one kill must not lose what an earlier one left.
      await requireKept(path, round === perStore - 1 ? known : fresh);
    }
    acknowledged += known.length;
    verdicts += known.filter((line) => line.startsWith('verdict')).length;
  });
  tried(`${done} kills, ${acknowledged} acknowledged writes (${verdicts} verdicts): none lost`);
  assert.ok(acknowledged > all && verdicts > 0);
});
