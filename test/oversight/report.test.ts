import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'csv-parse/sync';
import { ageBandOf } from '../../src/comparison/ageBand.js';
import { loadConfig } from '../../src/config.js';
import { reportCsv } from '../../src/oversight/reportCsv.js';
import { measureNames, reportOnUse, type UseReport } from '../../src/oversight/useReport.js';
import { newComparison } from '../store/fixture.js';
import { directDatabase } from '../support/directDatabase.js';
import { startTestService, type TestService } from '../support/service.js';
import { personIn } from './people.js';

const command = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const days = { from: '2026-01-01', to: '2026-04-01' };
let service: TestService;
let folder: string;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'facematch-report-'));
  service = await startTestService({ FACEMATCH_AUDIT_HEADS: join(folder, 'heads.jsonl') });
  const { store } = service;
  const add = async (n: number, day: string, outcome: string, sex: string, ageBand: string) => {
    for (let i = 0; i < n; i++) {
      const createdAt = `${day}T10:00:00.000Z`;
      await store.comparisons.create(newComparison(store, { createdAt, outcome, group: { sex, ageBand } }));
    }
  };
  await add(12, '2026-01-10', 'consistent', 'F', '30-44');
  await add(4, '2026-01-11', 'review', 'F', '30-44');
  await add(9, '2026-02-02', 'consistent', 'M', '18-29');
  await add(1, '2026-02-03', 'review', 'M', '18-29');
  await add(3, '2026-02-03', 'not-comparable', 'X', '75+');
});
after(async () => {
  await service.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const facematch = (args: string[], env: Record<string, string> = {}) =>
  promisify(execFile)(process.execPath, [command, ...args], {
    env: { PATH: process.env['PATH'], ...environment(), ...env },
  });
const environment = () => ({
  FACEMATCH_MODE: 'development',
  FACEMATCH_DATABASE: service.config.store.database,
  ...(service.config.store.databaseUrl && { DATABASE_URL: service.config.store.databaseUrl }),
  FACEMATCH_KEYRING: service.config.store.keyring[0],
  FACEMATCH_KEYRING_MIRROR: service.config.store.keyring[1],
  FACEMATCH_AUDIT_HEADS: join(folder, 'heads.jsonl'),
});

test('figures by period and by group, worked out by hand', async () => {
  const report = await reportOnUse(service.store.figures, days);
  assert.deepEqual(
    report.periods
      .filter(({ comparisons }) => comparisons > 0)
      .map((period) => [
        period.period,
        period.comparisons,
        period.consistent,
        period.review,
        period.notComparable,
        period.reviewRate,
      ]),
    [
      ['2026-01', 16, 12, 4, 0, 0.25],
      ['2026-02', 13, 9, 1, 3, 1 / 13],
    ],
  );
  assert.equal(report.total.comparisons, 29);
  assert.equal(report.waiting.reviews, 5);
  assert.equal(report.total.hitRate, null);
  assert.deepEqual(
    report.groups.map(({ attribute, value, comparisons, review }) => [attribute, value, comparisons, review]),
    [
      ['ageBand', '18-29', 10, 1],
      ['ageBand', '30-44', 16, 4],
      ['sex', 'F', 16, 4],
      ['sex', 'M', 10, 1],
    ],
    'a group of three is left out',
  );
  // Clopper-Pearson of 4 in 16, as published tables have it.
  const women = report.groups.find(({ value }) => value === 'F')!;
  assert.ok(Math.abs(women.low - 0.0727) < 1e-3 && Math.abs(women.high - 0.5238) < 1e-3);
  assert.equal((await reportOnUse(service.store.figures, { ...days, by: 'day' })).periods.length >= 4, true);
});

test('bands of age count full years', () => {
  assert.equal(ageBandOf('2008-05-05', '2026-05-04'), '12-17');
  assert.equal(ageBandOf('2008-05-05', '2026-05-05'), '18-29');
  assert.equal(ageBandOf('1951', '2026-05-05'), '75+');
  assert.equal(ageBandOf('1996-07', '2026-06-30'), '18-29');
});

test('refusals, look-ups and transfers are counted as they happen', async () => {
  const officer = await personIn(service, 'data-protection-officer');
  const path = '/v1/reports/use?from=2026-01-01&to=2199-01-01';
  const before = (await officer.get<UseReport>(path)).body.total;
  const checkdoc = await personIn(service, 'checkdoc');
  await checkdoc.get('/v1/audit');
  const border = await personIn(service, 'border-police');
  await border.post('/v1/border/lookup', { documentNumber: 'ZZ1234567', documentType: 'passport' });
  const now = (await officer.get<UseReport>(path)).body.total;
  assert.equal(now.refusals - before.refusals, 2, 'a forbidden route, and a document that is not held');
  assert.equal(now.borderLookups - before.borderLookups, 1);
});

test('as JSON, CSV and a page with charts and no script', async () => {
  const officer = await personIn(service, 'data-protection-officer');
  const path = `/v1/reports/use?from=${days.from}&to=${days.to}`;
  const csv = await officer.get(path, { accept: 'text/csv' });
  const rows = parse(csv.text, { columns: true }) as Record<string, string>[];
  const february = rows.find(
    ({ section, of, measure }) => section === 'period' && of === '2026-02' && measure === 'notComparable',
  );
  assert.equal(february!['value'], '3');
  const page = await officer.get(path, { accept: 'text/html', 'accept-language': 'nl' });
  assert.ok(page.text.includes('<svg') && page.text.includes('lang="nl"'));
  assert.ok(!/<script|<style|\sstyle=|\son\w+=|NaN|undefined/.test(page.text));
  for (const bad of ['', '?from=2026-01-01', '?from=2026-02-01&to=2026-01-01', '?from=x&to=y']) {
    assert.equal((await officer.get(`/v1/reports/use${bad}`)).status, 422, bad);
  }
});

test('facematch report and facematch audit work beside the running service', async () => {
  const table = await facematch(['report', '--from', days.from, '--to', days.to]);
  assert.match(table.stdout, /comparisons\s.*29/);
  const json = await facematch(['report', '--from', days.from, '--to', days.to, '--format', 'json']);
  assert.equal((JSON.parse(json.stdout) as UseReport).total.comparisons, 29);
  const html = await facematch(['report', '--from', days.from, '--to', days.to, '--format', 'html']);
  assert.ok(html.stdout.includes('<svg'));
  await assert.rejects(facematch(['report', '--from', 'x']), { code: 1 });

  const head = JSON.parse((await facematch(['audit', 'head'])).stdout) as { seq: number };
  assert.ok(head.seq >= 29);
  const exported = (await facematch(['audit', 'export'])).stdout.trim().split('\n');
  assert.ok(exported.length >= 29 && !exported.join().includes('clerk'));
  const officer = await personIn(service, 'data-protection-officer');
  assert.equal((await officer.get('/v1/audit/head')).status, 200);
  assert.match((await facematch(['audit', 'verify'])).stdout, /intact: \d+ entries/);
  const file = join(folder, 'later.jsonl');
  const later = (await facematch(['audit', 'head'])).stdout;
  writeFileSync(file, later);
  assert.match((await facematch(['audit', 'verify', '--heads', file])).stdout, /intact/);
  const db = directDatabase(service.config.store.database);
  db.exec('drop trigger audit_is_never_deleted');
  // The service may have added to it since.
  db.exec(`delete from audit where seq >= ${(JSON.parse(later) as { seq: number }).seq}`);
  db.close();
  await assert.rejects(facematch(['audit', 'verify', '--heads', file]), (error: { stderr: string }) =>
    error.stderr.includes('truncated'),
  );
});

test('production needs a key to sign with', async () => {
  const key = Buffer.from(Array.from({ length: 32 }, (_, i) => i)).toString('base64');
  assert.equal(loadConfig({ FACEMATCH_AUDIT_KEY: key }).audit.key?.length, 32);
  await assert.rejects(
    facematch(['audit', 'head'], { FACEMATCH_MODE: 'production' }),
    (error: { stderr: string }) => error.stderr.includes('FACEMATCH_AUDIT_KEY'),
  );
});

test('a value that a spreadsheet would run is text in the CSV, however long it is', async () => {
  const none = Object.fromEntries(measureNames.map((name) => [name, 0]));
  const group = { attribute: 'sex', value: '=HYPERLINK("http://evil.example")', comparisons: 1 };
  const periods = Array.from({ length: 400 }, (_, n) => ({ period: `2020-${n}`, ...none }));
  const report = { total: none, periods, groups: [group], trial: [], waiting: {} };
  const rows = parse(await reportCsv(report as unknown as UseReport), { columns: true }) as Record<
    string,
    string
  >[];
  assert.equal(rows.length, 401 * measureNames.length + 5);
  const cells = rows.flatMap((row) => Object.values(row));
  assert.ok(cells.some((cell) => cell.includes('HYPERLINK')));
  assert.ok(!cells.some((cell) => /^[=+@\t-]/.test(cell)));
});
