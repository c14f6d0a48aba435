import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/clock.js';
import { type CopyReport, copyStore } from '../../src/store/copy/copyStore.js';
import { type DatabasePlace, openDatabase } from '../../src/store/database/open.js';
import { openForReading } from '../../src/store/recordReader.js';
import { newDocument } from '../store/fixture.js';
import { applicationOf, inventHolder, officeOf, photo } from './office.js';
import { PrivatePostgres } from './postgres.js';
import { portraitOf } from './samples.js';
import { startTestService, type TestService } from './service.js';

/**
 * Moves a store of so many documents from a file to PostgreSQL and back, and asks a service on each of the three for
 * the same comparisons: prints how long it took and whether every row, the audit trail and every answer are the same.
 *
 *     npm run measure:copy -- 100000 1000
 */
const [documents = 100_000, comparisons = 1_000] = process.argv.slice(2).map(Number);
const probes = ['1-middle', '2-left', '3-middle', '4-left'] as const;

const folder = mkdtempSync(join(tmpdir(), 'facematch-copy-'));
const postgres = await PrivatePostgres.start();
const url = postgres.createDatabase('copied');
const file: DatabasePlace = { databasePath: join(folder, 'facematch.db') };
const server: DatabasePlace = { databasePath: '', databaseUrl: url };
const back: DatabasePlace = { databasePath: join(folder, 'back.db') };
try {
  const holders = [0, 1, 2, 3, 4, 5].map((n) => n % 3);
  const portraits = await Promise.all((['1-right', '2-right', '3-left'] as const).map(portraitOf));
  const people = holders.map((face, n) => {
    const picture = photo(portraits[face] ?? Buffer.alloc(0));
    return inventHolder(
      `Copied${n}`,
      ['Anna'],
      [
        ['2012-01-01', picture],
        ['2019-01-01', picture],
      ],
    );
  });
  const filling = await startTestService({}, { folder });
  const office = officeOf(filling, await filling.token(['documents:write']));
  for (const holder of people) await office.enrol(holder);
  for (let left = documents; left > 0; left -= 500) {
    await filling.store.documents.createMany(
      Array.from({ length: Math.min(left, 500) }, () => newDocument(filling.store)),
    );
  }
  await filling.close();
  const there = await timed('file to PostgreSQL', file, server);
  const again = await timed('PostgreSQL to file', server, back);
  assert.deepEqual(
    [again.rows, again.auditEntries, again.auditHead],
    [there.rows, there.auditEntries, there.auditHead],
  );
  console.log(`audit trail         ${there.auditEntries} entries, the same end in all three`);

  const pictures = await Promise.all(probes.map(portraitOf));
  const answered: string[][] = [];
  for (const env of [{}, { DATABASE_URL: url }, { FACEMATCH_DATABASE: back.databasePath }]) {
    const service = await startTestService(env, { folder });
    answered.push(await answers(service, pictures));
    await service.close();
  }
  const [first = [], ...others] = answered;
  const different = others.map((other) => first.filter((answer, n) => answer !== other[n]).length);
  console.log(`comparisons         ${first.length} on each; other answers: ${different.join(' and ')}`);
  console.log(
    `outcomes            ${[...new Set(first.map((answer) => JSON.parse(answer).outcome))].join(', ')}`,
  );
  assert.deepEqual(different, [0, 0]);

  async function answers(service: TestService, taken: readonly Buffer[]): Promise<string[]> {
    const asked = officeOf(service, await service.token(['comparisons:write', 'comparisons:evidence']));
    const told: string[] = [];
    for (let n = 0; n < comparisons; n++) {
      const [as, picture] = [people[n % people.length], taken[n % taken.length]];
      if (as === undefined || picture === undefined) throw new Error('nobody to compare');
      const { status, body } = await asked.compare(applicationOf({ as }, n), picture);
      assert.equal(status, 201, JSON.stringify(body));
      const { outcome, reasons, evidence } = body;
      const decided = evidence && {
        references: evidence.references,
        fused: evidence.fused,
        agreement: evidence.agreement,
      };
      told.push(JSON.stringify({ outcome, reasons, decided }));
    }
    return told;
  }
} finally {
  await postgres.dispose();
  rmSync(folder, { recursive: true, force: true });
}

async function timed(what: string, from: DatabasePlace, to: DatabasePlace): Promise<CopyReport> {
  const started = performance.now();
  const source = await openForReading(from);
  const target = await openDatabase(to, systemClock);
  try {
    const report = await copyStore({ source, target, fromSqlite: from.databaseUrl === undefined });
    const seconds = (performance.now() - started) / 1000;
    const rate = Math.round(report.rows / seconds);
    console.log(
      `${what.padEnd(20)}${report.rows} rows in ${seconds.toFixed(1)} s: ${rate} a second, each compared`,
    );
    return report;
  } finally {
    await target.close();
    await source.close();
  }
}
