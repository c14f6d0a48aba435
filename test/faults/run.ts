import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { long, type ReportLine } from './support/fault.js';

/**
 * The fault tests as one program: runs those in `rows`, or the ones named, and prints what was tried and what came of
 * it. Ends with 1 when one failed, and with 2 when one was skipped.
 */
const rows = fileURLToPath(new URL('./rows/', import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(rows)
  .filter((name) => name.endsWith('.test.js'))
  .filter((name) => wanted.length === 0 || wanted.includes(name.replace('.test.js', '')))
  .map((name) => join(rows, name));
if (files.length === 0) throw new Error(`There are no such fault tests: ${wanted.join(', ')}.`);

const place = mkdtempSync(join(tmpdir(), 'facematch-faults-report-'));
const report = join(place, 'report');
const started = performance.now();
const child = spawn(process.execPath, ['--test', '--test-reporter=spec', '--test-concurrency=3', ...files], {
  stdio: 'inherit',
  env: { ...process.env, FAULTS_REPORT: report },
});
const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
const lines = readFileSync(report, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as ReportLine)
  .sort((a, b) => (a.fault + a.what < b.fault + b.what ? -1 : 1));
rmSync(place, { recursive: true });

const table = new Table({
  style: { head: [], border: [] },
  head: ['fault', 'tried', 'found', ''],
  colWidths: [22, 44, 78, 9],
  wordWrap: true,
});
for (const { fault, what, tried, outcome } of lines) table.push([fault, what, tried, outcome]);
console.log(table.toString());
const count = (outcome: ReportLine['outcome']) => lines.filter((line) => line.outcome === outcome).length;
console.log(
  `Fault tests, ${long ? 'long' : 'short'} form: ${count('held')} held, ${count('failed')} failed, ${count('skipped')} skipped, in ${((performance.now() - started) / 60_000).toFixed(1)} minutes.`,
);
process.exitCode = status !== 0 ? 1 : count('skipped') > 0 ? 2 : 0;
